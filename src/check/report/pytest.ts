import type { TestCounts, TestResult } from '../../domain/check.js';
import { counted, firstLine, lastLine, type Reader, runOf, separator, tally, told } from './part.js';

const header = /^=+ test session starts =+$/;
const summary = /^(?:=+ )?((?:\d+ [a-z]+, )*\d+ [a-z]+|no tests ran)(?:, .*)? in \d[\d.]*s(?: \([\d:]+\))?(?: =+)?$/;
const word = /^(\S.*?) (PASSED|FAILED|ERROR|SKIPPED|XFAIL|XPASS)(?: .*)?$/;

/** pytest's output, at any verbosity; all names are told by `-v` only. */
export const readPytest: Reader = (lines) => {
  const run = runOf(lines, { header, end: summary }) ?? quietRun(lines);
  if (run === undefined) return undefined;
  const counts = countsIn(summary.exec(lines[run.to] ?? '')?.[1] ?? '');
  const read = () => {
    const body = lines.slice(run.from, run.to);
    return told(counts, { all: resultsOf(body), failed: failedOf(body) });
  };
  return { ...run, read };
};

/** With `-q` there is no header. */
function quietRun(lines: readonly string[]): { readonly from: number; readonly to: number } | undefined {
  const progress = firstLine(lines, /^[.FEsxX]+ +\[ *\d+%\]$|^no tests ran in /);
  if (progress === undefined) return undefined;
  const to = lastLine(lines, summary, [progress, lines.length]);
  return to === undefined ? undefined : { from: progress, to };
}

/** What is expected to fail counts as skipped: it proves nothing. */
function countsIn(text: string): TestCounts {
  const of = tally(text);
  const skipped = of('skipped') + of('xfailed');
  const failed = of('failed') + of('error') + of('errors');
  return counted('pytest', { found: of('passed') + of('xpassed') + skipped + failed, skipped, failed });
}

function resultsOf(lines: readonly string[]): readonly TestResult[] {
  return lines.flatMap((line) => {
    const [, id = '', said] = word.exec(line) ?? [];
    return said === undefined || !id.includes('::') ? [] : [{ name: named(id), outcome: outcomeOf(said) }];
  });
}

function outcomeOf(said: string): TestResult['outcome'] {
  if (said === 'PASSED' || said === 'XPASS') return 'passed';
  return said === 'SKIPPED' || said === 'XFAIL' ? 'skipped' : 'failed';
}

/** Lines of the short summary at the end: `FAILED tests/test_a.py::test_b - why`. */
function failedOf(lines: readonly string[]): readonly string[] {
  const begin = lastLine(lines, /^=+ short test summary info =+$/) ?? lines.length;
  return lines.slice(begin).flatMap((line) => {
    const id = /^(?:FAILED|ERROR) (.*?)(?: - .*)?$/.exec(line)?.[1];
    return id === undefined ? [] : [named(id)];
  });
}

/** `::` within parameters is theirs. */
function named(id: string): string {
  const bracket = id.indexOf('[');
  const path = bracket === -1 ? id : id.slice(0, bracket);
  return path.split('::').join(separator) + id.slice(path.length);
}
