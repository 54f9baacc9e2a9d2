import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Control, ServerFacts } from '../../src/control/request.js';
import { connectControl, serveControl } from '../../src/control/socket.js';
import { needsPerson } from '../../src/domain/failure.js';
import { temporaryFolder } from '../support/temp.js';

const facts: ServerFacts = { version: '0.1.0', pid: 7, role: 'all', startedAtMs: 1 };

/** Says who it is, and refuses or breaks when it is asked for runs. */
const control: Control = async (request) => {
  if (request.op === 'server') return facts as never;
  if (request.op === 'list') throw needsPerson('forgeRefused', ['not today']);
  throw new TypeError('a bug');
};

async function served(dataFolder: string) {
  const socket = await serveControl(control, dataFolder);
  if (socket !== undefined) onTestFinished(() => socket.close());
  return socket;
}

describe('the socket', () => {
  test('carries a request and its answer, and only its owner can reach it', async () => {
    const folder = temporaryFolder();
    await served(folder);
    const client = await connectControl(folder);
    expect(await client?.({ op: 'server' })).toEqual(facts);
    expect([
      statSync(join(folder, 'control')).mode & 0o777,
      statSync(join(folder, 'control/socket')).mode & 0o777,
    ]).toEqual([0o700, 0o600]);
  });

  test('carries failures with their reason, and says of a bug that there was one', async () => {
    const folder = temporaryFolder();
    await served(folder);
    const client = (await connectControl(folder))!;
    await expect(client({ op: 'list', limit: 1, open: false })).rejects.toMatchObject({
      message: 'not today',
      reason: { kind: 'needsPerson', obstacle: { kind: 'forgeRefused', details: ['not today'] } },
    });
    await expect(client({ op: 'show', run: 'r1' })).rejects.toMatchObject({
      message: 'the running Fleet gave no answer that is understood (500): see its log',
      reason: { kind: 'retryLater' },
    });
  });

  test('refuses what is no request', async () => {
    const folder = temporaryFolder();
    await served(folder);
    const client = (await connectControl(folder))!;
    await expect(client({ op: 'list', limit: -1, open: false })).rejects.toMatchObject({
      message: expect.stringContaining('limit'),
      reason: { kind: 'needsPerson', obstacle: { kind: 'configurationBroken' } },
    });
    expect(await statusOf(join(folder, 'control/socket'), 'not JSON')).toBe(400);
    expect(await statusOf(join(folder, 'control/socket'), 'x'.repeat(5_000_000))).toBe(400);
  });

  test('is gone after it was closed', async () => {
    const folder = temporaryFolder();
    const socket = await serveControl(control, folder);
    await socket?.close();
    expect([readdirSync(folder), await connectControl(folder)]).toEqual([[], undefined]);
  });

  test('replaces one that nobody listens on any more', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'control'));
    writeFileSync(join(folder, 'control/socket'), '');
    expect(await connectControl(folder)).toBeUndefined();
    await served(folder);
    expect(await (await connectControl(folder))?.({ op: 'server' })).toEqual(facts);
  });

  test('is left to the process that serves it already', async () => {
    const folder = temporaryFolder();
    await served(folder);
    expect(await serveControl(control, folder)).toBeUndefined();
    expect(await connectControl(folder)).toBeDefined();
  });

  test('lies elsewhere when the path of the data folder is too long for a socket', async () => {
    const folder = join(temporaryFolder(), 'a-long-name'.repeat(12));
    const before = readdirSync(tmpdir());
    const socket = await serveControl(control, folder);
    expect(await (await connectControl(folder))?.({ op: 'server' })).toEqual(facts);
    expect(existsSync(join(folder, 'control/elsewhere'))).toBe(true);
    await socket?.close();
    expect(readdirSync(tmpdir())).toEqual(before);
  });

  test('of another program is not taken for Fleet', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'control'));
    const other = createServer((_, response) => response.end('hello'));
    await new Promise<void>((resolve) => other.listen(join(folder, 'control/socket'), resolve));
    onTestFinished(() => void other.close());
    expect(await connectControl(folder)).toBeUndefined();
  });
});

async function statusOf(socketPath: string, body: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    httpRequest({ socketPath, method: 'POST', path: '/' }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .once('error', reject)
      .end(body);
  });
}
