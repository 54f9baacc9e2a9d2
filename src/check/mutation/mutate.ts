import { type Code, codeOf, linesOf } from './code.js';
import { languageOf, type Language } from './language.js';

/** A place in a text, and what is written there instead. */
export interface Edit {
  readonly at: number;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** Larger files, and longer lines, are made, not written; so no look takes long. */
const mostCharacters = 200_000;
const longestLine = 1000;
/** No file needs more to choose from. */
const mostEdits = 1000;

/**
 * Small changes of a source file that leave it well-formed and make it wrong, by lines; those of one line with the likeliest to be noticed first.
 * Comments and imports stay as they are. None for a language that is not known.
 */
export function mutate(path: string, text: string): readonly Edit[] {
  const language = languageOf(path);
  if (language === undefined || !isWritten(text)) return [];
  const code = codeOf(text, language);
  const found = rules.flatMap((rule) => rule(code, language));
  const lines = linesOf(code.masked);
  const edits = found.flatMap(({ at, length, to }): readonly Edit[] => {
    const line = lines.at(at);
    const from = text.slice(at, at + length);
    return lines.isFixed(line) || from === to ? [] : [{ at, line, from, to }];
  });
  // Stable: rules keep their order within a line.
  return edits.sort((a, b) => a.line - b.line).slice(0, mostEdits);
}

function isWritten(text: string): boolean {
  return text.length <= mostCharacters && text.split('\n').every((line) => line.length <= longestLine);
}

/** The text with the edit made. */
export function edited(text: string, { at, from, to }: Edit): string {
  return text.slice(0, at) + to + text.slice(at + from.length);
}

interface Found {
  readonly at: number;
  readonly length: number;
  readonly to: string;
}

type Rule = (code: Code, language: Language) => readonly Found[];

/** What is found by a pattern gives way to what is said of it. */
function swap(pattern: RegExp, to: (found: string) => string | undefined): Rule {
  return ({ masked }) =>
    [...masked.matchAll(pattern)].flatMap(({ 0: found, index }) => {
      const instead = to(found);
      return instead === undefined ? [] : [{ at: index, length: found.length, to: instead }];
    });
}

const opposites: Readonly<Record<string, string>> = {
  ...{ '===': '!==', '!==': '===', '==': '!=', '!=': '==', '<': '>=', '>=': '<', '>': '<=', '<=': '>' },
  ...{ '&&': '||', '||': '&&', and: 'or', or: 'and', '+': '-', '-': '+', '+=': '-=', '-=': '+=' },
  ...{ true: 'false', false: 'true', True: 'False', False: 'True' },
};
const opposite = (found: string): string | undefined => opposites[found];

const rules: readonly Rule[] = [
  returned,
  condition,
  swap(/(?<=\s)(?:[=!]==?|[<>]=?)(?=\s)/g, opposite),
  swap(/(?<![\w$.])(?:true|false|True|False)(?![\w$])/g, opposite),
  swap(/(?<=\s)(?:&&|\|\||and|or)(?=\s)/g, opposite),
  swap(/(?<=[\w)\]] )[-+]=?(?= [\w([])/g, opposite),
  swap(/(?<![\w$.#-])\d{1,9}(?![\w.])/g, (found) => String(Number(found) + 1)),
  emptied,
];

const longestValue = 1000;

/** `return value` without its value. */
function returned({ masked }: Code, { nothing }: Language): readonly Found[] {
  if (nothing === undefined) return [];
  return [...masked.matchAll(/(?<![\w$.])return[ \t]+(?=\S)/g)].flatMap(({ 0: found, index }) => {
    const at = index + found.length;
    const length = valueLength(masked.slice(at, at + longestValue));
    return length === 0 ? [] : [{ at, length, to: nothing }];
  });
}

/** Until its statement ends: at a semicolon, a bracket that was open before, or a line that nothing continues. */
function valueLength(code: string): number {
  let depth = 0;
  for (const found of code.matchAll(/[([{)\]};\n]/g)) {
    if ('([{'.includes(found[0])) depth += 1;
    else if (')]}'.includes(found[0])) depth -= 1;
    const isOver = depth < 0 || (depth === 0 && (found[0] === ';' || endsLine(code, found)));
    if (isOver) return code.slice(0, found.index).trimEnd().length;
  }
  return code.length === longestValue ? 0 : code.trimEnd().length;
}

function endsLine(code: string, { 0: found, index }: RegExpExecArray): boolean {
  return found === '\n' && !/^\s*(?:[.?:&|+*/]|-(?!-))/.test(code.slice(index, index + 200));
}

const conditions: Readonly<Record<Language['condition'], RegExp | undefined>> = {
  parentheses: /(?<=\bif \()[^()\n]*(?:\([^()\n]*\)[^()\n]*)*(?=\) ?(?:\{|\w|$))/gm,
  braces: /(?<=^\s*(?:\} else )?if )(?!let\b)[^{};\n]*[^{};\s](?= \{$)/gm,
  colon: /(?<=^\s*(?:el)?if )[^:\n]+(?=:\s*$)/gm,
  none: undefined,
};

/** What an `if` asks, turned round. */
function condition({ text, masked }: Code, language: Language): readonly Found[] {
  const pattern = conditions[language.condition];
  if (pattern === undefined) return [];
  return [...masked.matchAll(pattern)].flatMap(({ 0: found, index }) => {
    const asked = text.slice(index, index + found.length);
    const to = language.condition === 'colon' ? `not (${asked})` : `!(${asked})`;
    return found.includes(':=') || / = /.test(found) ? [] : [{ at: index, length: found.length, to }];
  });
}

/** A string literal without its content. */
function emptied({ literals }: Code, { quotes }: Language): readonly Found[] {
  return literals.flatMap(({ at, text }) => {
    const [quote = ''] = /^(?:"""|'''|["'`])/.exec(text) ?? [];
    const isWhole = quote !== '' && quotes.includes(quote.charAt(0)) && text.endsWith(quote);
    const length = text.length - 2 * quote.length;
    return isWhole && length > 0 ? [{ at, length: text.length, to: quote + quote }] : [];
  });
}
