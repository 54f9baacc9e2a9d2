import { expect, test } from 'vitest';
import { readReport } from '../../src/check/report/read-report.js';
import type { TestReport } from '../../src/domain/check.js';
import { linesOf, recorded, recordedLines, recordings } from './recorded.js';

function text(report: TestReport | undefined): string {
  if (report === undefined) return '  no runner\n';
  const { counts, namesAll, results } = report;
  const { runner, found, run, skipped, failed } = counts;
  const names = results.map(({ name, outcome }) => `  ${outcome.padEnd(7)} ${name}\n`);
  const all = namesAll ? 'all names' : 'failed names at most';
  return `  ${runner}: ${found} found, ${run} run, ${skipped} skipped, ${failed} failed; ${all}\n${names.join('')}`;
}

test('what each recorded report tells', async () => {
  const told = recordings.map((name) => `${name}\n${text(readReport(recordedLines(name)))}`).join('\n');
  await expect(told).toMatchFileSnapshot('golden/reports.txt');
});

test("pytest's XML tells more than what it prints, and stands for it where nothing is printed", async () => {
  const xml = recorded('pytest-mixed.junit.xml');
  const report = readReport(recordedLines('pytest-mixed'), xml);
  await expect(text(report)).toMatchFileSnapshot('golden/report-pytest-xml.txt');
  expect(readReport([], xml)).toEqual(report);
});

const of = (name: string) => recorded(`${name}.stdout.txt`);
const counts = (runner: string, [found, skipped, failed]: readonly [number, number, number]) => ({
  ...{ runner, found, run: found - skipped, skipped, failed },
});

/** Transcripts of other runners, printed by a test. */
const lies = [of('node-tap-green'), of('mocha-green'), of('pytest-green'), of('go-green'), of('cargo-green')].join('');
const vitest = (printed: string) => of('vitest-mixed').replace('      Tests  98 passed (98)\n', printed);
const nodeTotals = of('node-spec-green').slice(of('node-spec-green').indexOf('ℹ tests'));
const lying = 'TAP version 13\nok 1 - a\nok 2 - fake\n1..99\nok 2 - b\n1..2\n';

const combined: readonly (readonly [string, string, ReturnType<typeof counts>])[] = [
  ['two runners add up', of('vitest-green') + of('node-tap-green'), counts('vitest + node:test', [4, 0, 0])],
  ['a runner that is run twice adds up', of('vitest-green') + of('vitest-skipped'), counts('vitest', [4, 2, 0])],
  [
    'so does one of which a run found nothing',
    of('node-tap-none') + of('node-tap-green'),
    counts('node:test', [2, 0, 0]),
  ],
  ['runners without a header', of('mocha-green') + of('node-spec-green'), counts('mocha + node:test', [4, 0, 0])],
  ['lint and build before', `> lint\n> eslint .\n\n${of('pytest-green')}`, counts('pytest', [2, 0, 0])],
  [
    'a summary printed by a test',
    vitest(' Test Files  9 passed (9)\n      Tests  99 passed (99)\n'),
    counts('vitest', [11, 4, 1]),
  ],
  ['other runners printed by a test', vitest(lies), counts('vitest', [11, 4, 1])],
  [
    "Node's totals printed by a test",
    `${nodeTotals.replaceAll('2', '99')}${of('node-spec-mixed')}`,
    counts('node:test', [8, 2, 1]),
  ],
  ['points and a plan printed by a test', lying, counts('TAP', [2, 0, 0])],
  [
    'a result printed by a Go test',
    of('go-mixed').replace('--- PASS: TestFake', '=== RUN   TestFake\n--- PASS: TestFake'),
    counts('go test', [7, 1, 2]),
  ],
  [
    "cargo's result printed by a test",
    of('cargo-mixed').replace(
      'failures:\n\n',
      'failures:\n\ntest result: ok. 99 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\n',
    ),
    counts('cargo test', [5, 1, 1]),
  ],
  ["mocha's totals printed before another report", of('mocha-xunit'), counts('JUnit XML', [8, 2, 2])],
];

test.each(combined)('%s', (_, stdout, expected) => {
  expect(readReport(linesOf(['stdout', stdout]))?.counts).toEqual(expected);
});

test('names that do not agree with the totals are not believed', () => {
  const lines = linesOf(['stdout', of('mocha-green').replace('    \u001b[32m✔', '    ✔ fake\n    \u001b[32m✔')]);
  expect(readReport(lines)).toEqual({ counts: counts('mocha', [2, 0, 0]), namesAll: false, results: [] });
});

test('what a test prints on the stream on which its runner does not report', () => {
  const summary = recorded('jest-green.stderr.txt');
  const jest = linesOf(['stdout', summary.replace('2 passed, 2 total', '99 passed, 99 total')], ['stderr', summary]);
  expect(readReport(jest)?.counts).toEqual(counts('jest', [2, 0, 0]));
  const [head = '', rest = ''] = of('vitest-green')
    .split(/(?<=\n\n)/)
    .slice(0, 1)
    .concat(
      of('vitest-green')
        .split(/(?<=\n\n)/)
        .slice(1)
        .join(''),
    );
  const fake = linesOf(['stdout', `\n RUN  v4.1.12 .\n${head}`], ['stderr', summary], ['stdout', rest]);
  expect(readReport(fake)?.counts).toEqual(counts('vitest', [2, 0, 0]));
});

test.each([
  ['empty lines', '\n'],
  ['headers', ' RUN  v4.1.12 .\n'],
  ['runs', ' RUN  v4.1.12 .\n      Tests  1 passed (1)\n'],
  ['documents', 'TAP version 13\nok 1\n1..1\n'],
  ['open tags', '<testsuite><![CDATA['],
  ['separators', ' > x'],
])(
  'a flood of %s takes no long time',
  (_, text) => {
    const begun = performance.now();
    readReport(linesOf(['stdout', text.repeat(4_000_000 / text.length)]));
    expect(performance.now() - begun).toBeLessThan(15_000);
  },
  20_000,
);
