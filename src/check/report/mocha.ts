import type { TestResult } from '../../domain/check.js';
import { counted, firstLine, lastLine, type Reader, separator, told } from './part.js';

const mark = /^((?: {2})+)(?:([✔✓]|\d+\)|-) )(.*?)(?: \(\d+ms\))?$/u;

/** Mocha's `spec` reporter names all tests, others of its reporters only those that failed. */
export const readMocha: Reader = (lines) => {
  const summary = lastLine(lines, /^ {2}\d+ passing \(.*\)$/);
  if (summary === undefined) return undefined;
  const number = (word: string) =>
    Number(
      [1, 2].map((at) => new RegExp(`^ {2}(\\d+) ${word}$`).exec(lines[summary + at] ?? '')?.[1]).find(Boolean) ?? 0,
    );
  const passing = Number.parseInt((lines[summary] ?? '').trim(), 10);
  const [skipped, failed] = [number('pending'), number('failing')];
  const counts = counted('mocha', { found: passing + skipped + failed, skipped, failed });
  const from = Math.min(firstLine(lines, /^ {2,}([✔✓]|- |1\) )/u) ?? summary, summary);
  const begin = Math.max(lastLine(lines, /^\s*$/, [0, from]) ?? from, 0);
  const read = () =>
    told(counts, { all: resultsOf(lines.slice(begin, summary)), failed: failedOf(lines.slice(summary)) });
  return { from: begin, to: summary, read };
};

function resultsOf(lines: readonly string[]): readonly TestResult[] {
  let above: string[] = [];
  return lines.flatMap((line): readonly TestResult[] => {
    const [, indent = '', sign, name = ''] = mark.exec(line) ?? [];
    if (sign !== undefined) {
      const path = [...above.slice(0, indent.length / 2 - 1), name];
      return [{ name: path.join(separator), outcome: outcomeOf(sign) }];
    }
    const [, depth = '', title] = /^((?: {2})+)(\S.*)$/.exec(line) ?? [];
    if (title !== undefined) above = [...above.slice(0, depth.length / 2 - 1), title];
    return [];
  });
}

function outcomeOf(sign: string): TestResult['outcome'] {
  if (sign === '-') return 'skipped';
  return sign === '✔' || sign === '✓' ? 'passed' : 'failed';
}

/** `  1) suite`, then each level deeper on a line of its own, until the colon. */
function failedOf(lines: readonly string[]): readonly string[] {
  return lines.flatMap((line, at) => {
    const first = /^ {2}\d+\) (.*)$/.exec(line)?.[1];
    if (first === undefined) return [];
    const rest = lines.slice(at + 1, at + 12);
    const end = first.endsWith(':') ? -1 : rest.findIndex((each) => each.endsWith(':'));
    const path = [first, ...rest.slice(0, end + 1)].map((each) => each.trim());
    return [path.join(separator).replace(/:$/, '')];
  });
}
