import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { RunId } from '../../src/domain/run.js';
import { aScene, pathsIn, plainGit, run, writeFiles } from './scene.js';

const base = ['./.gitignore', './a.txt', './src', './src/b.txt'];

async function aRun(files?: Readonly<Record<string, string>>) {
  const scene = aScene(files === undefined ? {} : { files });
  const { path: agents, start } = await scene.opened();
  const { workspaces } = scene;
  const { workspace } = await workspaces.judge(run, { snapshot: start });
  const snapshotOf = async (change: () => void) => {
    change();
    return (await workspaces.keep(run, { head: start, protectedPaths: [] })).snapshot;
  };
  return { ...scene, agents, start, place: workspace.path, workspace, snapshotOf };
}

test('exactly the tree, apart from the worktree of the agent, with status, diff and log of its own', async () => {
  const { workspaces, agents, start, place, workspace, folder, snapshotOf } = await aRun();
  const head = await snapshotOf(() => {
    writeFiles(agents, { 'a.txt': 'work\n', 'new.txt': 'n\n', 'node_modules/m.js': 'poison\n' });
  });
  expect(await workspaces.judge(run, { snapshot: head })).toEqual({ workspace, hasDependencies: true });
  expect(workspace).toEqual({
    path: join(folder, 'worktrees/r1.judge'),
    gitDirectories: [join(folder, 'git/r1/judge-view'), join(folder, 'mirrors/local-7.git')],
  });
  expect(pathsIn(place)).toEqual([...base.slice(0, 2), './new.txt', ...base.slice(2)]);
  expect(plainGit(place, 'status', '--porcelain', '--branch')).toBe('## fleet/7-fix');
  expect(plainGit(place, 'rev-parse', 'HEAD', 'HEAD^{tree}', 'HEAD^')).toBe(
    [head.commit, head.tree, start.commit].join('\n'),
  );
  await workspaces.judge(run, { snapshot: start });
  expect(pathsIn(place)).toEqual(base);
  expect(plainGit(place, 'diff', '--stat', 'HEAD')).toBe('');
  expect(existsSync(join(agents, 'node_modules/m.js'))).toBe(true);
});

test('whatever a command left is gone: ignored files too, and edits that hide behind an old time', async () => {
  const { workspaces, start, place, root } = await aRun();
  const { atime, mtime } = lstatSync(join(place, 'a.txt'));
  writeFiles(place, {
    ...{ 'a.txt': 'A\n', 'node_modules/m/index.js': 'm\n', 'x.log': 'l\n', 'src/new.txt': 'n\n' },
    ...{ 'nested/.git/config': '[core]', '.git': 'gitdir: elsewhere\n' },
  });
  utimesSync(join(place, 'a.txt'), atime, mtime);
  rmSync(join(place, 'src'), { recursive: true });
  symlinkSync(root, join(place, 'src'));
  execFileSync('mkfifo', [join(place, 'pipe'), join(place, 'node_modules/pipe')]);
  mkdirSync(join(place, 'empty/folder'), { recursive: true });
  chmodSync(join(place, '.gitignore'), 0o755);
  await workspaces.judge(run, { snapshot: start });
  expect(pathsIn(place)).toEqual(base);
  expect([readFileSync(join(place, 'a.txt'), 'utf8'), lstatSync(join(place, '.gitignore')).mode & 0o111]).toEqual([
    'a\n',
    0,
  ]);
  expect(plainGit(place, 'status', '--porcelain')).toBe('');
  expect(existsSync(join(root, 'clone'))).toBe(true);
});

test("what a command made of the tree's files is put back, and what it made beside them stays", async () => {
  const { workspaces, start, place } = await aRun();
  const { atime, mtime } = lstatSync(join(place, 'a.txt'));
  writeFiles(place, { 'a.txt': 'A\n', 'node_modules/m.js': 'm\n', 'new.txt': 'n\n' });
  utimesSync(join(place, 'a.txt'), atime, mtime);
  rmSync(join(place, 'src'), { recursive: true });
  symlinkSync('node_modules', join(place, 'src'));
  chmodSync(place, 0o555);
  await workspaces.putBack(run, start);
  expect(pathsIn(place)).toEqual([
    ...['./.gitignore', './a.txt', './new.txt', './node_modules', './node_modules/m.js', './src', './src/b.txt'],
  ]);
  expect(readFileSync(join(place, 'a.txt'), 'utf8')).toBe('a\n');
});

test.each([
  ['the folder', (place: string) => rmSync(place, { recursive: true })],
  [
    'the folder, with a file in its place',
    (place: string) => {
      rmSync(place, { recursive: true });
      symlinkSync('/etc', place);
    },
  ],
  ['the index', (_: string, own: string) => writeFiles(own, { 'judge-index': 'broken' })],
  ['a lock that a crash left', (_: string, own: string) => writeFiles(own, { 'judge-index.lock': '' })],
  ['the index that a crash took', (_: string, own: string) => rmSync(join(own, 'judge-index'))],
])('broken: %s', async (_, damage) => {
  const { workspaces, start, place, folder } = await aRun();
  writeFiles(place, { 'a.txt': 'changed\n', 'left.txt': 'l\n' });
  damage(place, join(folder, 'git/r1'));
  await workspaces.judge(run, { snapshot: start });
  expect([pathsIn(place), readFileSync(join(place, 'a.txt'), 'utf8')]).toEqual([base, 'a\n']);
  expect(lstatSync(place).isSymbolicLink()).toBe(false);
});

test('links are links, submodules stay empty', async () => {
  const scene = aScene({ files: { 'a.txt': 'a\n' } });
  symlinkSync('/etc/passwd', join(scene.clone, 'out'));
  symlinkSync('a.txt', join(scene.clone, 'in'));
  plainGit(scene.clone, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},lib`);
  plainGit(scene.clone, 'add', 'in', 'out');
  plainGit(scene.clone, 'commit', '--quiet', '-m', 'links');
  plainGit(scene.clone, 'push', '--quiet', 'origin', 'HEAD');
  const { start } = await scene.opened();
  for (let time = 0; time < 2; time += 1) {
    const { workspace } = await scene.workspaces.judge(run, { snapshot: start });
    expect(pathsIn(workspace.path)).toEqual(['./a.txt', './in', './out']);
    expect(lstatSync(join(workspace.path, 'out')).isSymbolicLink()).toBe(true);
    expect(plainGit(workspace.path, 'status', '--porcelain')).toBe('');
  }
});

test('is removed with the run, and so is what it kept; another one is not', async () => {
  const { workspaces, place, folder, opened } = await aRun();
  const { start } = await opened('r2' as RunId);
  const other = await workspaces.judge('r2' as RunId, { snapshot: start });
  await workspaces.remove(run);
  await workspaces.close();
  expect([place, join(folder, 'git/r1'), other.workspace.path].map((each) => existsSync(each))).toEqual([
    ...[false, false, true],
  ]);
  await expect(workspaces.judge(run, { snapshot: start })).rejects.toThrow('run r1 has no worktree any more');
});

test('is removed with a run that a crash took the record of', async () => {
  const { workspaces, place, folder } = await aRun();
  rmSync(join(folder, 'git/r1'), { recursive: true });
  await workspaces.remove(run);
  await workspaces.close();
  expect(existsSync(place)).toBe(false);
});

test.skipIf(process.getuid?.() !== 0 || process.seteuid === undefined)(
  'folders and files that may not be read or written, as somebody who is not root',
  async () => {
    const { workspaces, start, place, root } = await aRun();
    execFileSync('chown', ['-R', '65534', root]);
    execFileSync('chmod', ['-R', 'a+rX', root]);
    process.seteuid?.(65534);
    try {
      writeFiles(place, { 'locked/deep/c.txt': 'c\n', 'a.txt': 'changed\n' });
      chmodSync(join(place, 'a.txt'), 0o000);
      chmodSync(join(place, 'locked/deep'), 0o000);
      chmodSync(join(place, 'locked'), 0o500);
      await workspaces.judge(run, { snapshot: start });
      expect(pathsIn(place)).toEqual(base);
      for (const closed of ['src', '.']) {
        writeFiles(place, { 'src/b.txt': 'changed\n', 'left.txt': 'l\n' });
        chmodSync(join(place, closed), 0o500);
        await workspaces.judge(run, { snapshot: start });
        expect([pathsIn(place), readFileSync(join(place, 'src/b.txt'), 'utf8')]).toEqual([base, 'b\n']);
      }
      chmodSync(join(place, 'src'), 0o000);
      await workspaces.judge(run, { snapshot: start });
      expect(pathsIn(place)).toEqual(base);
      await workspaces.close();
      expect(execFileSync('ls', [join(root, 'data/trash')]).toString()).toBe('');
    } finally {
      process.seteuid?.(0);
    }
  },
);
