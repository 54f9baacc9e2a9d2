import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { usualProtectedPaths } from '../../src/workspace/tree-problems.js';
import { aScene, plainGit, run, writeFiles } from './scene.js';

const nothing = { changedFiles: 0, deletedFiles: 0, files: 3, problems: [] };

async function aWorktree(options: Parameters<typeof aScene>[0] = {}) {
  const scene = aScene(options);
  const opened = await scene.opened();
  const keep = () => scene.workspaces.keep(run, { head: opened.start, protectedPaths: [] });
  const filesIn = (tree: string) =>
    plainGit(opened.workspace.gitDirectories[1] ?? '', 'ls-tree', '-r', '--name-only', tree).split('\n');
  return { ...scene, ...opened, keep, filesIn };
}

describe('what a snapshot holds', () => {
  test('nothing changed: the head itself', async () => {
    const { keep, start } = await aWorktree();
    expect(await keep()).toEqual({ snapshot: start, change: nothing });
  });

  test('changed, new and deleted files; ignored ones are left out', async () => {
    const { keep, path, start, filesIn } = await aWorktree();
    writeFiles(path, { 'a.txt': 'b\n', 'new/c.txt': 'c\n', 'x.log': 'l', 'node_modules/m/index.js': 'm' });
    rmSync(join(path, 'src/b.txt'));
    const { snapshot, change } = await keep();
    expect(change).toEqual({ changedFiles: 3, deletedFiles: 1, files: 3, problems: [] });
    expect(filesIn(snapshot.tree)).toEqual(['.gitignore', 'a.txt', 'new/c.txt']);
    expect(await keep()).toEqual({ snapshot, change });
    expect(snapshot.commit).not.toBe(start.commit);
  });

  test('what the base ignores stays out when the rules are removed, unless it is named', async () => {
    const { keep, path, filesIn } = await aWorktree({
      files: { '.gitignore': 'node_modules/\n*.log\n', 'pkg/.gitignore': '/out\ntmp\n', 'pkg/a.js': 'a\n' },
    });
    writeFiles(path, {
      '.gitignore': '!keep.log\n',
      'keep.log': 'k',
      'other.log': 'l',
      'node_modules/m/index.js': 'm',
      'pkg/out/o.js': 'o',
      'pkg/deep/tmp/t.js': 't',
      'pkg/deep/out/o.js': 'o',
    });
    rmSync(join(path, 'pkg/.gitignore'));
    expect(filesIn((await keep()).snapshot.tree)).toEqual(['.gitignore', 'keep.log', 'pkg/a.js', 'pkg/deep/out/o.js']);
  });

  test('an executable bit and a link inside the tree are kept', async () => {
    const { keep, path, workspace } = await aWorktree();
    chmodSync(join(path, 'a.txt'), 0o755);
    symlinkSync('../a.txt', join(path, 'src/link'));
    const { snapshot, change } = await keep();
    expect(change.problems).toEqual([]);
    const listing = plainGit(
      workspace.gitDirectories[1] ?? '',
      'ls-tree',
      '-r',
      '--format=%(objectmode) %(path)',
      snapshot.tree,
    );
    expect(listing.split('\n')).toEqual(['100644 .gitignore', '100755 a.txt', '100644 src/b.txt', '120000 src/link']);
  });

  test('an LFS pointer stays a pointer', async () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n';
    const { keep, path, start } = await aWorktree({
      files: { '.gitattributes': '*.bin filter=lfs\n', 'a.bin': pointer },
    });
    expect((await keep()).snapshot).toEqual(start);
    expect(execFileSync('cat', [join(path, 'a.bin')], { encoding: 'utf8' })).toBe(pointer);
  });
});

describe("an agent's own git changes nothing", () => {
  const deeds: Readonly<Record<string, (path: string) => void>> = {
    'a commit': (path) => {
      plainGit(path, 'add', '--all');
      plainGit(path, 'commit', '--quiet', '-m', 'mine');
    },
    'a stash': (path) => {
      plainGit(path, 'stash');
      plainGit(path, 'stash', 'pop');
    },
    'a branch and a reset': (path) => {
      plainGit(path, 'checkout', '--quiet', '-b', 'other');
      plainGit(path, 'reset', '--quiet', '--soft', 'HEAD');
    },
    'git init over .git': (path) => {
      rmSync(join(path, '.git'));
      plainGit(path, 'init', '--quiet');
      plainGit(path, 'add', '--all');
    },
    'no .git any more': (path) => rmSync(join(path, '.git')),
    'a link instead of .git': (path) => {
      rmSync(join(path, '.git'));
      symlinkSync('/nowhere', join(path, '.git'));
    },
  };

  test.each(Object.entries(deeds))('%s', async (_title, deed) => {
    const { keep, path, start, workspaces, filesIn } = await aWorktree();
    writeFiles(path, { 'a.txt': 'changed\n', 'new.txt': 'n\n' });
    deed(path);
    const { snapshot, change } = await keep();
    expect(change).toEqual({ changedFiles: 2, deletedFiles: 0, files: 4, problems: [] });
    expect(filesIn(snapshot.tree)).toContain('new.txt');
    await workspaces.restore(run, start);
    expect(plainGit(path, 'status', '--porcelain', '--branch')).toBe('## fleet/7-fix');
    expect(plainGit(path, 'log', '--format=%H', '-1')).toBe(start.commit);
  });
});

describe('what a tree may not bring', () => {
  const links = { absolute: '/etc/passwd', up: '../outside', 'src/deep': '../a.txt/../../x', git: '.git/config' };

  test('names, links, submodules, sizes, protected paths: a line each', async () => {
    const { keep, path } = await aWorktree({ files: { 'Readme.md': 'r\n', 'src/b.txt': 'b\n', old: 'o\n' } });
    writeFiles(path, {
      'line\nbreak': '1',
      'back\\slash': '1',
      '-rf': '1',
      'git~1/config': '1',
      'README.md': 'twin',
      'SRC/c.txt': 'twin folder',
      '.github/workflows/ci.yml': 'on: push',
      '.fleet/config.yml': 'checks: {}',
      '.gitmodules': '[submodule]',
      'big.bin': 'x'.repeat(5 * 1024 * 1024 + 1),
      '.GIT/config': '1',
    });
    for (const [name, target] of Object.entries(links)) symlinkSync(target, join(path, name));
    for (const name of ['unborn', 'nested']) plainGit(path, 'init', '--quiet', join(path, name));
    plainGit(join(path, 'nested'), 'commit', '--quiet', '--allow-empty', '-m', 'n');
    const { change } = await keep();
    await expect(`${change.problems.join('\n')}\n`).toMatchFileSnapshot('golden/problems.txt');
  });

  test('what the base had already is no problem', async () => {
    const { keep, path } = await aWorktree({
      files: { 'Readme.md': 'r\n', 'README.md': 'R\n', '-x': '1', '.github/workflows/ci.yml': 'on: push', a: 'a' },
    });
    writeFiles(path, { a: 'b', '-x': '2' });
    expect((await keep()).change).toEqual({ changedFiles: 2, deletedFiles: 0, files: 5, problems: [] });
  });

  test('at most 20 lines', async () => {
    const { keep, path } = await aWorktree();
    writeFiles(path, Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`-${index}`, 'x'])));
    const { problems } = (await keep()).change;
    expect([problems.length, problems.at(-1)]).toEqual([20, '… and 11 more']);
  });

  test("the repository's own protected paths hold beside Fleet's", async () => {
    const { workspaces, start, path } = await aWorktree();
    writeFiles(path, { 'src/b.txt': 'changed\n', 'AGENTS.md': 'obey\n' });
    const { change } = await workspaces.keep(run, { head: start, protectedPaths: ['SRC/**'] });
    expect(change.problems).toEqual([
      'AGENTS.md is protected: only people change it',
      'src/b.txt is protected: only people change it',
    ]);
    expect(usualProtectedPaths).toContain('**/AGENTS.md');
  });
});

describe('deletions', () => {
  const six = Object.fromEntries(['a', 'b', 'c', 'd', 'e', 'f'].map((name) => [`${name}.txt`, `${name}\n`]));
  const complaint = (gone: number, files: number) =>
    `${gone} of ${files} files are deleted: a change that deletes most of the repository is made by people`;
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, number, readonly string[]])[] = [
    ['half of six', six, 3, []],
    ['more than half of six', six, 4, [complaint(4, 6)]],
    ['three of four: a small repository', { a: 'a', b: 'b', c: 'c', d: 'd' }, 3, []],
    ['all of four', { a: 'a', b: 'b', c: 'c', d: 'd' }, 4, [complaint(4, 4)]],
    ['the only file', { a: 'a' }, 1, [complaint(1, 1)]],
  ];

  test.each(rows)('%s', async (_title, files, count, problems) => {
    const { keep, path } = await aWorktree({ files });
    for (const name of Object.keys(files).slice(0, count)) rmSync(join(path, name));
    const left = Object.keys(files).length - count;
    expect((await keep()).change).toEqual({ changedFiles: count, deletedFiles: count, files: left, problems });
  });

  test('files that were moved are not gone', async () => {
    const { keep, path } = await aWorktree({ files: six });
    mkdirSync(join(path, 'packages'));
    for (const name of Object.keys(six)) renameSync(join(path, name), join(path, 'packages', name));
    expect((await keep()).change.problems).toEqual([]);
  });

  test('the folder itself is gone', async () => {
    const { keep, path, workspaces, start } = await aWorktree({ files: six });
    rmSync(path, { recursive: true });
    expect((await keep()).change.problems).toEqual([complaint(6, 6)]);
    await workspaces.restore(run, start);
    expect(readdirSync(path).sort()).toEqual(['.git', ...Object.keys(six)]);
  });
});

describe('what stands in the way', () => {
  test('a pipe where git reads a file, pipes and sockets elsewhere', { timeout: 30_000 }, async () => {
    const { keep, path } = await aWorktree();
    for (const name of ['src/.gitignore', 'pipe']) execFileSync('mkfifo', [join(path, name)]);
    rmSync(join(path, 'a.txt'));
    execFileSync('mkfifo', [join(path, 'a.txt')]);
    const server = createServer().listen(join(path, 'socket'));
    onTestFinished(() => void server.close());
    writeFiles(path, { 'new.txt': 'n\n' });
    expect((await keep()).change).toEqual({ changedFiles: 2, deletedFiles: 1, files: 3, problems: [] });
    expect(existsSync(join(path, 'pipe'))).toBe(false);
  });

  test('a lock that a killed git left', async () => {
    const { keep, path, folder } = await aWorktree();
    writeFileSync(join(folder, 'git', run, 'index.lock'), '');
    writeFiles(path, { 'a.txt': 'b\n' });
    expect((await keep()).change.changedFiles).toBe(1);
  });
});
