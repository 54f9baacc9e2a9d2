import type { Mutant, MutantOrder } from '../../ports/check.js';
import { codeOf } from './code.js';
import { coveredBy, type Source, textsOf } from './covered.js';
import { languageOf } from './language.js';
import { type Edit, edited, mutate } from './mutate.js';

/** Each costs a run of the tests. */
const mostMutants = 12;

/** Changes of what tests cover, one place each, spread over files and lines; first where things are that the new lines of the tests name. */
export async function mutants({ head, base, changed, isTest }: MutantOrder): Promise<readonly Mutant[]> {
  const tests = await textsOf(head, changed.filter(isTest));
  const words = await newWords(tests, base);
  for await (const sources of coveredBy(head, tests, isTest)) {
    const found = spread(sources, words);
    if (found.length > 0) return found;
  }
  return [];
}

/** Words of the lines that the base's tests do not have. */
async function newWords(tests: readonly Source[], base: MutantOrder['base']): Promise<ReadonlySet<string>> {
  const old = await textsOf(
    base,
    tests.map(({ path }) => path),
  );
  const known = new Set(old.flatMap(({ text }) => text.split('\n')));
  const lines = tests.flatMap(({ text }) => text.split('\n')).filter((line) => !known.has(line));
  return new Set(lines.flatMap((line) => line.match(/[A-Za-z_]\w{2,}/g) ?? []));
}

function spread(sources: readonly Source[], words: ReadonlySet<string>): readonly Mutant[] {
  const files = sources.map((source) => {
    const isMeant = meantLines(source, words);
    const places = mutate(source.path, source.text).map((edit) => ({ source, edit }));
    return [true, false].map((wanted) => places.filter(({ edit }) => isMeant(edit.line) === wanted));
  });
  const near = share(
    files.map(([meant = []]) => meant),
    mostMutants,
  );
  const far = share(
    files.map(([, other = []]) => other),
    mostMutants - near.length,
  );
  return [...near, ...far].map(({ source: { path, text }, edit }) => {
    const { line, from, to } = edit;
    return { path, line, from, to, text: edited(text, edit) };
  });
}

interface Place {
  readonly source: Source;
  readonly edit: Edit;
}

/** So many of all files, each with as many as the others where it has them. */
function share(files: readonly (readonly Place[])[], count: number): readonly Place[] {
  const some = files.filter(({ length }) => length > 0);
  const each = Math.ceil(count / some.length);
  return inTurn(some.map((places) => evenly(places, each))).slice(0, count);
}

/** One change of each line first, of lines that are far from each other. */
function evenly(places: readonly Place[], count: number): readonly Place[] {
  const lines = new Map<number, Place[]>();
  for (const place of places) lines.set(place.edit.line, [...(lines.get(place.edit.line) ?? []), place]);
  const turns = inTurn([...lines.values()]);
  const room = Math.min(count, lines.size);
  const firsts = Array.from({ length: room }, (_, nth) =>
    turns.slice(Math.floor((nth * lines.size) / room)).slice(0, 1),
  );
  return [...firsts.flat(), ...turns.slice(lines.size)].slice(0, count);
}

function inTurn<T>(lists: readonly (readonly T[])[]): readonly T[] {
  const longest = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length: longest }, (_, turn) => lists.flatMap((list) => list.slice(turn, turn + 1))).flat();
}

/** Lines of what is defined under one of these words: from its definition for as long as lines are indented deeper. */
function meantLines({ path, text }: Source, words: ReadonlySet<string>): (line: number) => boolean {
  const language = languageOf(path);
  const lines = language === undefined ? [] : codeOf(text, language).masked.split('\n');
  const meant = new Set<number>();
  let depth = -1;
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/);
    const isInside = indent === -1 || indent > depth || /^\s*[)}\].{]/.test(line);
    if (!isInside) depth = -1;
    if (depth === -1 && definesOneOf(line, words)) depth = indent;
    if (depth !== -1) meant.add(index + 1);
  }
  return (line) => meant.has(line);
}

const keyword =
  /\b(?:function|def|func|fn|fun|class|const|let|var|val|impl|struct|trait|module|interface|object)\b[^=]*$/;
const assigned = /^\s*(?:(?:module\.)?exports|this|[\w.]+\.prototype)\.$/;
const modifiers = /^(?!.*\b(?:return|await|new)\b)[\s\w<>[\],?*&]*$/;

/** As languages define things: after a keyword, on an object, or by a name with parameters. */
function definesOneOf(line: string, words: ReadonlySet<string>): boolean {
  return [...line.matchAll(/[A-Za-z_]\w{2,}/g)].some(({ 0: word, index }) => {
    if (!words.has(word)) return false;
    const [before, after] = [line.slice(0, index), line.slice(index + word.length)];
    if (keyword.test(before) || (assigned.test(before) && /^\s*=/.test(after))) return true;
    return modifiers.test(before) && /^\s*\([^;]*[{:,(]?\s*$/.test(after);
  });
}
