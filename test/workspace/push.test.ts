import { execFile } from 'node:child_process';
import { chmodSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { FailureReason } from '../../src/domain/failure.js';
import { Secret } from '../../src/domain/secret.js';
import { gitServer } from './git-server.js';
import { aScene, plainGit, run, writeFiles } from './scene.js';

const branch = 'fleet/7-fix';

async function aCommit() {
  const scene = aScene();
  const { path, start } = await scene.opened();
  const { workspaces } = scene;
  const commit = async (text: string, parent = start.commit) => {
    writeFiles(path, { 'a.txt': text });
    const { snapshot } = await workspaces.keep(run, { head: start, protectedPaths: [] });
    return (await workspaces.commit(run, { tree: snapshot.tree, parents: [parent], message: `${text}\n` })).commit;
  };
  const push = (sha: string, remote: Parameters<typeof workspaces.push>[1]['remote'] = scene.remote) =>
    workspaces.push(run, { remote, sha, branch });
  const onRemote = () => plainGit(scene.origin, 'for-each-ref', '--format=%(objectname)', `refs/heads/${branch}`);
  return { ...scene, path, start, commit, push, onRemote, sha: await commit('one') };
}

async function refusal(work: Promise<unknown>): Promise<FailureReason | string> {
  return work.then(
    () => 'no failure',
    (error: unknown) => (error as { reason?: FailureReason }).reason ?? String(error),
  );
}

describe('a push', () => {
  test('makes the branch, moves it on, may come twice, and touches nothing else', async () => {
    const { push, commit, sha, onRemote, origin } = await aCommit();
    const before = plainGit(origin, 'for-each-ref');
    await push(sha);
    await push(sha);
    expect(onRemote()).toBe(sha);
    const next = await commit('two', sha);
    await push(next);
    expect(onRemote()).toBe(next);
    expect(plainGit(origin, 'for-each-ref')).toBe(`${next} commit\trefs/heads/${branch}\n${before}`);
  });

  test('replaces what the run itself pushed, also by another history', async () => {
    const { push, commit, sha, onRemote } = await aCommit();
    await push(sha);
    const other = await commit('rebased');
    await push(other);
    expect(onRemote()).toBe(other);
  });
});

describe("somebody else's work is not pushed over", () => {
  test('a branch of that name that was there before', async () => {
    const { push, sha, publish, onRemote } = await aCommit();
    const theirs = publish({ 'a.txt': 'theirs' }, branch);
    expect(await refusal(push(sha))).toEqual({ kind: 'lostRace' });
    expect(onRemote()).toBe(theirs);
  });

  test('a commit that came on top', async () => {
    const { push, sha, clone, commit, publish, onRemote } = await aCommit();
    await push(sha);
    plainGit(clone, 'fetch', '--quiet', 'origin', branch);
    plainGit(clone, 'checkout', '--quiet', 'FETCH_HEAD');
    const theirs = publish({ 'b.txt': 'theirs' }, branch);
    expect(await refusal(push(await commit('two', sha)))).toEqual({ kind: 'lostRace' });
    expect(onRemote()).toBe(theirs);
  });

  test('a branch that somebody removed is not made again', async () => {
    const { push, sha, clone, commit, onRemote } = await aCommit();
    await push(sha);
    plainGit(clone, 'push', '--quiet', 'origin', `:refs/heads/${branch}`);
    expect(await refusal(push(await commit('two', sha)))).toEqual({ kind: 'lostRace' });
    expect(onRemote()).toBe('');
  });
});

test("a push that the remote refuses needs a person, with the remote's words", async () => {
  const { push, sha, origin, onRemote } = await aCommit();
  const lines = Array.from({ length: 15 }, (_, index) => `echo "rule ${index}" >&2`).join('\n');
  writeFiles(origin, { 'hooks/pre-receive': `#!/bin/sh\n${lines}\nexit 1\n` });
  chmodSync(join(origin, 'hooks/pre-receive'), 0o755);
  expect(await refusal(push(sha))).toEqual({
    kind: 'needsPerson',
    obstacle: {
      kind: 'pushRefused',
      details: [
        ...Array.from({ length: 9 }, (_, index) => `rule ${index}`),
        '[remote rejected] (pre-receive hook declined)',
      ],
    },
  });
  expect(onRemote()).toBe('');
});

describe('over HTTP', () => {
  const token = 'Basic eC1hY2Nlc3MtdG9rZW46c2VjcmV0LXRva2Vu';
  const authorization = new Secret(token);

  async function served() {
    const it = await aCommit();
    const server = await gitServer(it.root);
    return { ...it, server, web: { url: `${server.url}/${basename(it.origin)}`, authorization } };
  }

  test('the token reaches the server, and no command line', async () => {
    const { push, sha, server, web, onRemote, workspaces, repository } = await served();
    await workspaces.fetch(repository, web);
    await push(sha, web);
    expect(onRemote()).toBe(sha);
    expect([...server.authorizations]).toEqual([token]);
    const lines = [...server.commandLines].join('\n');
    expect(lines).toContain('refs/heads/fleet/7-fix');
    expect(lines).not.toContain(token.slice('Basic '.length));
  });

  test('the control: a token in an argument is seen', async () => {
    const { server, web } = await served();
    const args = ['-c', `http.extraHeader=Authorization: ${token}`, 'ls-remote', web.url];
    await promisify(execFile)('git', args, { env: { PATH: '/usr/local/bin:/usr/bin:/bin' } });
    expect([...server.commandLines].join('\n')).toContain(token);
  });

  test('a login in the address is taken out of it', async () => {
    const { push, sha, server, web } = await served();
    await push(sha, { url: web.url.replace('//', '//fleet:p%40ss@') });
    expect([...server.authorizations]).toEqual([`Basic ${Buffer.from('fleet:p@ss').toString('base64')}`]);
    expect([...server.commandLines].join('\n')).not.toMatch(/p(%40|@)ss/);
  });

  test('a redirect takes the token nowhere', async () => {
    const { push, sha, server, web, root } = await served();
    const elsewhere = await gitServer(root);
    server.answer = (request, response) =>
      response.writeHead(302, { location: `${elsewhere.url}${request.url ?? ''}` }).end();
    expect(await refusal(push(sha, web))).toMatchObject({ kind: 'needsPerson' });
    expect([...elsewhere.authorizations]).toEqual([]);
  });

  const statuses: readonly (readonly [number, string])[] = [
    [401, 'needsPerson'],
    [403, 'needsPerson'],
    [404, 'needsPerson'],
    [429, 'retryLater'],
    [500, 'retryLater'],
    [503, 'retryLater'],
  ];
  test.each(statuses)('status %i: %s, and no token in what is said', async (status, kind) => {
    const { push, sha, server, web, workspaces, repository } = await served();
    server.answer = (_request, response) =>
      response.writeHead(status, { 'content-type': 'text/plain' }).end(`you sent ${token}\n`);
    const [pushed, fetched] = [await refusal(push(sha, web)), await refusal(workspaces.fetch(repository, web))];
    expect([pushed, fetched]).toMatchObject([{ kind }, { kind }]);
    expect(JSON.stringify([pushed, fetched])).not.toContain(token.slice('Basic '.length));
    if (kind === 'needsPerson') {
      expect([pushed, fetched]).toMatchObject([
        { obstacle: { kind: 'pushRefused' } },
        { obstacle: { kind: 'forgeRefused' } },
      ]);
    }
  });

  test('a connection that is hung up, or refused: later', async () => {
    const { push, sha, server, web } = await served();
    server.answer = (request) => request.socket.destroy();
    expect(await refusal(push(sha, web))).toEqual({ kind: 'retryLater' });
    const closed = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => closed.once('listening', resolve));
    const { port } = closed.address() as AddressInfo;
    await new Promise((resolve) => closed.close(resolve));
    expect(await refusal(push(sha, { url: `http://127.0.0.1:${port}/a.git` }))).toEqual({ kind: 'retryLater' });
  });

  test('hanging up after doing the work: the next try finds it done', async () => {
    const { push, sha, server, web, onRemote } = await served();
    server.hangsUp = true;
    expect(await refusal(push(sha, web))).toEqual({ kind: 'retryLater' });
    expect(onRemote()).toBe(sha);
    server.hangsUp = false;
    await push(sha, web);
    expect(onRemote()).toBe(sha);
  });
});
