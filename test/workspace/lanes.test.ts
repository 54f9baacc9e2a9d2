import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { RunId } from '../../src/domain/run.js';
import type { Snapshot } from '../../src/domain/work.js';
import { aScene, pathsIn, plainGit, run, writeFiles } from './scene.js';

const base = ['./.gitignore', './a.txt', './src', './src/b.txt'];

/** A run whose lane 1 stands beside its own worktree. */
async function twoLanes() {
  const scene = aScene();
  const { path: first, start, workspace } = await scene.opened();
  const { workspaces } = scene;
  await workspaces.restore(run, start, 1);
  const second = await workspaces.find(run, 1);
  if (second === undefined) throw new Error('lane 1 is not there');
  const [, mirror = ''] = workspace.gitDirectories;
  const keep = (lane: number, head: Snapshot = start) => workspaces.keep(run, { head, protectedPaths: [], lane });
  return { ...scene, first, second: second.path, workspace: second, start, mirror, keep };
}

const changed = (changedFiles: number, files: number) => ({ changedFiles, deletedFiles: 0, files, problems: [] });

test('a lane is there once something was restored into it; it is the same for another process', async () => {
  const { workspaces, folder, opened } = aScene();
  const { start, workspace } = await opened();
  expect([await workspaces.find(run), await workspaces.find(run, 0), await workspaces.find(run, 1)]).toEqual([
    ...[workspace, workspace, undefined],
  ]);
  await workspaces.restore(run, start, 1);
  expect(await workspaces.find(run, 1)).toEqual({
    path: join(folder, 'worktrees/r1.lane1'),
    gitDirectories: [join(folder, 'git/r1/lane1-view'), join(folder, 'mirrors/local-7.git')],
  });
  expect([await workspaces.find(run, 2), await workspaces.find('r2' as RunId, 1)]).toEqual([undefined, undefined]);
});

test('edited, kept and restored at once: each lane has its own files, what is ignored too', async () => {
  const { workspaces, first, second, start, keep, mirror } = await twoLanes();
  writeFiles(first, { 'a.txt': 'first\n', 'node_modules/m/1.js': '1\n', 'new/1.txt': '1\n' });
  writeFiles(second, { 'a.txt': 'second\n', 'node_modules/m/2.js': '2\n', 'src/2.txt': '2\n' });
  const [one, two] = await Promise.all([keep(0), keep(1)]);
  expect([one.change, two.change]).toEqual([changed(2, 4), changed(2, 4)]);
  expect([one, two].map(({ snapshot }) => plainGit(mirror, 'show', `${snapshot.commit}:a.txt`))).toEqual([
    ...['first', 'second'],
  ]);
  await Promise.all([workspaces.restore(run, two.snapshot), workspaces.restore(run, one.snapshot, 1)]);
  expect(pathsIn(first)).toEqual(
    [...base, './node_modules', './node_modules/m', './node_modules/m/1.js', './src/2.txt'].sort(),
  );
  expect(pathsIn(second)).toEqual(
    [...base, './new', './new/1.txt', './node_modules', './node_modules/m', './node_modules/m/2.js'].sort(),
  );
  expect(await Promise.all([keep(0), keep(1)])).toEqual([two, one]);
  await workspaces.restore(run, start, 1);
  expect(readFileSync(join(first, 'a.txt'), 'utf8')).toBe('second\n');
});

test('the ignore rules of the base hold there, also where the agent took them away', async () => {
  const { second, keep } = await twoLanes();
  rmSync(join(second, '.gitignore'));
  writeFiles(second, { 'node_modules/m.js': 'm\n', 'x.log': 'l\n' });
  expect((await keep(1)).change).toEqual({ changedFiles: 1, deletedFiles: 1, files: 2, problems: [] });
});

test('status, diff and log work for its agent; what it commits changes nothing', async () => {
  const { second, start, keep, mirror } = await twoLanes();
  const refs = () => plainGit(mirror, 'for-each-ref');
  expect(plainGit(second, 'status', '--porcelain', '--branch')).toBe('## fleet/7-fix');
  writeFiles(second, { 'a.txt': 'second\n' });
  expect(plainGit(second, 'diff', '--stat')).toContain('a.txt | 2 +-');
  expect(plainGit(second, 'log', '--format=%s')).toBe('a person worked');
  const before = refs();
  plainGit(second, 'commit', '--quiet', '--all', '-m', 'by the agent');
  expect(refs()).toBe(before);
  const { snapshot, change } = await keep(1);
  expect([change, plainGit(mirror, 'log', '-1', '--format=%P', snapshot.commit)]).toEqual([
    changed(1, 3),
    start.commit,
  ]);
});

test('a repository of its own with hooks, and links for files: nothing of it runs, and nothing is written through', async () => {
  const { workspaces, second, start, keep, root, first } = await twoLanes();
  const trace = join(root, 'trace');
  rmSync(join(second, '.git'));
  plainGit(second, 'init', '--quiet');
  writeFiles(second, { '.git/hooks/post-index-change': `#!/bin/sh\ntouch ${trace}\n` });
  chmodSync(join(second, '.git/hooks/post-index-change'), 0o755);
  plainGit(second, 'config', 'core.fsmonitor', `touch ${trace}; false`);
  plainGit(second, 'add', '--all');
  expect(existsSync(trace)).toBe(true);
  rmSync(trace);
  for (const [name, target] of Object.entries({
    'a.txt': join(first, 'a.txt'),
    up: '../r1/a.txt',
    hosts: '/etc/hosts',
  })) {
    rmSync(join(second, name), { force: true });
    symlinkSync(target, join(second, name));
  }
  expect((await keep(1)).change.problems).toHaveLength(3);
  await workspaces.restore(run, start, 1);
  writeFiles(second, { 'a.txt': 'changed\n' });
  await keep(1);
  expect([existsSync(trace), readFileSync(join(first, 'a.txt'), 'utf8')]).toEqual([false, 'a\n']);
});

test.each([0, 1])('lane %s shows its work on what it was made on, while the branch goes on', async (lane) => {
  const { workspaces, first, second, start, keep } = await twoLanes();
  const [mine, other] = lane === 0 ? [first, second] : [second, first];
  writeFiles(other, { 'src/b.txt': 'other\n' });
  const { snapshot } = await keep(1 - lane);
  writeFiles(mine, { 'a.txt': 'mine\n' });
  await workspaces.commit(run, { tree: snapshot.tree, parents: [start.commit], message: 'other\n' });
  const seen = () => [plainGit(mine, 'rev-parse', 'HEAD'), plainGit(mine, 'status', '--porcelain')];
  expect(seen()).toEqual([start.commit, 'M a.txt']);
  const kept = await keep(lane);
  await workspaces.restore(run, start, lane);
  expect(seen()).toEqual([start.commit, '']);
  await workspaces.restore(run, kept.snapshot, lane);
  expect(seen()).toEqual([start.commit, 'M  a.txt']);
});

test.each<readonly [string, (places: { readonly path: string; readonly own: string; readonly root: string }) => void]>([
  ['the folder is gone', ({ path }) => rmSync(path, { recursive: true })],
  [
    'a link stands in its place',
    ({ path, root }) => {
      rmSync(path, { recursive: true });
      symlinkSync(root, path);
    },
  ],
  [
    '.git is a repository with a history of its own',
    ({ path }) => {
      rmSync(join(path, '.git'));
      plainGit(path, 'init', '--quiet', '-b', 'mine');
      plainGit(path, 'add', 'a.txt');
      plainGit(path, 'commit', '--quiet', '-m', 'mine');
    },
  ],
  ['the index is broken', ({ own }) => writeFiles(own, { 'lane1-index': 'broken' })],
  ['a crash left a lock', ({ own }) => writeFiles(own, { 'lane1-index.lock': '' })],
  [
    'a crash took index and view',
    ({ own }) => ['index', 'view'].forEach((each) => rmSync(join(own, `lane1-${each}`), { recursive: true })),
  ],
  [
    'a folder leads elsewhere',
    ({ path, root }) => {
      rmSync(join(path, 'src'), { recursive: true });
      symlinkSync(root, join(path, 'src'));
    },
  ],
])('restored whatever an agent or a crash did to it: %s', async (_, damage) => {
  const { workspaces, second, start, folder, root, first } = await twoLanes();
  writeFiles(first, { 'a.txt': 'work\n' });
  writeFiles(second, { 'a.txt': 'changed\n', 'left.txt': 'l\n' });
  damage({ path: second, own: join(folder, 'git/r1'), root });
  await workspaces.restore(run, start, 1);
  expect([pathsIn(second), readFileSync(join(second, 'a.txt'), 'utf8')]).toEqual([base, 'a\n']);
  expect(lstatSync(second).isSymbolicLink()).toBe(false);
  expect(plainGit(second, 'status', '--porcelain', '--branch')).toBe('## fleet/7-fix');
  expect([existsSync(join(root, 'clone/a.txt')), readFileSync(join(first, 'a.txt'), 'utf8')]).toEqual([true, 'work\n']);
});

test.skipIf(process.getuid?.() !== 0 || process.seteuid === undefined)(
  'folders that may not be written, and files of somebody else, as somebody who is not root',
  async () => {
    const { workspaces, second, start, root } = await twoLanes();
    execFileSync('chown', ['-R', '65534', root]);
    execFileSync('chmod', ['-R', 'a+rX', root]);
    process.seteuid?.(65534);
    onTestFinished(() => process.seteuid?.(0));
    writeFiles(second, { 'node_modules/m.js': 'm\n', 'src/b.txt': 'changed\n', 'locked/deep/c.txt': 'c\n' });
    for (const closed of ['locked/deep', 'src', '.']) chmodSync(join(second, closed), 0o500);
    await workspaces.restore(run, start, 1);
    expect(pathsIn(second)).toEqual([...base, './node_modules', './node_modules/m.js'].sort());
    process.seteuid?.(0);
    mkdirSync(join(second, 'foreign/deep'), { recursive: true, mode: 0o755 });
    process.seteuid?.(65534);
    // It cannot be emptied, and what was ignored goes with it.
    await workspaces.restore(run, start, 1);
    expect([pathsIn(second), readFileSync(join(second, 'src/b.txt'), 'utf8')]).toEqual([base, 'b\n']);
    expect(plainGit(second, 'status', '--porcelain')).toBe('');
  },
);

test('all lanes are removed with the run, also by a process that did not make them; other runs keep theirs', async () => {
  const { workspaces, start, folder, opened } = await twoLanes();
  await opened('r2' as RunId);
  await workspaces.restore('r2' as RunId, start, 1);
  await workspaces.restore(run, start, 3);
  await workspaces.judge(run, { snapshot: start });
  // As if a process had died in the middle of it.
  rmSync(join(folder, 'git/r1'), { recursive: true });
  await workspaces.remove(run);
  await workspaces.close();
  const left = ['worktrees', 'git', 'trash'].map((each) => readdirSync(join(folder, each)).sort());
  expect(left).toEqual([['r2', 'r2.lane1'], ['r2'], []]);
  expect(await workspaces.find(run, 1)).toBeUndefined();
  await expect(workspaces.restore(run, start, 1)).rejects.toThrow('run r1 has no worktree any more');
});
