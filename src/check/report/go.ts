import type { TestResult } from '../../domain/check.js';
import { countsOf, firstLine, lastLine, type Reader, separator } from './part.js';

const packageLine = /^(?:ok {2}\t|FAIL\t|\?? {3}\t)(\S+)/;
const resultLine = /^ *--- (PASS|FAIL|SKIP): (\S+) \([\d.]+s\)$/;
const outcomes = { PASS: 'passed', FAIL: 'failed', SKIP: 'skipped' } as const;

/** `go test -v`; without `-v` nothing is counted, and only that there was nothing to run is told. */
export const readGo: Reader = (lines) => {
  const to = lastLine(lines, packageLine);
  if (to === undefined) return undefined;
  const from = Math.min(firstLine(lines, /^=== RUN {3}\S/) ?? to, firstLine(lines, packageLine) ?? to);
  const body = lines.slice(from, to + 1);
  const results = resultsOf(body);
  if (results.length === 0 && !body.every(saysNothing)) return undefined;
  const namesAll = results.length === 0 || body.some((line) => line.startsWith('=== RUN '));
  return { from, to, read: () => ({ counts: countsOf('go test', results), namesAll, results }) };
};

function saysNothing(line: string): boolean {
  return !packageLine.test(line) || /\[no test(s to run| files)\]$/.test(line);
}

interface Package {
  readonly tests: Map<string, TestResult['outcome'] | undefined>;
  running?: string;
}

/** The line of a package comes after its tests. */
function resultsOf(lines: readonly string[]): readonly TestResult[] {
  const results: TestResult[] = [];
  let open: Package = { tests: new Map() };
  for (const line of lines) {
    note(open, line);
    const path = packageLine.exec(line)?.[1];
    // A test that panics has no line of its own.
    if (path === undefined || (open.running !== undefined && !line.startsWith('FAIL'))) continue;
    for (const [test, outcome] of open.tests)
      results.push({ name: [path, ...test.split('/')].join(separator), outcome: outcome ?? 'failed' });
    if (open.tests.size === 0 && line.startsWith('FAIL')) results.push({ name: path, outcome: 'failed' });
    open = { tests: new Map() };
  }
  return results;
}

/** Tests that are not paused run one at a time: what else begins meanwhile was printed by the one that runs. */
function note(open: Package, line: string): void {
  const begun = /^=== RUN {3}(\S+)$/.exec(line)?.[1];
  if (begun !== undefined && `${begun}/`.startsWith(open.running === undefined ? '' : `${open.running}/`)) {
    open.tests.set(begun, undefined);
    open.running ??= begun;
  }
  const [, said, ended = ''] = resultLine.exec(line) ?? [];
  if (said !== undefined && open.tests.has(ended)) open.tests.set(ended, outcomes[said as keyof typeof outcomes]);
  if (ended === open.running || line === `=== PAUSE ${String(open.running)}`) delete open.running;
}

/** Whether Go prints the line only because it is asked for the names of all tests. */
export function isGoNoise(line: string): boolean {
  return /^ *(=== (RUN|PAUSE|CONT|NAME) |--- PASS: )/.test(line);
}
