import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { aScene, pathsIn, plainGit, run, writeFiles } from './scene.js';

const base = ['./.gitignore', './a.txt', './src', './src/b.txt'];

async function aWorktree() {
  const scene = aScene();
  return { ...scene, ...(await scene.opened()) };
}

test('exactly the tree: changes, new files, empty folders and deletions are undone, ignored files stay', async () => {
  const { workspaces, path, start } = await aWorktree();
  writeFiles(path, {
    'a.txt': 'changed\n',
    'new/deep/c.txt': 'c\n',
    'node_modules/m/index.js': 'm\n',
    'src/x.log': 'l\n',
    'logs/only.log': 'l\n',
  });
  mkdirSync(join(path, 'empty/folder'), { recursive: true });
  rmSync(join(path, 'src/b.txt'));
  chmodSync(join(path, '.gitignore'), 0o755);
  await workspaces.restore(run, start);
  expect(pathsIn(path)).toEqual(
    [
      ...base,
      ...[
        './logs',
        './logs/only.log',
        './node_modules',
        './node_modules/m',
        './node_modules/m/index.js',
        './src/x.log',
      ],
    ].sort(),
  );
  expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('a\n');
  expect(lstatSync(join(path, '.gitignore')).mode & 0o111).toBe(0);
  expect(plainGit(path, 'status', '--porcelain')).toBe('');
});

test('forth and back between snapshots', async () => {
  const { workspaces, path, start } = await aWorktree();
  writeFiles(path, { 'a.txt': 'one\n', 'new.txt': 'n\n' });
  const { snapshot: one } = await workspaces.keep(run, { head: start, protectedPaths: [] });
  rmSync(join(path, 'a.txt'));
  const { snapshot: two } = await workspaces.keep(run, { head: start, protectedPaths: [] });
  await workspaces.restore(run, start);
  expect(pathsIn(path)).toEqual(base);
  await workspaces.restore(run, two);
  expect(pathsIn(path)).toEqual(['./.gitignore', './new.txt', './src', './src/b.txt']);
  await workspaces.restore(run, one);
  expect(readFileSync(join(path, 'a.txt'), 'utf8')).toBe('one\n');
  expect((await workspaces.keep(run, { head: start, protectedPaths: [] })).snapshot).toEqual(one);
});

test('whatever an agent put in the way', async () => {
  const { workspaces, path, start, root } = await aWorktree();
  rmSync(join(path, 'src'), { recursive: true });
  symlinkSync(root, join(path, 'src'));
  rmSync(join(path, 'a.txt'));
  writeFiles(path, { 'a.txt/in/the/way': 'w\n', 'nested/x.txt': 'x\n' });
  plainGit(path, 'init', '--quiet', join(path, 'nested'));
  plainGit(path, 'init', '--quiet', join(path, 'a.txt'));
  execFileSync('mkfifo', [join(path, 'pipe')]);
  const server = createServer().listen(join(path, 'socket'));
  onTestFinished(() => void server.close());
  await workspaces.restore(run, start);
  expect(pathsIn(path)).toEqual(base);
  expect(existsSync(join(root, 'clone'))).toBe(true);
});

test('a repository around tracked files', async () => {
  const { workspaces, path, start } = await aWorktree();
  plainGit(path, 'init', '--quiet', join(path, 'src'));
  writeFiles(path, { 'src/b.txt': 'changed\n' });
  const { change } = await workspaces.keep(run, { head: start, protectedPaths: [] });
  await workspaces.restore(run, start);
  expect(pathsIn(path)).toEqual(base);
  expect(change.changedFiles).toBe(1);
});

test.skipIf(process.getuid?.() !== 0 || process.seteuid === undefined)(
  'folders and files that may not be read or written, as somebody who is not root',
  async () => {
    const { workspaces, path, start, root } = await aWorktree();
    execFileSync('chown', ['-R', '65534', root]);
    execFileSync('chmod', ['-R', 'a+rX', root]);
    process.seteuid?.(65534);
    onTestFinished(() => process.seteuid?.(0));
    writeFiles(path, { 'locked/deep/c.txt': 'c\n', 'src/new.txt': 'n\n', 'a.txt': 'changed\n' });
    chmodSync(join(path, 'a.txt'), 0o000);
    chmodSync(join(path, 'locked/deep'), 0o000);
    chmodSync(join(path, 'src'), 0o500);
    expect((await workspaces.keep(run, { head: start, protectedPaths: [] })).change).toEqual({
      changedFiles: 3,
      deletedFiles: 0,
      files: 5,
      problems: [],
    });
    chmodSync(join(path, 'locked/deep'), 0o000);
    chmodSync(join(path, 'src'), 0o500);
    await workspaces.restore(run, start);
    expect(pathsIn(path)).toEqual(base);
    writeFiles(path, { 'locked/c.txt': 'c\n' });
    chmodSync(join(path, 'locked'), 0o500);
    chmodSync(path, 0o500);
    await workspaces.remove(run);
    await workspaces.close();
    expect(existsSync(path)).toBe(false);
  },
);
