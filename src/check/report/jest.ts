import type { TestResult } from '../../domain/check.js';
import { counted, firstLine, lastLine, type Reader, separator, tally, told } from './part.js';

const none = /^No tests found, exiting with code \d$/;
const file = /^(?:PASS|FAIL) (.*?)(?: \([\d.]+ m?s\))?$/;
const zero = counted('jest', { found: 0, skipped: 0, failed: 0 });
const outcomes = { '✓': 'passed', '✕': 'failed', '○': 'skipped', '✎': 'skipped' } as const;

/** Jest's default reporter; it tells all names where one file is run, or with `--verbose`. */
export const readJest: Reader = (lines) => {
  const to = lastSummary(lines);
  if (to === undefined) {
    const line = lastLine(lines, none);
    return line === undefined ? undefined : { from: line, to: line, read: () => told(zero, { all: [] }) };
  }
  const of = tally(lines[to] ?? '');
  const counts = counted('jest', { found: of('total'), skipped: of('skipped') + of('todo'), failed: of('failed') });
  const from = Math.min(firstLine(lines, file) ?? to, to);
  const read = () => {
    const body = lines.slice(from, to);
    return told(counts, { all: resultsOf(body), failed: failedOf(body) });
  };
  return { from, to, read };
};

/** The line `Tests: …` counts only between its neighbours. */
function lastSummary(lines: readonly string[]): number | undefined {
  for (let at = lines.length - 1; at > 0; at -= 1)
    if (
      /^Tests: .*\d+ total$/.test(lines[at] ?? '') &&
      lines[at - 1]?.startsWith('Test Suites:') === true &&
      lines[at + 1]?.startsWith('Snapshots:') === true
    )
      return at;
  return undefined;
}

/** The tree below the line of a file ends with an empty line. */
function resultsOf(lines: readonly string[]): readonly TestResult[] {
  const results: TestResult[] = [];
  let above: string[] = [];
  let isInTree = false;
  for (const line of lines) {
    const path = file.exec(line)?.[1];
    const [, indent = '', sign, text = ''] = /^((?: {2})+)(?:([✓✕○✎]) )?(.*)$/u.exec(line) ?? [];
    if (path !== undefined) [isInTree, above] = [true, [path]];
    else if (text === '' || text.startsWith('●')) isInTree = false;
    if (path !== undefined || !isInTree) continue;
    above = above.slice(0, indent.length / 2);
    const name = text.replace(/ \([\d.]+ m?s\)$/, '');
    if (sign === undefined) above.push(text);
    else results.push({ name: [...above, titleOf(sign, name)].join(separator), outcome: outcomes[sign as '✓'] });
  }
  return results;
}

function titleOf(sign: string, name: string): string {
  return sign === '○' || sign === '✎' ? name.replace(/^(skipped|todo) /, '') : name;
}

function failedOf(lines: readonly string[]): readonly string[] {
  let path = '';
  return lines.flatMap((line) => {
    path = file.exec(line)?.[1] ?? path;
    const title = /^ {2}● (?!Console$|Test suite failed to run$)(.*)$/.exec(line)?.[1];
    return title === undefined || path === '' ? [] : [path + separator + title];
  });
}
