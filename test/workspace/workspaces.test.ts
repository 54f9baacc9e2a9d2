import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { RunId } from '../../src/domain/run.js';
import { aScene, nowMs, plainGit, run, writeFiles } from './scene.js';

const reasonOf = (error: unknown) => (error as { reason?: unknown }).reason;

async function reasonFor(work: Promise<unknown>): Promise<unknown> {
  return work.then(() => 'no failure', reasonOf);
}

describe('fetch', () => {
  test('an empty repository needs a person', async () => {
    const { workspaces, repository, remote } = aScene({ files: {} });
    expect(await reasonFor(workspaces.fetch(repository, remote))).toEqual({
      kind: 'needsPerson',
      obstacle: { kind: 'emptyRepository', details: ['ann/shop has no commit yet; push a first one to main'] },
    });
  });

  test('branches follow the remote: moved, forced back, removed, a folder in place of a branch', async () => {
    const { workspaces, repository, remote, publish, clone } = aScene({ branch: 'trunk' });
    const old = publish({ 'b.txt': 'b' }, 'topic');
    publish({ 'b.txt': 'c' }, 'moved');
    await workspaces.fetch(repository, remote);
    plainGit(clone, 'push', '--quiet', '--force', 'origin', `${old}:refs/heads/moved`, ':refs/heads/topic');
    const deep = publish({ 'c.txt': 'c' }, 'topic/deep');
    await workspaces.fetch(repository, remote);
    const shaOf = async (branch: string) => (await workspaces.filesOf(repository, branch)).sha;
    expect([await shaOf('moved'), await shaOf('topic/deep')]).toEqual([old, deep]);
  });

  test('many at once are served by few fetches, and each sees what was there when it asked', async () => {
    const { workspaces, repository, remote, publish } = aScene();
    await workspaces.fetch(repository, remote);
    const first = workspaces.fetch(repository, remote);
    const sha = publish({ 'late.txt': 'l' });
    const others = Array.from({ length: 20 }, () => workspaces.fetch(repository, remote));
    expect(new Set(others).size).toBe(1);
    await Promise.all([first, ...others]);
    expect((await workspaces.filesOf(repository, 'main')).sha).toBe(sha);
  });

  test('an address that cannot be used needs a person', async () => {
    const { workspaces, repository } = aScene();
    for (const url of [
      'ext::sh -c true',
      '--upload-pack=true',
      'http://git.example.com/a.git',
      'relative/path',
      'git://h/p',
    ]) {
      expect(await reasonFor(workspaces.fetch(repository, { url }))).toMatchObject({
        kind: 'needsPerson',
        obstacle: { kind: 'configurationBroken' },
      });
    }
  });

  test('a path that holds no repository needs a person', async () => {
    const { workspaces, repository, root } = aScene();
    mkdirSync(join(root, 'nothing'));
    expect(await reasonFor(workspaces.fetch(repository, { url: join(root, 'nothing') }))).toMatchObject({
      kind: 'needsPerson',
      obstacle: { kind: 'forgeRefused' },
    });
  });
});

describe('the files of a branch', () => {
  test('are listed and read; links, folders and what is too large are not text', async () => {
    const { workspaces, repository, remote, clone, publish } = aScene({ branch: 'release/2.x' });
    writeFiles(clone, { 'big.txt': 'x'.repeat(1024 * 1024 + 1), 'ü/ö.txt': 'ä\n' });
    symlinkSync('a.txt', join(clone, 'link'));
    const sha = publish({});
    await workspaces.fetch(repository, remote);
    const files = await workspaces.filesOf(repository, 'release/2.x');
    expect(files.sha).toBe(sha);
    expect(await files.list()).toEqual(['.gitignore', 'a.txt', 'big.txt', 'link', 'src/b.txt', 'ü/ö.txt']);
    const read = ['a.txt', 'ü/ö.txt', 'big.txt', 'link', 'src', 'none'].map((path) => files.read(path));
    expect(await Promise.all(read)).toEqual(['a\n', 'ä\n', undefined, undefined, undefined, undefined]);
  });

  test.each(['gone', 'release', 'main^', '-x', 'ma*'])(
    'a branch %s that is not there needs a person',
    async (branch) => {
      const { workspaces, repository, remote, publish } = aScene();
      publish({}, 'release/2.x');
      await workspaces.fetch(repository, remote);
      expect(await reasonFor(workspaces.filesOf(repository, branch))).toMatchObject({
        kind: 'needsPerson',
        obstacle: { kind: 'configurationBroken' },
      });
    },
  );
});

describe('open', () => {
  test('at the head of the base, with status, diff and log for the agent', async () => {
    const { opened, folder, publish, workspaces } = aScene({ branch: 'release/2.x' });
    const sha = publish({ 'a.txt': 'second\n' });
    const { workspace, start, files, path } = await opened();
    expect({ workspace, files, commit: start.commit }).toEqual({
      workspace: {
        path: join(folder, 'worktrees', run),
        gitDirectories: [join(folder, 'git', run, 'view'), join(folder, 'mirrors/local-7.git')],
      },
      files: 3,
      commit: sha,
    });
    expect(plainGit(path, 'rev-parse', 'HEAD^{tree}')).toBe(start.tree);
    expect(plainGit(path, 'status', '--porcelain', '--branch')).toBe('## fleet/7-fix');
    expect(plainGit(path, 'log', '--oneline').split('\n')).toHaveLength(2);
    expect(plainGit(path, 'rev-parse', 'origin/release/2.x')).toBe(sha);
    writeFiles(path, { 'a.txt': 'third\n' });
    expect(plainGit(path, 'diff', '--stat')).toContain('a.txt');
    expect(await workspaces.find(run)).toEqual(workspace);
    expect(await workspaces.find('other' as RunId)).toBeUndefined();
  });

  test('again finds the worktree as it is', async () => {
    const { opened, publish } = aScene();
    const first = await opened();
    writeFiles(first.path, { 'a.txt': 'work\n' });
    publish({ 'a.txt': 'moved on\n' });
    expect(await opened()).toEqual(first);
    expect(readFileSync(join(first.path, 'a.txt'), 'utf8')).toBe('work\n');
  });

  test('makes the folder again when it is gone; commits stay', async () => {
    const { opened, workspaces } = aScene();
    const { path, start } = await opened();
    const head = await workspaces.commit(run, { tree: start.tree, parents: [start.commit], message: 'm\n' });
    rmSync(path, { recursive: true });
    expect((await opened()).start).toEqual(start);
    expect(plainGit(path, 'rev-parse', 'HEAD')).toBe(head.commit);
  });

  test('after a process that died half-way starts anew', async () => {
    const { opened, folder } = aScene();
    writeFiles(folder, { [`worktrees/${run}/half.txt`]: 'h', [`git/${run}/index.lock`]: '' });
    const { path } = await opened();
    expect(readdirSync(path).sort()).toEqual(['.git', '.gitignore', 'a.txt', 'src']);
  });

  test('many at once', async () => {
    const { workspaces, order, opened } = aScene();
    const { start } = await opened();
    const runs = Array.from({ length: 8 }, (_, index) => `n${index}` as RunId);
    const all = await Promise.all(runs.map((each) => workspaces.open({ ...order, run: each })));
    expect(all.map((each) => each.start)).toEqual(runs.map(() => start));
  });

  test('a base that is not there needs a person', async () => {
    const { workspaces, repository, remote, order } = aScene();
    await workspaces.fetch(repository, remote);
    expect(await reasonFor(workspaces.open({ ...order, base: 'gone' }))).toMatchObject({
      kind: 'needsPerson',
      obstacle: { kind: 'configurationBroken', details: ['branch gone is not there: name another base, or push it'] },
    });
  });
});

describe('commit', () => {
  test("under Fleet's identity; the same order gives the same commit", async () => {
    const { workspaces, opened } = aScene();
    const { path, start, workspace } = await opened();
    writeFiles(path, { 'a.txt': 'better\n' });
    const { snapshot } = await workspaces.keep(run, { head: start, protectedPaths: [] });
    const order = {
      tree: snapshot.tree,
      parents: [start.commit],
      message: 'fix: make it better\n\nBecause.\n',
    } as const;
    const head = await workspaces.commit(run, order);
    expect(await workspaces.commit(run, order)).toEqual(head);
    const date = nowMs / 1000;
    const [, mirror = ''] = workspace.gitDirectories;
    expect(plainGit(mirror, 'log', '-1', '--format=%H|%P|%T|%an <%ae> %at|%cn <%ce> %ct|%B', head.commit)).toBe(
      `${head.commit}|${start.commit}|${snapshot.tree}|Fleet <fleet@example.com> ${date}|Fleet <fleet@example.com> ${date}|${order.message.trim()}`,
    );
    const next = await workspaces.commit(run, { ...order, parents: [head.commit] });
    expect(plainGit(mirror, 'log', '-1', '--format=%H %ct', next.commit)).toBe(`${next.commit} ${date + 1}`);
    expect(await workspaces.diff(run, start.commit, head.commit)).toBe(
      'diff --git a/a.txt b/a.txt\nindex 7898192..45dae12 100644\n--- a/a.txt\n+++ b/a.txt\n@@ -1 +1 @@\n-a\n+better\n',
    );
  });

  test('a diff is cut after 1 MB, at a line', async () => {
    const { workspaces, opened } = aScene();
    const { path, start } = await opened();
    writeFiles(path, { 'long.txt': 'a line of text\n'.repeat(200_000) });
    const { snapshot } = await workspaces.keep(run, { head: start, protectedPaths: [] });
    const diff = await workspaces.diff(run, start.commit, snapshot.commit);
    expect(diff.length).toBeLessThanOrEqual(1024 * 1024);
    expect(diff.length).toBeGreaterThan(1024 * 1000);
    expect(diff.endsWith('+a line of text\n')).toBe(true);
  });
});

describe('remove', () => {
  test('takes worktree and refs; commits that the remote does not have are archived; twice is once', async () => {
    const { workspaces, opened, folder } = aScene();
    const { path, start, workspace } = await opened();
    writeFiles(path, { 'a.txt': 'work\n', 'node_modules/m.js': 'm' });
    writeFiles(folder, { [`runs/${run}/home/.cache`]: 'c' });
    const { snapshot } = await workspaces.keep(run, { head: start, protectedPaths: [] });
    const head = await workspaces.commit(run, { tree: snapshot.tree, parents: [start.commit], message: 'm\n' });
    await workspaces.remove(run);
    await workspaces.remove(run);
    expect([existsSync(path), existsSync(join(folder, 'git', run)), existsSync(join(folder, 'runs', run))]).toEqual([
      false,
      false,
      false,
    ]);
    expect(await workspaces.find(run)).toBeUndefined();
    expect(
      plainGit(workspace.gitDirectories[1] ?? '', 'for-each-ref', '--format=%(refname) %(objectname)', 'refs/fleet'),
    ).toBe(`refs/fleet/archive/${run} ${head.commit}`);
    await workspaces.close();
    expect(readdirSync(join(folder, 'trash'))).toEqual([]);
    expect(await reasonFor(workspaces.keep(run, { head: start, protectedPaths: [] }))).toEqual({ kind: 'lostRace' });
  });

  test('archives nothing that was pushed, or was never made; deletes what an earlier process left', async () => {
    const { workspaces, opened, remote, folder } = aScene();
    const { path, start, workspace } = await opened();
    await opened('idle' as RunId);
    writeFiles(path, { 'a.txt': 'work\n' });
    const { snapshot } = await workspaces.keep(run, { head: start, protectedPaths: [] });
    const head = await workspaces.commit(run, { tree: snapshot.tree, parents: [start.commit], message: 'm\n' });
    await workspaces.push(run, { remote, sha: head.commit, branch: 'fleet/7-fix' });
    writeFiles(folder, { 'trash/old/x': 'x' });
    await Promise.all([workspaces.remove(run), workspaces.remove('idle' as RunId)]);
    await workspaces.close();
    expect(plainGit(workspace.gitDirectories[1] ?? '', 'for-each-ref', 'refs/fleet')).toBe('');
    expect(readdirSync(join(folder, 'trash'))).toEqual([]);
  });

  test('a run that never had a worktree', async () => {
    await aScene().workspaces.remove('never' as RunId);
  });
});

test('an index that a crash broke does not end the run', async () => {
  const { workspaces, opened, folder } = aScene();
  const { path, start } = await opened();
  writeFileSync(join(folder, 'git', run, 'index'), 'broken');
  rmSync(join(path, 'a.txt'));
  await workspaces.restore(run, start);
  expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a\n');
});
