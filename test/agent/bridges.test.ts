import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { bridgeUnsupported } from '../../src/agent/dialect/dialect.js';
import { temporaryFolder } from '../support/temp.js';

const prompt = 'Do “it”.\n\u2028Now.\n';

function start(bridge: string, args: readonly string[], home = temporaryFolder()) {
  const path = fileURLToPath(new URL(`../../src/agent/bridge/${bridge}.mjs`, import.meta.url));
  const env = { PATH: process.env['PATH'] ?? '', HOME: home };
  const child = spawn(process.execPath, [path, ...args], { cwd: home, env });
  child.stdin.on('error', () => undefined);
  child.stdin.end(prompt);
  return child;
}

/** A stand-in of test/support/agents, as an argv. */
function standIn(name: string, ...args: readonly string[]): readonly string[] {
  return [process.execPath, fileURLToPath(new URL(`../support/agents/${name}.mjs`, import.meta.url)), ...args];
}

async function run(bridge: string, args: readonly string[]) {
  const child = start(bridge, args);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { code, stderr, messages: lines.map((line) => JSON.parse(line) as Message) };
}

interface Message {
  readonly id?: unknown;
  readonly method?: string;
  readonly type?: string;
  readonly name?: string;
  readonly error?: unknown;
  readonly receivedAtMs?: number;
  readonly properties?: { readonly sessionID?: string };
}

/** Starts a bridge whose turn never ends, ends it by `signal`, and waits until its child is gone, too. */
async function endedBy(signal: NodeJS.Signals, bridge: string, args: (pidFile: string) => readonly string[]) {
  const pidFile = join(temporaryFolder(), 'pid');
  const child = start(bridge, args(pidFile));
  // Its first line: the stand-in runs.
  await once(child.stdout, 'data');
  const pid = Number(readFileSync(pidFile, 'utf8'));
  child.kill(signal);
  // Its own streams close once nobody holds them.
  const [code] = (await once(child, 'close')) as [number | null];
  await expect.poll(() => isAlive(pid)).toBe(false);
  return code;
}

/** Nobody may have waited for it yet. */
function isAlive(pid: number): boolean {
  return existsSync(`/proc/${pid}`) && !/^State:\tZ/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
}

describe('the bridge to codex app-server', () => {
  const speak = (kind: string, ...args: readonly string[]) =>
    run('app-server', [...args, '--', ...standIn('app-server', kind)]);

  it('takes a turn, grants what is asked, and prints what it receives', async () => {
    const { code, stderr, messages } = await speak('ok', '--model', 'model-1');
    expect([code, stderr]).toEqual([0, '']);
    const kinds = messages.map(({ id, method }) => method ?? `answer ${String(id)}`);
    expect(kinds).toEqual([
      ...['answer 1', 'answer 2', 'answer 3'],
      ...['item/commandExecution/requestApproval', 'turn/completed'],
    ]);
  });

  it('goes on with a thread', async () => {
    expect((await speak('ok', '--thread', 't1')).code).toBe(0);
  });

  it('leaves out what is said of other threads, and answers what they ask', async () => {
    const { code, messages } = await speak('other', '--model', 'model-1');
    const methods = messages.flatMap(({ method }) => method ?? []);
    expect([code, methods]).toEqual([0, ['thread/started', 'some/request', 'turn/completed']]);
  });

  it.each([
    ['a turn that fails', 'failed', ['--model', 'model-1'], 1],
    ['a thread that is gone', 'lost', ['--thread', 'gone'], 1],
    ['a server that dies', 'dies', ['--model', 'model-1'], 9],
    ['a call that the server does not expect', 'ok', ['--model', 'another'], 3],
    ['a program without an app-server', 'old', [], bridgeUnsupported],
  ])('ends with %s', async (_, kind, args, code) => {
    expect((await speak(kind, ...args)).code).toBe(code);
  });

  it('prints why a thread is not there', async () => {
    const { messages } = await speak('lost', '--thread', 'gone');
    expect(messages.at(-1)).toEqual({ id: 2, error: { code: -32600, message: 'no rollout found' } });
  });

  it('ends with a program that is not there', async () => {
    const { code, stderr } = await run('app-server', ['--', 'no-such-codex']);
    expect([code, stderr]).toEqual([127, 'no-such-codex is not an executable on PATH: install it\n']);
  });

  it.each([
    ['SIGTERM', 143],
    ['SIGKILL', null],
  ] as const)('takes its child along when it ends by %s', async (signal, code) => {
    const args = (pidFile: string) => ['--model', 'model-1', '--', ...standIn('app-server', 'forever', pidFile)];
    expect(await endedBy(signal, 'app-server', args)).toBe(code);
  });
});

describe('the bridge to opencode serve', () => {
  const speak = (kind: string, ...args: readonly string[]) =>
    run('opencode-serve', [...args, '--', ...standIn('opencode-serve', kind)]);

  it('takes a turn, grants what is asked, and prints the events of its session with their time', async () => {
    const { code, stderr, messages } = await speak('ok', '--model', 'p/m/1');
    expect([code, stderr]).toEqual([0, '']);
    expect(messages.map(({ type }) => type)).toEqual([
      ...['session.created', 'session.status', 'session.status'],
      ...['permission.asked', 'question.asked', 'session.status'],
    ]);
    expect(messages.every(({ receivedAtMs = 0 }) => Math.abs(Date.now() - receivedAtMs) < 60_000)).toBe(true);
  });

  it('prints the events of sessions below its own, whose end is not the end', async () => {
    const { code, messages } = await speak('child');
    const below = messages.filter(({ properties }) => properties?.sessionID === 'ses_2').map(({ type }) => type);
    expect(below).toEqual(['session.created', 'session.status', 'session.error', 'session.status']);
    expect(messages.filter(({ properties }) => properties?.sessionID === 'ses_9')).toEqual([]);
    expect(code).toBe(0);
  });

  it.each([
    ['goes on with a session', 'ok', ['--session', 'ses_1'], 0],
    ['ends well after a failure that was mended', 'mended', [], 0],
    ['ends with a turn that fails', 'failed', [], 1],
    ['ends with a session that is gone', 'lost', ['--session', 'gone'], 1],
    ['ends with a prompt that is refused', 'refused', [], 1],
    ['ends with a server that dies', 'dies', [], 9],
    ['ends with a call that the server does not expect', 'ok', ['--model', 'another/model'], 3],
    ['ends with a program without a server', 'old', [], bridgeUnsupported],
    ['ends with a program that is not there', 'ok', ['--', 'no-such-opencode'], 127],
  ])('%s', async (_, kind, args, code) => {
    expect((await speak(kind, ...args)).code).toBe(code);
  });

  it('prints why a session is not there', async () => {
    const { messages } = await speak('lost', '--session', 'gone');
    expect(messages).toEqual([{ name: 'NotFoundError', data: { message: 'Session not found: gone' } }]);
  });

  it('takes its child along when it ends', async () => {
    const args = (pidFile: string) => ['--', ...standIn('opencode-serve', 'forever', pidFile)];
    expect(await endedBy('SIGTERM', 'opencode-serve', args)).toBe(143);
  });
});

describe('the bridge to codex exec', () => {
  it('hands on prompt, lines and exit code', async () => {
    const { code, messages } = await run('codex-exec', standIn('codex-exec', '0'));
    const item = { id: 'i1', type: 'agent_message', text: prompt };
    expect([code, messages]).toEqual([
      0,
      [
        { type: 'thread.started', thread_id: 'th-1' },
        { type: 'item.completed', item },
      ],
    ]);
  });

  it('adds the last limits of the rollout file when it fails', async () => {
    const { code, messages } = await run('codex-exec', standIn('codex-exec', '1'));
    const primary = { used_percent: 100, resets_at: 1795305404 };
    expect([code, messages.at(-1)]).toEqual([
      1,
      { type: 'event_msg', payload: { type: 'token_count', rate_limits: { primary } } },
    ]);
  });

  it('ends with a program that is not there', async () => {
    expect((await run('codex-exec', ['no-such-codex'])).code).toBe(127);
  });
});
