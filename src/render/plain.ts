// eslint-disable-next-line no-control-regex -- terminal sequences begin with the control character that is looked for
const terminalSequences = /\u001b(?:\[[0-?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|[@-Z\\^_])/g;

/** Text without terminal sequences, control characters, and characters that turn the reading direction or cannot be seen. */
export function plainText(text: string): string {
  return text
    .replace(terminalSequences, '')
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(/[^\P{Cc}\n\t]|[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff]/gu, '');
}

/** Plain text on one line. */
export function oneLine(text: string): string {
  return plainText(text).replace(/\s+/g, ' ').trim();
}

/** At most `length` characters, cut at a word where there is one, with `…` for what is left out. */
export function clipped(text: string, length: number): string {
  if (text.length <= length) return text;
  const cut = text.slice(0, length - 1);
  const word = cut.lastIndexOf(' ');
  return `${(word > length / 2 ? cut.slice(0, word) : cut).replace(/[\s\ud800-\udbff]+$/, '')}…`;
}

/** The end of an output, from the start of a line, at most `length` characters. */
export function endOf(output: string, length: number): string {
  const text = plainText(output).trimEnd();
  if (text.length <= length) return text;
  const end = text.slice(-length);
  return `…\n${end.slice(end.indexOf('\n') + 1)}`;
}

const trouble = /\b(?:not ok|fail(?:ed|ure|ures|ing)?|error|exception|panic|traceback|assert\w*)\b|error:|✗|✖|×/i;

/** A test that passed whatever its name, and a summary that counts zero failures. */
const noTrouble = /^\s*(?:ok\b|✓|✔|pass)|\b0 (?:fail|error)|\bfail\w* 0\b/i;

/** The first part of an output that tells of trouble, with a little of what led to it; else its end. At most `length` characters. */
export function failingPart(output: string, length: number): string {
  const text = plainText(output).trim();
  if (text.length <= length) return text;
  const lines = text.split('\n');
  const first = lines.findIndex((line) => trouble.test(line) && !noTrouble.test(line));
  if (first === -1) return endOf(text, length);
  const part = lines.slice(Math.max(0, first - 3)).join('\n');
  return part.length <= length ? `…\n${part}` : `…\n${part.slice(0, length)}\n…`;
}

/** The beginning of a text, at most so many characters and a sign that something is left out. */
export function shortened(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length)} …`;
}

/** A code block that its content cannot end. */
export function fenced(text: string, language = ''): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
  const mark = '`'.repeat(longest + 1);
  return `${mark}${language}\n${text}\n${mark}`;
}

/** Lines as a list; long ones stay whole. */
export function listOf(lines: readonly string[]): string {
  return lines.map((line) => `- ${oneLine(line)}`).join('\n');
}
