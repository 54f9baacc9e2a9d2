/** What the rules of mutation must know of a language. */
export interface Language {
  /** Comments, string literals and regular expressions: whatever no rule may look into. */
  readonly opaque: RegExp;
  /** What opens a string literal that may be emptied. */
  readonly quotes: string;
  /** What a returned value is replaced with; unset where types or several values forbid it. */
  readonly nothing?: string;
  /** How the condition of an `if` is written: in parentheses, bare before `{`, or bare before `:`. */
  readonly condition: 'parentheses' | 'braces' | 'colon' | 'none';
}

// What is not closed goes on to the end, so that no text is looked through again and again.
const end = '$(?![^])';
const block = String.raw`\/\*[^]*?(?:\*\/|${end})`;
const slashes = String.raw`\/\/.*`;
const hash = '#.*';
const double = String.raw`"(?:\\[^]|[^\\"\n])*(?:"|$)`;
const single = String.raw`'(?:\\[^]|[^\\'\n])*(?:'|$)`;
const ticks = String.raw`\x60(?:\\[^]|[^\\\x60])*(?:\x60|${end})`;
const character = String.raw`'(?:\\[^'\n]+|[^\\'\n])'`;
const triple = ['"""', "'''"].map((quotes) => `${quotes}[^]*?(?:${quotes}|${end})`).join('|');
const pattern = String.raw`(?<=(?:^|[(,=:[!&|?{};+>]|\breturn)[ \t]*)\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[a-z]*`;

const opaque = (...kinds: readonly string[]): RegExp => new RegExp(kinds.join('|'), 'gm');
const typed: Language = {
  ...{ opaque: opaque(block, slashes, triple, double, character), quotes: '"', condition: 'parentheses' },
};
const script: Language = {
  ...{ opaque: opaque(block, slashes, double, single, ticks, pattern), quotes: '"\'`' },
  ...{ nothing: 'undefined', condition: 'parentheses' },
};

const byEnding: readonly (readonly [string, Language])[] = [
  ['js jsx mjs cjs ts tsx mts cts', script],
  ['java kt kts scala groovy c h cc cpp cxx hh hpp cs swift dart', typed],
  ['go', { opaque: opaque(block, slashes, double, ticks, character), quotes: '"`', condition: 'braces' }],
  ['rs', { ...typed, condition: 'braces' }],
  ['php', { ...script, opaque: opaque(block, slashes, hash, double, single), nothing: 'null' }],
  ['py', { opaque: opaque(hash, triple, double, single), quotes: '"\'', nothing: 'None', condition: 'colon' }],
  ['rb', { opaque: opaque(hash, double, single, pattern), quotes: '"\'', nothing: 'nil', condition: 'none' }],
];

const languages = new Map(
  byEnding.flatMap(([endings, language]) => endings.split(' ').map((each) => [each, language])),
);

/** The language of a file by its ending, where Fleet knows how to mutate it. */
export function languageOf(path: string): Language | undefined {
  return languages.get(path.slice(path.lastIndexOf('.') + 1));
}
