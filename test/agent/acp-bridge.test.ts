import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, vi } from 'vitest';
import { acpDialect } from '../../src/agent/dialect/acp.js';
import { outcomeOf } from '../../src/agent/outcome.js';
import { createTally } from '../../src/agent/tally.js';
import type { AgentEvent } from '../../src/domain/agent.js';
import { temporaryFolder } from '../support/temp.js';
import { aJob, aSpec } from './support.js';

const { facts, parseLine, command } = acpDialect();
const agents = fileURLToPath(new URL('../support/agents/', import.meta.url));
const recordings = fileURLToPath(new URL('transcripts/acp/', import.meta.url));

interface Spoken {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

interface Change {
  readonly model?: string;
  readonly session?: string;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Starts the bridge as the runner does. */
function start(agent: readonly string[], { flags = [], env = {}, ...change }: Change = {}) {
  const { session } = change;
  const spec = aSpec({
    command: [process.execPath, ...agent],
    ...(change.model === undefined ? {} : { model: change.model }),
  });
  const order = command(aJob({ spec, prompt: 'Do it.\u2028Now.', ...(session === undefined ? {} : { session }) }));
  const [program = '', bridge = '', ...args] = order.argv;
  const child = spawn(program, [bridge, ...flags, ...args], {
    ...{ cwd: temporaryFolder(), env: { PATH: '/usr/bin:/bin', ...env } },
  });
  child.stdin.end(order.stdin);
  return child;
}

async function speak(...args: Parameters<typeof start>): Promise<Spoken> {
  const child = start(...args);
  let [out, err] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return { code, out, err };
}

function strict(scenario: string, change?: Change, note?: string): Promise<Spoken> {
  return speak([join(agents, 'acp-agent.mjs'), scenario, ...(note === undefined ? [] : [note])], change);
}

function eventsOf({ out }: Spoken): readonly AgentEvent[] {
  return out.split('\n').flatMap(parseLine);
}

const nothing = { type: 'usage', inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: 0 };
const good = [{ type: 'started', session: 'new-1' }, nothing, { type: 'finished' }];

describe('the bridge of ACP', () => {
  it.each([
    ['claude100-load', 'd9ab5d70-3602-404e-8213-55d03e0ac139'],
    ['codex-load', '01a1fd0f-f952-79a1-a508-224929316024'],
    ['opencode-load', 'ses_e02f0b02effeQaUMco8zLqSmSf'],
    ['zedcodex-load', '01a1fd0f-b1ac-7b53-9054-cdbfa41d516c'],
    ['gemini-load', 'd3337da7-cce4-4d20-8205-d1ba825647b9'],
    ['codex-ratelimit', undefined],
    ['codex-usage-limit-mid', undefined],
    ['gemini-usage-limit-mid', undefined],
    ['claudeoauth-usage-limit-mid', undefined],
  ])('plays the recorded session %s', async (name, session) => {
    const player = [join(agents, 'acp-player.mjs'), join(recordings, `${name}.jsonl`)];
    const spoken = await speak(player, session === undefined ? {} : { session });
    const tally = createTally({ price: undefined, facts });
    const events = eventsOf(spoken);
    events.forEach(tally.saw);
    const { usage, words } = tally.total();
    const { code } = spoken;
    const outcome = outcomeOf({ how: 'exited', code: code ?? -1 }, words, facts);
    const golden = { code, err: spoken.err, outcome, usage, events };
    await expect(`${JSON.stringify(golden, undefined, 2)}\n`).toMatchFileSnapshot(`golden/acp/bridge-${name}.json`);
  });

  it('speaks with a strict agent', async () => {
    const spoken = await strict('works');
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([0, '', good]);
  });

  it('chooses the model', async () => {
    const spoken = await strict('works', { model: 'large' });
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([0, '', good]);
  });

  it('permits once, always only where it must, and nothing without such an option; has no files', async () => {
    const spoken = await strict('asks');
    const said = eventsOf(spoken).flatMap((event) =>
      event.type === 'said' ? [JSON.parse(event.text) as unknown] : [],
    );
    expect([spoken.code, spoken.err, said]).toEqual([
      0,
      '',
      [
        [
          { outcome: 'selected', optionId: 'allow_once-id' },
          { outcome: 'selected', optionId: 'allow_always-id' },
          { outcome: 'cancelled' },
        ],
        -32601,
      ],
    ]);
  });

  it('authenticates where that needs nobody', async () => {
    const spoken = await strict('demands', { env: { AGENT_KEY: 'k' } });
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([0, '', good]);
  });

  it.each([
    ['the key is not there', 'demands', {}],
    ['only a person can log in', 'demands-person', { AGENT_KEY: 'k' }],
  ])('does not wait for a person: %s', async (_, scenario, env) => {
    const spoken = await strict(scenario, { env });
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([
      1,
      '',
      [
        { type: 'limited', kind: 'auth', source: 'event' },
        { type: 'failed', kind: 'auth', reason: 'Authentication required' },
      ],
    ]);
  });

  it.each([
    ['a login', 'waits-at-login', { AGENT_KEY: 'k' }, 1],
    ['an answer', 'silent-start', {}, 78],
  ])('does not wait for ever for %s', async (_, scenario, env, code) => {
    const agent =
      scenario === 'silent-start' ? ['-e', 'setInterval(() => {}, 1000)'] : [join(agents, 'acp-agent.mjs'), scenario];
    const spoken = await speak(agent, { env, flags: ['--patienceMs', '1500'] });
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([
      code,
      expect.stringMatching(/node\S* has opened no session in 1500 ms\n$/),
      [],
    ]);
  });

  it('goes on with a session, without what it replays', async () => {
    const spoken = await strict('works', { session: 'old-1' });
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([
      0,
      '',
      [{ type: 'started', session: 'old-1' }, nothing, { type: 'finished' }],
    ]);
  });

  it('begins a session with an agent that can go on with none', async () => {
    const spoken = await strict('no-load', { session: 'old-1' });
    expect([spoken.code, spoken.err, eventsOf(spoken)]).toEqual([0, '', good]);
  });

  it.each([
    ['refused', 'lost', [{ type: 'failed', kind: 'other', reason: 'Resource not found: old-1' }]],
    ['answered by the end of the agent, as kiro is said to', 'dies', []],
  ])('tells a session that is lost: %s', async (_, scenario, before) => {
    const spoken = await strict(scenario, { session: 'old-1' });
    expect([spoken.code, eventsOf(spoken)]).toEqual([1, [...before, { type: 'sessionLost' }]]);
  });

  it('takes no other refusal for a lost session', async () => {
    const spoken = await strict('load-fails', { session: 'old-1' });
    expect([spoken.code, eventsOf(spoken)]).toEqual([
      1,
      [{ type: 'failed', kind: 'other', reason: 'the disk is full' }],
    ]);
  });

  it('tells a turn that failed although it says that it ended', async () => {
    const spoken = await strict('codex-429');
    expect([spoken.code, eventsOf(spoken).slice(1)]).toEqual([
      1,
      [
        { type: 'retrying', kind: 'rate', delayMs: 0 },
        nothing,
        { type: 'finished' },
        { type: 'limited', kind: 'rate', source: 'event' },
        { type: 'failed', kind: 'limit', reason: 'Reconnecting... 5/5' },
      ],
    ]);
  });

  it('ends with 1 after a turn that was refused', async () => {
    const spoken = await strict('refuses');
    expect([spoken.code, eventsOf(spoken).at(-1)]).toEqual([
      1,
      { type: 'failed', kind: 'refused', reason: 'the turn ended with refusal' },
    ]);
  });

  it('keeps what is no message out of the stream', async () => {
    const spoken = await strict('noisy');
    expect([spoken.code, eventsOf(spoken), spoken.err]).toEqual([0, good, 'a line of another program\n[1]\n{"a":1}\n']);
  });

  it('bears a line of megabytes', async () => {
    const spoken = await strict('megabyte');
    expect([spoken.code, spoken.out.length > 3e6]).toEqual([0, true]);
  });

  it.each([
    ['that prints text', [join(agents, 'acp-agent.mjs'), 'text'], /ended before its turn did\n$/],
    ['of another version', [join(agents, 'acp-agent.mjs'), 'version'], /speaks version 7 of the protocol\n$/],
  ])('ends with 78 for a program %s', async (_, agent, err) => {
    const spoken = await speak(agent);
    expect([spoken.code, spoken.err]).toEqual([78, expect.stringMatching(err)]);
  });

  it('says that a program is not there', async () => {
    const child = start([]);
    child.kill('SIGKILL');
    const order = command(aJob({ spec: aSpec({ command: ['/no/such/agent'] }) }));
    const [program = '', ...args] = order.argv;
    const missing = spawn(program, args);
    missing.stdin.end('Do it.');
    let err = '';
    missing.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
    const code = await new Promise((resolve) => missing.once('close', resolve));
    expect([code, err]).toEqual([127, '/no/such/agent is not an executable on PATH: install it\n']);
  });

  it('tells of an agent that ends within its turn', async () => {
    const spoken = await strict('quits');
    expect([spoken.code, spoken.err]).toEqual([1, expect.stringMatching(/ended before its turn did\n$/)]);
  });

  it.each(['SIGTERM', 'SIGKILL'] as const)('takes the agent with it when it gets %s', async (signal) => {
    const note = join(temporaryFolder(), 'pid');
    const child = start([join(agents, 'acp-agent.mjs'), 'hangs', note]);
    const closed = new Promise((resolve) => child.once('close', resolve));
    await vi.waitFor(() => expect(existsSync(note)).toBe(true), { timeout: 10_000 });
    const pid = Number(readFileSync(note, 'utf8'));
    child.kill(signal);
    await closed;
    await vi.waitFor(() => expect(existsSync(`/proc/${pid}`)).toBe(false), { timeout: 5000 });
  });

  it('kills an agent that does not end by itself', async () => {
    const note = join(temporaryFolder(), 'pid');
    const spoken = await strict('stubborn', {}, note);
    expect([spoken.code, existsSync(`/proc/${readFileSync(note, 'utf8')}`)]).toEqual([0, false]);
  });
});
