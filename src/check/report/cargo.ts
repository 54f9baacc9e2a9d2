import type { TestReport, TestResult } from '../../domain/check.js';
import { counted, firstLine, lastLine, type Reader, sumOf, told } from './part.js';

const begin = /^running (\d+) tests?$/;
const end = /^test result: (?:ok|FAILED)\. (\d+) passed; (\d+) failed; (\d+) ignored; \d+ measured;/;
const outcomes = { ok: 'passed', FAILED: 'failed', ignored: 'skipped' } as const;

/** `cargo test`: one block for each test program, and one for the documentation's tests. */
export const readCargo: Reader = (lines) => {
  const from = firstLine(lines, begin);
  const to = lastLine(lines, end);
  if (from === undefined || to === undefined || to < from) return undefined;
  const blocks = blocksOf(lines.slice(from, to + 1));
  return blocks.length === 0 ? undefined : { from, to, read: () => sumOf(blocks) };
};

/** A block ends with the result that tells as many tests as it began with: others were printed by a test. */
function blocksOf(lines: readonly string[]): readonly TestReport[] {
  const blocks: TestReport[] = [];
  let open: { readonly found: number; readonly at: number } | undefined;
  for (const [at, line] of lines.entries()) {
    const found = begin.exec(line)?.[1];
    if (open === undefined && found !== undefined) open = { found: Number(found), at };
    const [passed, failed, skipped] = end.exec(line)?.slice(1).map(Number) ?? [];
    if (open === undefined || passed === undefined || failed === undefined || skipped === undefined) continue;
    if (passed + failed + skipped !== open.found) continue;
    const counts = counted('cargo test', { found: open.found, skipped, failed });
    const body = lines.slice(open.at, at);
    blocks.push(told(counts, { all: resultsOf(body), failed: failedOf(body) }));
    open = undefined;
  }
  return blocks;
}

/** Lines come and go, and with them the numbers in the names of the documentation's tests. */
function resultsOf(lines: readonly string[]): readonly TestResult[] {
  const end = firstLine(lines, /^failures:$/) ?? lines.length;
  return lines.slice(0, end).flatMap((line) => {
    const [, name = '', said] = /^test (.+?) \.\.\. (ok|FAILED|ignored)(?:, .*)?$/.exec(line) ?? [];
    return said === undefined ? [] : [{ name: named(name), outcome: outcomes[said as keyof typeof outcomes] }];
  });
}

/** The list of names after the last `failures:`. */
function failedOf(lines: readonly string[]): readonly string[] {
  const list = lastLine(lines, /^failures:$/);
  return list === undefined
    ? []
    : lines.slice(list + 1).flatMap((line) => (/^ {4}\S/.test(line) ? [named(line.trim())] : []));
}

function named(name: string): string {
  return name.replace(/(?: - (?:should panic|compile fail|compile))+$/, '').replace(/ \(line \d+\)$/, '');
}
