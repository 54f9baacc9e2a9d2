import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { createChecks } from '../../src/check/create-checks.js';
import type { Evidence } from '../../src/domain/check.js';
import type { RunId } from '../../src/domain/run.js';
import { type Containment, findContainment } from '../../src/process/containment.js';
import { temporaryFolder } from '../support/temp.js';

let containment: Containment;
beforeAll(async () => {
  containment = await findContainment();
});

const tree = 'f'.repeat(40);

/** Runs shell lines one after the other in an empty worktree; `during` is called once they run. */
async function evidenceOf(
  commands: readonly string[],
  given: { timeoutMs?: number; signal?: AbortSignal; root?: string; as?: { kind: 'setup'; gate: string } } = {},
) {
  const root = given.root ?? temporaryFolder();
  const path = join(root, 'worktree');
  mkdirSync(path, { recursive: true });
  const checks = createChecks({
    folder: join(root, 'data'),
    containment,
    clock: { nowMs: () => Date.now() },
    path: process.env['PATH'] ?? '/usr/bin:/bin',
  });
  const sightings = await checks.run({
    run: 'r1' as RunId,
    workspace: { path, gitDirectories: [] },
    tree,
    commands: commands.map((command, index) => ({ name: `c${index}`, kind: 'check', command, ...given.as })),
    timeoutMs: given.timeoutMs ?? 20_000,
    signal: given.signal ?? new AbortController().signal,
  });
  return { root, path, sightings, seen: sightings.map(({ evidence }) => evidence) };
}

const brief = (seen: readonly Evidence[]) => seen.map(({ outcome, exit, outputTail }) => [outcome, exit, outputTail]);

test('what each end means', async () => {
  const { seen } = await evidenceOf(['echo fine', 'echo bad >&2; exit 3', 'no-such-command-here', 'kill -9 $$']);
  expect(seen[0]).toEqual({
    name: 'c0',
    kind: 'check',
    command: 'echo fine',
    outcome: 'pass',
    exit: 0,
    durationMs: expect.any(Number),
    outputTail: 'fine\n',
    tree,
  });
  expect(brief(seen.slice(1))).toEqual([
    ['fail', 3, 'bad\n'],
    ['inconclusive', 127, expect.stringContaining('no-such-command-here')],
    // Whatever the shell has to say of it.
    ['fail', 137, expect.any(String)],
  ]);
});

test('a file that cannot be executed is inconclusive', async () => {
  const { seen } = await evidenceOf(['echo true > tool.sh && ./tool.sh']);
  expect(brief(seen)).toEqual([['inconclusive', 126, expect.stringContaining('denied')]]);
});

test('a check that never ends is inconclusive, and the next one is run', async () => {
  const { seen } = await evidenceOf(['echo begun; sleep 600 & sleep 600', 'true'], { timeoutMs: 300 });
  expect(brief(seen)).toEqual([
    ['inconclusive', 'timedOut', expect.stringMatching(/^begun\n/)],
    ['pass', 0, ''],
  ]);
});

test('a stop ends the check that runs and starts no other', async () => {
  const stop = new AbortController();
  const root = temporaryFolder();
  const running = evidenceOf(['touch ../begun; sleep 600', 'touch ../second'], { signal: stop.signal, root });
  await expect.poll(() => existsSync(join(root, 'begun'))).toBe(true);
  stop.abort();
  const { seen } = await running;
  expect(brief(seen)).toEqual([
    ['inconclusive', 'stopped', expect.any(String)],
    ['inconclusive', 'stopped', ''],
  ]);
  expect(existsSync(join(root, 'second'))).toBe(false);
});

test('the command gets its own environment and nothing on standard input', async () => {
  process.env['FLEET_TEST_OWN_SECRET'] = 'never';
  const { seen, root } = await evidenceOf(['env; pwd; wc -c; test -w "$HOME" && test -w "$TMPDIR"']);
  delete process.env['FLEET_TEST_OWN_SECRET'];
  const lines = (seen[0]?.outputTail ?? '')
    .replace(/(?<=report)-\w{6}/, '')
    .trim()
    .split('\n')
    .sort();
  const data = join(root, 'data');
  expect(lines.filter((line) => !/^(_|OLDPWD|SHLVL)=/.test(line))).toEqual(
    [
      '0',
      'CI=true',
      'GOFLAGS=-v',
      `HOME=${data}/runs/r1/home`,
      'LANG=C.UTF-8',
      `PYTEST_ADDOPTS="--junitxml=${data}/runs/r1/tmp/report/pytest.xml" -o junit_family=xunit1`,
      `PATH=${process.env['PATH'] ?? ''}`,
      // The worktree, which is nobody's business.
      'PWD=.',
      `TMPDIR=${data}/runs/r1/tmp`,
      `npm_config_cache=${data}/cache/npm`,
      '.',
    ].sort(),
  );
  expect(seen[0]?.outcome).toBe('pass');
});

describe('the tail of the output', () => {
  test('a flood: whole last lines, at most 8,000 characters', async () => {
    const { seen } = await evidenceOf(['seq 1 2000000; echo the end']);
    const text = seen[0]?.outputTail ?? '';
    expect(text.length).toBeLessThanOrEqual(8000);
    expect(text.length).toBeGreaterThan(7900);
    expect(text.split('\n')[0]).toMatch(/^1\d{6}$/);
    expect(text.endsWith('2000000\nthe end\n')).toBe(true);
  });

  test('one endless line keeps its end', async () => {
    const { seen } = await evidenceOf(["head -c 300000 /dev/zero | tr '\\0' x; printf end"]);
    expect(seen[0]?.outputTail).toBe(`${'x'.repeat(7997)}end`);
  });

  test('colours, progress lines and control characters are gone', async () => {
    const { path, root } = await evidenceOf([]);
    writeFileSync(join(path, 'out'), '\u001b[31mred\u001b[0m\r\n10%\r50%\rdone\nü\u0000\u0007\n');
    const { seen } = await evidenceOf(['cat out'], { root });
    expect(seen[0]?.outputTail).toBe('red\ndone\nü\n');
    expect(readFileSync(join(path, 'out'), 'utf8')).toContain('\u001b');
  });
});

describe('what a test runner reports', () => {
  const report = join(import.meta.dirname, 'fixtures/report');
  const say = (name: string) => `cat ${report}/${name}.stdout.txt`;
  const verdicts = (seen: readonly Evidence[]) =>
    seen.map(({ outcome, exit, tests }) => [outcome, exit, tests?.runner]);

  test('an exit code of 0 is no pass where nothing was found, nothing was run, or something failed', async () => {
    const silent = [
      'vitest-none-allowed',
      'node-tap-skipped',
      'mocha-none',
      'go-none',
      'cargo-none',
      'jest-none-allowed',
    ];
    const { seen } = await evidenceOf([
      ...silent.map(say),
      `${say('node-tap-none')}; ${say('node-tap-green')}`,
      `${say('pytest-mixed')} || true`,
      `${say('pytest-none')}; exit 5`,
      `${say('node-tap-mixed')}; exit 1`,
      'echo no runner',
    ]);
    expect(verdicts(seen)).toEqual([
      ...['vitest', 'node:test', 'mocha', 'go test', 'cargo test', 'jest'].map((runner) => ['inconclusive', 0, runner]),
      ['pass', 0, 'node:test'],
      ['fail', 0, 'pytest'],
      ['fail', 5, 'pytest'],
      ['fail', 1, 'node:test'],
      ['pass', 0, undefined],
    ]);
  });

  test("Node's own runner: each test by name, wherever the worktree is", async () => {
    const { path, root } = await evidenceOf([]);
    writeFileSync(
      join(path, 'a.test.mjs'),
      "import test from 'node:test';\ntest('keeps', () => {});\ntest.skip('drops');\n",
    );
    writeFileSync(join(path, 'b.test.mjs'), "throw new Error('does not load');\n");
    const { sightings } = await evidenceOf(['node --test'], { root });
    const counts = { runner: 'node:test', found: 3, run: 2, skipped: 1, failed: 1 };
    expect(sightings.map(({ evidence, report: seen }) => [evidence.tests, seen])).toEqual([
      [
        counts,
        {
          counts,
          namesAll: true,
          results: [
            { name: 'keeps', outcome: 'passed' },
            { name: 'drops', outcome: 'skipped' },
            { name: 'b.test.mjs', outcome: 'failed' },
          ],
        },
      ],
    ]);
  });

  test('pytest is made to write its XML, which is read and removed', async () => {
    const write = `eval "set -- $PYTEST_ADDOPTS"; cp ${report}/pytest-mixed.junit.xml "\${1#--junitxml=}"`;
    const { sightings, root } = await evidenceOf([`${write}; ${say('pytest-mixed')}; exit 1`, say('pytest-green')]);
    expect(sightings.map(({ report: seen }) => [seen?.counts.found, seen?.namesAll])).toEqual([
      [7, true],
      [2, false],
    ]);
    expect(readdirSync(join(root, 'data/runs/r1/tmp'))).toEqual([]);
  });

  test('set-up is no test, and a gate is named', async () => {
    const { sightings } = await evidenceOf([say('node-tap-none')], { as: { kind: 'setup', gate: 'abc' } });
    expect(sightings.map(({ evidence, report: seen }) => [evidence.outcome, evidence.gate, seen])).toEqual([
      ['pass', 'abc', undefined],
    ]);
  });

  test('what Go prints because Fleet asks for names is not told to people', async () => {
    const { seen } = await evidenceOf([`${say('go-mixed')}; exit 1`]);
    expect(seen[0]?.outputTail).toBe(
      [
        'ok  \texample.com/fake\t0.001s',
        '    slug_test.go:14: got "a"',
        '--- FAIL: TestDrops (0.00s)',
        '    --- FAIL: TestDrops/hashes (0.00s)',
        '    slug_test.go:18: not now',
        '--- SKIP: TestSkipped (0.00s)',
        'FAIL',
        'FAIL\texample.com/slug/slug\t0.004s',
        'PASS',
        'ok  \texample.com/slug/more\t0.006s',
        '?   \texample.com/slug/none\t[no test files]',
        'testing: warning: no tests to run',
        'PASS',
        'ok  \texample.com/slug/empty\t0.003s [no tests to run]',
        'FAIL',
        '',
      ].join('\n'),
    );
  });
});
