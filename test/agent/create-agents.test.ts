import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createAgents } from '../../src/agent/create-agents.js';
import type { AgentSpec } from '../../src/domain/agent.js';
import type { RunId } from '../../src/domain/run.js';
import { Secret } from '../../src/domain/secret.js';
import type { AttemptOrder, AttemptReport } from '../../src/ports/agent.js';
import { findContainment } from '../../src/process/containment.js';
import { temporaryFolder } from '../support/temp.js';
import { aSpec } from './support.js';

const containment = await findContainment();
const path = '/usr/local/bin:/usr/bin:/bin';
const run = 'r1' as RunId;

/** Agents over a data folder of their own; the first is who an order goes to. */
function setUp(specs: readonly AgentSpec[]) {
  const folder = temporaryFolder();
  const dataFolder = join(folder, 'data');
  const worktree = join(folder, 'worktree');
  mkdirSync(worktree);
  const clock = { nowMs: () => 1000 };
  const agents = createAgents({ agents: specs, containment, clock, dataFolder, path });
  const order = (changes: Partial<AttemptOrder> = {}): AttemptOrder => ({
    id: 'a1',
    run,
    role: 'developer',
    agent: specs[0]?.name ?? '',
    workspace: { path: worktree, gitDirectories: [] },
    prompt: () => 'The prompt.\n',
    signal: new AbortController().signal,
    heartbeat: () => undefined,
    ...changes,
  });
  return { agents, order, dataFolder, worktree };
}

/** An agent that is a shell line. */
function aShell(line: string, changes: Partial<AgentSpec> = {}): AgentSpec {
  return aSpec({ command: ['sh', '-c', line], ...changes });
}

function failed(report: AttemptReport): readonly [string, string] {
  if (report.outcome.kind !== 'failed') throw new Error(`expected a failure, got ${report.outcome.kind}`);
  return [report.outcome.failure, report.outcome.reason];
}

describe('an attempt of a command agent', () => {
  it('has the prompt, the worktree, its folders, the environment of the contract, and nothing else', async () => {
    const spec = aShell(
      'cat > got.txt; /usr/bin/env | sort > env.txt; echo {} > "$FLEET_ARTIFACTS/plan.json"; touch "$HOME/h" "$TMPDIR/t"',
      {
        env: { KEY: new Secret('s3cret'), LOG: 'quiet' },
      },
    );
    const { agents, order, dataFolder, worktree } = setUp([spec]);
    const heartbeats: unknown[] = [];
    const report = await agents.run(
      order({
        task: 'T1',
        prompt: ({ artifacts, schema }) => `${artifacts} ${schema('plan').length > 100 ? 'schema' : ''}`,
        heartbeat: (fields) => heartbeats.push(fields),
      }),
    );
    const artifacts = join(dataFolder, 'agents/r1/artifacts/a1');
    expect(report).toEqual({
      unknown: {},
      outcome: { kind: 'finished' },
      usage: { inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 },
      startedAtMs: 1000,
      endedAtMs: 1000,
      artifacts,
    });
    expect(readFileSync(join(worktree, 'got.txt'), 'utf8')).toBe(`${artifacts} schema`);
    const environment = readFileSync(join(worktree, 'env.txt'), 'utf8').trim().split('\n');
    expect(environment.filter((line) => !/^(?:PWD|FLEET_ATTEMPT)=/.test(line))).toEqual([
      `FLEET_ARTIFACTS=${artifacts}`,
      'FLEET_ROLE=developer',
      'FLEET_RUN=r1',
      'FLEET_TASK=T1',
      `HOME=${join(dataFolder, 'agents/r1/home/testers')}`,
      'KEY=s3cret',
      'LANG=C.UTF-8',
      'LOG=quiet',
      `PATH=${path}`,
      expect.stringMatching(/^TMPDIR=.*\/data\/agents\/r1\/tmp-......$/),
    ]);
    const stream = join(dataFolder, 'streams/r1/a1.jsonl');
    expect(heartbeats).toEqual([{ agent: 'tester', dialect: 'command', attempt: 'a1', stream }]);
    expect(readdirSync(join(dataFolder, 'agents/r1')).sort()).toEqual(['artifacts', 'home']);
    await agents.forget(run);
    expect(readdirSync(join(dataFolder, 'agents'))).toEqual([]);
    expect(readdirSync(join(dataFolder, 'streams/r1')).sort()).toEqual(['a1.jsonl', 'a1.stderr']);
  });

  it('has no FLEET_TASK outside tasks', async () => {
    const { agents, order } = setUp([aShell('test -z "${FLEET_TASK+set}"')]);
    expect((await agents.run(order())).outcome).toEqual({ kind: 'finished' });
  });

  const lines = [
    '{"type":"started","session":"s1"}',
    '{"type":"usage","inputTokens":10,"outputTokens":2,"cachedTokens":5,"costUsd":0.5}',
    '{"type":"usage","inputTokens":1}',
    '{"type":"usage","inputTokens":"many"}',
    'not json',
    '{"type":"limited","kind":"plan","resetsAt":"2026-11-21T10:00:00Z"}',
  ];
  const speaks = `printf '%s\\n' '${lines.join("' '")}'; exit 1`;

  it('is believed line by line where its events are believed', async () => {
    const { agents, order } = setUp([aShell(speaks, { events: true })]);
    expect(await agents.run(order())).toMatchObject({
      outcome: { kind: 'failed', failure: 'limit', reason: 'exit code 1' },
      usage: { inputTokens: 11, outputTokens: 2, cachedTokens: 5, costUsd: 0.5 },
      session: 's1',
    });
  });

  it.each([
    ['limit', 'rate'],
    ['auth', 'auth'],
  ])('has hit a limit where it only says that it failed by %s', async (kind, limit) => {
    const says = `echo '{"type":"failed","kind":"${kind}","reason":"no more today"}'; exit 1`;
    const { agents, order } = setUp([aShell(says, { events: true })]);
    expect((await agents.run(order())).outcome).toEqual({
      ...{ kind: 'failed', failure: kind, reason: 'no more today' },
      limit: { kind: limit, source: 'event' },
    });
  });

  it('only printed text where they are not', async () => {
    const { agents, order } = setUp([aShell(speaks)]);
    const report = await agents.run(order());
    expect(failed(report)).toEqual(['crash', 'exit code 1']);
    expect([report.session, report.usage.inputTokens]).toEqual([undefined, 0]);
  });

  it('costs what its price says where it tells no cost', async () => {
    const usage = '{"type":"usage","inputTokens":1000000,"cachedTokens":1000000,"outputTokens":100000}';
    const spec = aShell(`echo '${usage}'`, { events: true, price: { inputPerMillion: 3, outputPerMillion: 10 } });
    const { agents, order } = setUp([spec]);
    expect((await agents.run(order())).usage.costUsd).toBe(7);
  });

  it('crashes with the end of what it said on standard error', async () => {
    const { agents, order } = setUp([aShell('printf "half line" >&2; exit 7')]);
    expect(failed(await agents.run(order()))).toEqual(['crash', 'exit code 7: half line']);
  });

  const flood = 'printed more than 20,000 lines or 32 MB within a minute';
  const timeouts = { silenceMs: 300, wallMs: 15_000 };
  it.each([
    ['that is silent', aShell('sleep 99', { timeouts }), 'stalled', 'printed nothing for 0.3 s'],
    [
      'that never ends',
      aShell('while :; do echo x; sleep 0.05; done', { timeouts: { ...timeouts, wallMs: 500 } }),
      'wall',
      'ran over its time',
    ],
    ['that prints a gigabyte', aShell('yes "a line that says nothing"'), 'flood', flood],
    ['that prints a gigabyte in one line', aShell('cat /dev/zero'), 'flood', flood],
    [
      'that is not there',
      aSpec({ command: ['no-such-agent'] }),
      'other',
      'could not be started: no-such-agent is not an executable on PATH',
    ],
  ])('fails: one %s', async (_, spec, failure, reason) => {
    const { agents, order } = setUp([spec]);
    expect(failed(await agents.run(order()))).toEqual([failure, reason]);
  });

  it('fails: one that is not configured', async () => {
    const { agents, order } = setUp([]);
    expect(failed(await agents.run(order({ agent: 'gone' })))).toEqual(['other', 'agent gone is not configured']);
  });

  it('is stopped by its signal', async () => {
    const stop = new AbortController();
    const { agents, order } = setUp([aShell('sleep 99')]);
    const heartbeat = (): void =>
      void setTimeout(() => {
        stop.abort();
      }, 50);
    expect((await agents.run(order({ signal: stop.signal, heartbeat }))).outcome).toEqual({ kind: 'stopped' });
  });

  it('has a heartbeat every 30 s', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
    onTestFinished(() => void vi.useRealTimers());
    const stop = new AbortController();
    const { agents, order } = setUp([aShell('sleep 99')]);
    const heartbeats: unknown[] = [];
    const running = agents.run(order({ signal: stop.signal, heartbeat: (fields) => heartbeats.push(fields) }));
    await vi.waitFor(() => {
      expect(heartbeats).toHaveLength(1);
    });
    vi.advanceTimersByTime(60_000);
    stop.abort();
    await running;
    const counts = { events: 0, tokens: 0, quietSeconds: 0, steps: 0, peakMemoryMb: 0, peakProcesses: 0 };
    const beat = { agent: 'tester', attempt: 'a1', ...counts };
    expect(heartbeats.slice(1)).toEqual([beat, beat]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('cannot write the git directory', async () => {
    const { agents, order, worktree } = setUp([aShell('echo mine > git/HEAD; true')]);
    const git = join(worktree, 'git');
    mkdirSync(git);
    writeFileSync(join(git, 'HEAD'), "Fleet's");
    await agents.run(order({ workspace: { path: worktree, gitDirectories: [git] } }));
    expect(readFileSync(join(git, 'HEAD'), 'utf8')).toBe(containment.holdsReadOnly ? "Fleet's" : 'mine\n');
  });
});
