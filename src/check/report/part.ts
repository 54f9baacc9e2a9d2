import type { TestCounts, TestReport, TestResult } from '../../domain/check.js';

/** Where in a program's output a runner told something: indexes of its first and its last line. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly read: () => TestReport;
}

/** Finds the first run of one test runner in what a program printed on one stream. */
export type Reader = (lines: readonly string[]) => Part | undefined;

/** Stands between file, suites and test in a name. */
export const separator = ' › ';

/** Counts from a runner's own totals. */
export function counted(
  runner: string,
  { found, skipped, failed }: { readonly found: number; readonly skipped: number; readonly failed: number },
): TestCounts {
  return { runner, found, run: found - skipped, skipped, failed };
}

/** Counts where each test is told of by itself. */
export function countsOf(runner: string, results: readonly TestResult[]): TestCounts {
  return counted(runner, {
    found: results.length,
    skipped: results.filter(({ outcome }) => outcome === 'skipped').length,
    failed: results.filter(({ outcome }) => outcome === 'failed').length,
  });
}

/**
 * Names are believed only as far as they agree with the runner's totals: a test that prints lines that look like results makes them
 * disagree. `failed` are those that the runner lists at its end.
 */
export function told(
  counts: TestCounts,
  { all, failed = [] }: { readonly all: readonly TestResult[]; readonly failed?: readonly string[] },
): TestReport {
  const seen = countsOf(counts.runner, all);
  if (seen.found === counts.found && seen.skipped === counts.skipped && seen.failed === counts.failed)
    return { counts, namesAll: true, results: all };
  const names = [...new Set(failed)];
  const results = names.length === counts.failed ? names.map((name) => ({ name, outcome: 'failed' as const })) : [];
  return { counts, namesAll: false, results };
}

/** Index of the last line within `from` ≤ index < `to` that matches; undefined when none does. */
export function lastLine(
  lines: readonly string[],
  pattern: RegExp,
  [from, to]: readonly [number, number] = [0, lines.length],
): number | undefined {
  for (let index = to - 1; index >= from; index -= 1) if (pattern.test(lines[index] ?? '')) return index;
  return undefined;
}

/** Index of the first line at or after `from` that matches; undefined when none does. */
export function firstLine(lines: readonly string[], pattern: RegExp, from = 0): number | undefined {
  for (let index = from; index < lines.length; index += 1) if (pattern.test(lines[index] ?? '')) return index;
  return undefined;
}

/** `3 passed | 1 failed`, `1 failed, 3 passed`: numbers by word. */
export function tally(text: string): (word: string) => number {
  const numbers = new Map([...text.matchAll(/(\d+) ([a-z]+)/g)].map(([, number, word = '']) => [word, Number(number)]));
  return (word) => numbers.get(word) ?? 0;
}

/** The lines of a runner that begins with a line of its own: from its first `header` to the last `end` before the next one. */
export function runOf(
  lines: readonly string[],
  { header, end }: { readonly header: RegExp; readonly end: RegExp },
): Omit<Part, 'read'> | undefined {
  let from = firstLine(lines, header);
  while (from !== undefined) {
    const next = firstLine(lines, header, from + 1);
    const to = lastLine(lines, end, [from + 1, next ?? lines.length]);
    if (to !== undefined) return { from, to };
    from = next;
  }
  return undefined;
}

/** All that was told, as one. */
export function sumOf(parts: readonly TestReport[]): TestReport {
  const sum = (of: (counts: TestCounts) => number) => parts.reduce((total, { counts }) => total + of(counts), 0);
  return {
    counts: counted([...new Set(parts.map(({ counts }) => counts.runner))].join(' + '), {
      found: sum(({ found }) => found),
      skipped: sum(({ skipped }) => skipped),
      failed: sum(({ failed }) => failed),
    }),
    namesAll: parts.every(({ namesAll }) => namesAll),
    results: parts.flatMap(({ results }) => results),
  };
}
