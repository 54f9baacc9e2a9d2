import type { TestReport, TestResult } from '../../domain/check.js';
import { countsOf, firstLine, lastLine, type Part, separator } from './part.js';

/** A report in JUnit's XML that stands among a program's output. */
export function readJunitLines(lines: readonly string[]): Part | undefined {
  const from = firstLine(lines, /^\s*<(\?xml |testsuites?[\s>])/);
  const to = lastLine(lines, /<\/testsuites?>\s*$|^\s*<testsuites?[^>]*\/>\s*$/);
  if (from === undefined || to === undefined || to < from) return undefined;
  const told = readJunit(lines.slice(from, to + 1).join('\n'), 'JUnit XML');
  return told === undefined ? undefined : { from, to, read: () => told };
}

const outcomes = new Map<string, TestResult['outcome']>([
  ['failure', 'failed'],
  ['error', 'failed'],
  ['skipped', 'skipped'],
]);

/** A report in JUnit's XML; undefined when it is none, or is broken. What a test printed stands in it escaped. */
export function readJunit(xml: string, runner: string): TestReport | undefined {
  const results: TestResult[] = [];
  let hasSuite = false;
  let open: TestResult | undefined;
  for (const tag of tagsOf(xml)) {
    const name = tag.replace(/^<\/?([\w.:-]*)[^]*$/, '$1');
    hasSuite ||= name.startsWith('testsuite');
    if (open !== undefined) open = { ...open, outcome: outcomes.get(name) ?? open.outcome };
    if (name !== 'testcase') continue;
    if (!tag.startsWith('</')) open = { name: nameOf(attributesOf(tag)), outcome: 'passed' };
    if (open === undefined || !/^<\/|\/>$/.test(tag)) continue;
    results.push(open);
    open = undefined;
  }
  if (!hasSuite || open !== undefined) return undefined;
  return { counts: countsOf(runner, results), namesAll: true, results };
}

/** Tags in order; text, comments and CDATA are passed over. Linear, whatever the text is. */
function* tagsOf(xml: string): Generator<string> {
  const skipped = [
    ['<![CDATA[', ']]>'],
    ['<!--', '-->'],
    ['<?', '?>'],
  ] as const;
  let at = xml.indexOf('<');
  while (at !== -1) {
    const [, close] = skipped.find(([open]) => xml.startsWith(open, at)) ?? [];
    const end = close === undefined ? endOfTag(xml, at) : xml.indexOf(close, at);
    if (end === -1) return;
    if (close === undefined) yield xml.slice(at, end + 1);
    at = xml.indexOf('<', end);
  }
}

/** A `>` may stand in the value of an attribute. */
function endOfTag(xml: string, from: number): number {
  let quote = '';
  for (let at = from; at < xml.length; at += 1) {
    const letter = xml.charAt(at);
    if (quote !== '') quote = letter === quote ? '' : quote;
    else if (letter === '"' || letter === "'") quote = letter;
    else if (letter === '>') return at;
  }
  return -1;
}

function attributesOf(tag: string): ReadonlyMap<string, string> {
  const pairs = tag.matchAll(/\s([\w.:-]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g);
  return new Map([...pairs].map(([, name = '', double, single]) => [name, unescaped(double ?? single ?? '')]));
}

const entities: Readonly<Record<string, string>> = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };

function unescaped(text: string): string {
  return text.replace(/&(?:#x([\da-f]{1,6})|#(\d{1,7})|(\w+));/gi, (all, hex?: string, decimal?: string, word = '') => {
    const code = hex === undefined ? Number(decimal) : Number.parseInt(hex, 16);
    return Number.isInteger(code) && code <= 0x10ffff ? String.fromCodePoint(code) : (entities[word as string] ?? all);
  });
}

/** File, then class, then test; a class that only repeats its file (`tests.test_a.TestB` of `tests/test_a.py`) is cut. */
function nameOf(attributes: ReadonlyMap<string, string>): string {
  const file = (attributes.get('file') ?? '').replace(/^\.\//, '');
  const module = file.replace(/\.\w+$/, '').replaceAll('/', '.');
  const owner = attributes.get('classname') ?? '';
  const rest =
    file !== '' && (owner === module || owner.startsWith(`${module}.`)) ? owner.slice(module.length + 1) : owner;
  const parts = [file, rest === file ? '' : rest, attributes.get('name') ?? ''];
  return parts
    .filter((part) => part !== '')
    .join(separator)
    .replaceAll(' > ', separator);
}
