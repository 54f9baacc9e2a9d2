import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { bridgeUnsupported, type Dialect, type DialectFacts } from '../../src/agent/dialect/dialect.js';
import { runAttempt } from '../../src/agent/runner.js';
import type { Surroundings } from '../../src/agent/speak.js';
import type { TreeLimits } from '../../src/agent/watchdog-state.js';
import type { AgentEvent, AgentSpec } from '../../src/domain/agent.js';
import type { RunId } from '../../src/domain/run.js';
import type { AttemptOrder, AttemptReport } from '../../src/ports/agent.js';
import { findContainment } from '../../src/process/containment.js';
import { createMeter } from '../../src/process/meter.js';
import { aSleep, isRunning, running as untilRunning } from '../process/support.js';
import { temporaryFolder } from '../support/temp.js';
import { aSpec } from './support.js';

const containment = await findContainment();
const nowMs = 1_000_000;

/** A CLI that is a shell line and prints Fleet's own events; `$SESSION` is what it is to go on with. */
function aDialect(line: string, facts: Partial<DialectFacts> = {}, changes: Partial<Dialect> = {}): Dialect {
  return {
    facts: {
      ...{ tellsEnd: true, tokens: 'step', cost: 'step', resume: 'anywhere', retries: 'told', limitsTurns: false },
      ...facts,
    },
    command: ({ prompt, session = 'none' }) => ({ argv: ['sh', '-c', line], env: { SESSION: session }, stdin: prompt }),
    parseLine: (text) => (text.startsWith('{') ? [JSON.parse(text) as AgentEvent] : []),
    parseExit: () => [],
    ...changes,
  };
}

function says(...events: readonly AgentEvent[]): string {
  return events.map((event) => `echo '${JSON.stringify(event)}'`).join('; ');
}

const finished = says({ type: 'finished' });

/** Attempts of one run in a worktree. */
function setUp(changes: Partial<Surroundings> = {}) {
  const folder = temporaryFolder();
  const dataFolder = join(folder, 'data');
  for (const name of ['one', 'other']) mkdirSync(join(folder, name));
  const heartbeats: unknown[] = [];
  const clock = { nowMs: () => nowMs };
  const path = '/usr/bin:/bin';
  const surroundings = { containment, clock, meter: createMeter(), dataFolder, path, ...changes };
  const run = (dialect: Dialect, given: Partial<AttemptOrder & AgentSpec['timeouts'] & { worktree: string }> = {}) => {
    const { silenceMs = 10_000, wallMs = 15_000, worktree = 'one', ...order } = given;
    return runAttempt(
      surroundings,
      { spec: aSpec({ timeouts: { silenceMs, wallMs } }), dialect },
      {
        ...{ id: 'a1', run: 'r1' as RunId, role: 'developer', agent: 'tester', prompt: () => 'Do it.' },
        workspace: { path: join(folder, worktree), gitDirectories: [] },
        signal: new AbortController().signal,
        heartbeat: (fields) => heartbeats.push(fields),
        ...order,
      },
    );
  };
  return { run, heartbeats, dataFolder };
}

function failed({ outcome }: AttemptReport): readonly [string, string] {
  if (outcome.kind !== 'failed') throw new Error(`expected a failure, got ${outcome.kind}`);
  return [outcome.failure, outcome.reason];
}

describe('an attempt that does not come to its end', () => {
  it.each<[string, Dialect]>([
    ['waits for somebody to log in', aDialect('echo "Open https://example.com/login to go on"; sleep 99')],
    [
      'prints its retries on standard error alone',
      aDialect('while :; do echo again >&2; sleep 0.1; done', { retries: 'hidden' }),
    ],
    ['leaves a child that holds its output', aDialect('setsid sleep 99 & sleep 99')],
    ['says nothing and takes its end for a success', aDialect("trap 'exit 0' TERM; sleep 99 & wait")],
  ])('is ended when it %s', async (_, dialect) => {
    const startMs = performance.now();
    expect(failed(await setUp().run(dialect, { silenceMs: 400 }))).toEqual(['stalled', 'printed nothing for 0.4 s']);
    expect(performance.now() - startMs).toBeLessThan(2400);
  });

  it.each<[string, Dialect]>([
    ['prints on standard error', aDialect(`for i in 1 2 3 4 5 6; do echo $i >&2; sleep 0.2; done; ${finished}`)],
    [
      'waits for its tool',
      aDialect(`${says({ type: 'used', tool: 'Bash', input: 'npm test', id: 'c1' })}; sleep 1.2; ${finished}`),
    ],
    ['hangs after it has told its end', aDialect(`${finished}; sleep 99`)],
  ])('is borne when it %s', async (_, dialect) => {
    expect((await setUp().run(dialect, { silenceMs: 500 })).outcome).toEqual({ kind: 'finished' });
  });

  it('is ended within 2 s when it forks twice into sessions of their own and ignores SIGTERM, and nothing is left', async () => {
    const sleep = aSleep();
    const line = `trap '' TERM; (setsid sh -c "trap '' TERM; ${sleep} & ${sleep}" &); (setsid ${sleep} &); while :; do ${sleep}; done`;
    const startMs = performance.now();
    expect(failed(await setUp().run(aDialect(line), { silenceMs: 400 }))[0]).toBe('stalled');
    expect(performance.now() - startMs).toBeLessThan(2400);
    expect(isRunning(sleep)).toBe(false);
  });

  it.each([1, 2, 3, 5])('is ended when it goes round in %i calls', async (period) => {
    const calls = Array.from({ length: period }, (_, index) =>
      says({ type: 'used', tool: `Tool${index}`, input: { path: 'a "b" c' } }),
    );
    const [failure, reason] = failed(await setUp().run(aDialect(`while :; do ${calls.join('; ')}; sleep 0.01; done`)));
    expect([failure, reason.endsWith(`: ${calls.map((_, index) => `Tool${index}`).join(', ')}`)]).toEqual([
      'loop',
      true,
    ]);
  });

  it('is ended when a developer changes nothing, and nobody else is', async () => {
    const line = `i=0; while [ $i -lt 150 ]; do i=$((i+1)); echo "{\\"type\\":\\"used\\",\\"tool\\":\\"Read\\",\\"input\\":$i}"; sleep 0.01; done; ${finished}`;
    let asked = 0;
    const changes = (): Promise<string> => Promise.resolve(`same ${String((asked += 1) > 99)}`);
    const report = await setUp().run(aDialect(line), { changes });
    expect(failed(report)).toEqual(['loop', expect.stringMatching(/^changed no file in 6\d tool calls$/)]);
    expect(asked).toBe(4);
    const others = await setUp().run(aDialect(line), { changes, role: 'planner' });
    expect([others.outcome, asked]).toEqual([{ kind: 'finished' }, 4]);
  });

  it.each<[Partial<TreeLimits>, RegExp]>([
    [{ processes: 2 }, /^ran \d processes, allowed are 2$/],
    [{ memoryBytes: 64 * 1024 ** 2 }, /^held 1\d\d MB of memory, allowed are 64 MB$/],
  ])('is ended when its processes hold more than %o', async (most, reason) => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const sleep = aSleep();
    const program = `const held = Buffer.alloc(100 * 1024 * 1024, 1); require('child_process').execSync('${sleep}')`;
    const { run, heartbeats } = setUp({ tree: { memoryBytes: 8 * 1024 ** 3, processes: 1000, ...most } });
    const running = run(aDialect(`${process.execPath} -e "${program}"; true`));
    await untilRunning(sleep, 1);
    vi.advanceTimersByTime(30_000);
    expect(failed(await running)).toEqual(['other', expect.stringMatching(reason)]);
    expect(heartbeats).toHaveLength(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('tells in its heartbeats how it is', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const { run, heartbeats } = setUp();
    const sleep = aSleep();
    const used = says({ type: 'used', tool: 'Bash', input: 'ls' });
    const usage = says({ type: 'usage', inputTokens: 3, outputTokens: 2, cachedTokens: 1, costUsd: 0 });
    const stop = new AbortController();
    const running = run(aDialect(`${used}; ${usage}; ${sleep} & ${sleep}`), { signal: stop.signal });
    await untilRunning(sleep, 2);
    await vi.waitFor(() => {
      vi.advanceTimersByTime(30_000);
      expect(heartbeats.at(-1)).toEqual({
        ...{ agent: 'tester', attempt: 'a1', events: 2, tokens: 6, steps: 1, quietSeconds: 0 },
        ...{ peakMemoryMb: expect.any(Number) as number, peakProcesses: containment.kind === 'namespace' ? 4 : 3 },
      });
    });
    stop.abort();
    expect((await running).outcome).toEqual({ kind: 'stopped' });
  });

  it('is ended when it would wait for an hour', async () => {
    const line = `${says({ type: 'retrying', kind: 'rate', delayMs: 3_600_000 })}; sleep 99`;
    expect((await setUp().run(aDialect(line))).outcome).toEqual({
      ...{ kind: 'failed', failure: 'limit', reason: 'would have waited 3600 s for its next try (rate)' },
      limit: { kind: 'rate', source: 'event', resetsAtMs: nowMs + 3_600_000 },
    });
  });
});

describe('what an agent prints', () => {
  const printed = join(import.meta.dirname, 'unreadable.mjs');

  it('may be anything', async () => {
    const lines = aDialect(
      `${process.execPath} ${printed}`,
      {},
      {
        parseLine: (text) => [{ type: 'unknown', name: text.length > 40 ? 'long' : text }],
      },
    );
    const { run, dataFolder } = setUp();
    const report = await run(lines);
    expect(failed(report)).toEqual(['crash', 'ended without a result: a half line on standard error']);
    expect(report.unknown).toEqual({
      '': 2,
      long: 3,
      '\uFFFD\uFFFD\u0000': 1,
      '{"a":"{\\"b\\":\\"{}\\"}"}': 1,
      'a half line': 1,
    });
    expect(readFileSync(join(dataFolder, 'streams/r1/a1.jsonl')).length).toBeGreaterThan(3 * 1024 * 1024);
  });
});

describe('a clock that jumps', () => {
  it('ends nothing, and silence is noticed all the same', async () => {
    let jumps = 0;
    const clock = { nowMs: () => nowMs + ((jumps += 1) % 2 === 0 ? -1 : 1) * jumps * 86_400_000 };
    const line = 'for i in 1 2 3 4 5; do echo $i; sleep 0.1; done';
    expect((await setUp({ clock }).run(aDialect(`${line}; ${finished}`), { silenceMs: 400 })).outcome.kind).toBe(
      'finished',
    );
    expect(failed(await setUp({ clock }).run(aDialect(`${line}; sleep 99`), { silenceMs: 400 }))[0]).toBe('stalled');
  });
});

describe('a bridge', () => {
  const unsupported = `exit ${bridgeUnsupported}`;
  const fallback = aDialect(`cat; echo; ${says({ type: 'started', session: 'by the fallback' })}; ${finished}`);

  it('that its CLI does not understand is replaced by the fallback, once', async () => {
    const report = await setUp().run(aDialect(unsupported, {}, { fallback }));
    expect([report.outcome, report.session]).toEqual([{ kind: 'finished' }, 'by the fallback']);
    const hopeless = aDialect(unsupported, {}, { fallback: aDialect(unsupported, {}, { fallback }) });
    expect(failed(await setUp().run(hopeless))).toEqual(['crash', 'exit code 78']);
  });

  it('that has worked is not', async () => {
    const worked = aDialect(`${says({ type: 'said', text: 'working' })}; ${unsupported}`, {}, { fallback });
    expect(failed(await setUp().run(worked))).toEqual(['crash', 'exit code 78']);
  });
});

describe('a session', () => {
  const goesOn = `echo "{\\"type\\":\\"said\\",\\"text\\":\\"x\\"}"; echo "{\\"type\\":\\"started\\",\\"session\\":\\"after $SESSION\\"}"; ${finished}`;
  const usedInSession = { inputTokens: 5, outputTokens: 0, cachedTokens: 0, costUsd: 0 };

  it.each<[DialectFacts['resume'], string, string]>([
    ['anywhere', 'after s1', 'after s1'],
    ['sameFolder', 'after s1', 'after none'],
    ['never', 'after none', 'after none'],
  ])('of a CLI that goes on %s', async (resume, there, elsewhere) => {
    const { run } = setUp();
    await run(aDialect(`${says({ type: 'started', session: 's1' })}; ${finished}`, { resume }));
    const dialect = aDialect(goesOn, { resume });
    expect((await run(dialect, { session: 's1' })).session).toBe(there);
    expect((await run(dialect, { session: 's1', worktree: 'other' })).session).toBe(elsewhere);
  });

  it('that is not gone on with has used nothing before', async () => {
    const usage = says({ type: 'usage', inputTokens: 8, outputTokens: 0, cachedTokens: 0, costUsd: 0 });
    const order = { session: 's1', usedInSession };
    const dialect = (resume: DialectFacts['resume']): Dialect =>
      aDialect(`${usage}; ${finished}`, { resume, tokens: 'session' });
    expect((await setUp().run(dialect('anywhere'), order)).usage.inputTokens).toBe(3);
    expect((await setUp().run(dialect('never'), order)).usage.inputTokens).toBe(8);
  });
});
