import type { TestResult } from '../../domain/check.js';
import { counted, firstLine, lastLine, type Part, runOf, separator, tally, told } from './part.js';

const summary = /^ +Tests {2}(.*)$/;
const outcomes = { '✓': 'passed', '×': 'failed', '↓': 'skipped', '□': 'skipped' } as const;

/** Vitest's default and verbose reporters; failed tests stand on standard error. */
export function readVitest(lines: readonly string[], errors: readonly string[]): Part | undefined {
  const run = runOf(lines, { header: /^ (RUN|DEV) {2}v\d/, end: /^( +Tests {2}|No test files found, )/ });
  if (run === undefined) return undefined;
  const words = summary.exec(lines[run.to] ?? '')?.[1] ?? '';
  const of = tally(words);
  const found = Number(/\((\d+)\)$/.exec(words)?.[1] ?? 0);
  const counts = counted('vitest', { found, skipped: of('skipped') + of('todo'), failed: of('failed') });
  const read = () => {
    const failed = failedOf(errors) ?? failedOf(lines.slice(run.from)) ?? [];
    return told(counts, { all: resultsOf(lines.slice(run.from, run.to)), failed });
  };
  return { ...run, read };
}

/** Lines of the verbose reporter: ` ✓ test/a.test.ts > suite > test 2ms`. */
function resultsOf(lines: readonly string[]): readonly TestResult[] {
  return lines.flatMap((line) => {
    const [, sign, name = ''] = /^ ([✓×↓□]) (\S.* > .*?)(?: \((?:retry|repeat) x\d+\))*(?: \d+ms)?$/u.exec(line) ?? [];
    return sign === undefined ? [] : [{ name: named(name), outcome: outcomes[sign as keyof typeof outcomes] }];
  });
}

function failedOf(lines: readonly string[]): readonly string[] | undefined {
  const heading = lastLine(lines, /^⎯+ Failed Tests \d+ ⎯+$/);
  if (heading === undefined) return undefined;
  const end = firstLine(lines, /^⎯+ (?!Failed Tests)[A-Z].* ⎯+$/, heading + 1) ?? lines.length;
  return lines.slice(heading, end).flatMap((line) => {
    const name = /^ FAIL {2}(.* > .*)$/.exec(line)?.[1];
    return name === undefined ? [] : [named(name)];
  });
}

function named(name: string): string {
  return name.trim().replaceAll(' > ', separator);
}
