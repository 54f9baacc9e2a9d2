import { chmodSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/domain/work.js';
import { type Starter, startHere } from '../../src/workspace/starter.js';
import { aScene, plainGit, run, writeFiles } from './scene.js';

/** A base with source and tests, an agent's worktree of it, and how many children git took. */
async function aRepository(files?: Readonly<Record<string, string>>) {
  const calls: string[] = [];
  const starter: Starter = {
    ...startHere,
    run: (file, args, options) => {
      calls.push(args.find((arg) => !/^-c$|=/.test(arg)) ?? '');
      return startHere.run(file, args, options);
    },
  };
  const scene = aScene({
    starter,
    files: files ?? { 'src/a.js': 'a\n', 'src/old.js': 'old\n', 'test/a.test.js': 'ta\n', 'test/old.test.js': 'to\n' },
  });
  const opened = await scene.opened();
  const { workspaces, path, start, folder } = { ...scene, ...opened };
  const mirror = join(folder, 'mirrors/local-7.git');
  return {
    ...{ workspaces, path, start, mirror, calls },
    /** What an agent leaves. */
    kept: async (change: () => void): Promise<Snapshot> => {
      change();
      return (await workspaces.keep(run, { head: start, protectedPaths: [] })).snapshot;
    },
    show: (tree: string) => plainGit(mirror, 'ls-tree', '-r', '--format=%(objectmode) %(path)', tree).split('\n'),
    textAt: (tree: string, file: string) => plainGit(mirror, 'cat-file', 'blob', `${tree}:${file}`),
  };
}

const isTest = (path: string): boolean => path.startsWith('test/');

test('tests of one tree on the source of the other: changed, new, deleted and moved ones', async () => {
  const { workspaces, path, start, kept, show, textAt, calls } = await aRepository();
  const head = await kept(() => {
    rmSync(join(path, 'test/old.test.js'));
    rmSync(join(path, 'src/old.js'));
    writeFiles(path, {
      'src/a.js': 'A\n',
      'src/new.js': 'n\n',
      'test/a.test.js': 'TA\n',
      'test/deep/n.test.js': 'tn\n',
    });
    chmodSync(join(path, 'test/deep/n.test.js'), 0o755);
    symlinkSync('a.test.js', join(path, 'test/link.js'));
  });
  calls.length = 0;
  const woven = await workspaces.weave(run, { onto: start, from: head.tree, takes: isTest });
  const wovenCalls = calls.splice(0);
  expect(show(woven.tree)).toEqual([
    ...['100644 src/a.js', '100644 src/old.js'],
    ...['100644 test/a.test.js', '100755 test/deep/n.test.js', '120000 test/link.js'],
  ]);
  expect([textAt(woven.tree, 'src/a.js'), textAt(woven.tree, 'test/a.test.js')]).toEqual(['a', 'TA']);
  expect(wovenCalls).toEqual(['fast-import']);
  const other = await workspaces.weave(run, { onto: head, from: start.tree, takes: isTest });
  expect(show(other.tree)).toEqual(
    ['src/a.js', 'src/new.js', 'test/a.test.js', 'test/old.test.js'].map((each) => `100644 ${each}`),
  );
});

test('the same order gives the same commit, on `onto` and of the woven tree; nothing taken is `onto` itself', async () => {
  const { workspaces, path, start, kept, mirror, calls } = await aRepository();
  const head = await kept(() => writeFiles(path, { 'src/a.js': 'A\n', 'test/a.test.js': 'TA\n' }));
  const order = { onto: start, from: head.tree, takes: isTest };
  const woven = await workspaces.weave(run, order);
  expect(await workspaces.weave(run, order)).toEqual(woven);
  expect(plainGit(mirror, 'log', '-1', '--format=%T %P', woven.commit)).toBe(`${woven.tree} ${start.commit}`);
  calls.length = 0;
  expect(await workspaces.weave(run, { ...order, takes: () => false })).toEqual(start);
  expect(await workspaces.weave(run, { ...order, from: start.tree })).toEqual(start);
  expect(calls).toEqual([]);
  const everything = await workspaces.weave(run, { ...order, takes: () => true });
  expect(everything.tree).toBe(head.tree);
});

test('a file where the other tree has a folder: what is taken stands', async () => {
  const { workspaces, path, start, kept, show } = await aRepository({ 'x/y.js': 'y\n', z: 'z\n', 'keep.js': 'k\n' });
  const head = await kept(() => {
    rmSync(join(path, 'x'), { recursive: true });
    rmSync(join(path, 'z'));
    writeFiles(path, { x: 'file\n', 'z/deep.js': 'd\n' });
  });
  const taken = ['x', 'z/deep.js'];
  const woven = await workspaces.weave(run, { onto: start, from: head.tree, takes: (each) => taken.includes(each) });
  expect(show(woven.tree)).toEqual(['100644 keep.js', '100644 x', '100644 z/deep.js']);
  const all = await workspaces.weave(run, { onto: start, from: head.tree, takes: () => true });
  expect(all.tree).toBe(head.tree);
});

test('names that have to be quoted, and ones that every object has', async () => {
  const { workspaces, path, start, kept } = await aRepository();
  const names = ['a "b"\\c', 'new\nline', 'ü ö', 'constructor', '-x', ' '];
  const head = await kept(() => names.forEach((name) => writeFileSync(join(path, name), 'n\n')));
  const woven = await workspaces.weave(run, { onto: start, from: head.tree, takes: () => true, mixes: {} });
  expect(woven.tree).toBe(head.tree);
  expect((await workspaces.weave(run, { onto: head, from: start.tree, takes: () => true })).tree).toBe(start.tree);
});

describe('mixes', () => {
  test('get both texts where the trees differ, and their text stands, whoever takes the file', async () => {
    const { workspaces, path, start, kept, show, textAt, calls } = await aRepository({
      ...{ 'package.json': 'base', 'same.json': 's\n', 'gone.json': 'g\n', 'run.sh': 'old\n', 'left.json': 'l\n' },
      'bin.dat': 'b\n',
    });
    const head = await kept(() => {
      rmSync(join(path, 'gone.json'));
      writeFiles(path, { 'package.json': 'head\n\n', 'new.json': 'n', 'run.sh': 'new\n', 'left.json': 'L\n' });
      chmodSync(join(path, 'run.sh'), 0o755);
      writeFileSync(join(path, 'bin.dat'), Buffer.from([0xff, 0xfe, 0x41]));
    });
    const asked: (readonly [string, string | undefined, string | undefined])[] = [];
    const mixOf =
      (name: string, give: (onto?: string, from?: string) => string | undefined) =>
      (onto: string | undefined, from: string | undefined): string | undefined => {
        asked.push([name, onto, from]);
        return give(onto, from);
      };
    calls.length = 0;
    const woven = await workspaces.weave(run, {
      ...{ onto: start, from: head.tree, takes: () => true },
      mixes: {
        'package.json': mixOf('package.json', (onto, from) => [onto, from].join('+')),
        'same.json': mixOf('same.json', () => 'never'),
        'none.json': mixOf('none.json', () => 'never'),
        'gone.json': mixOf('gone.json', (onto) => onto),
        'new.json': mixOf('new.json', () => undefined),
        'run.sh': mixOf('run.sh', (_, from) => from),
        'left.json': mixOf('left.json', () => undefined),
        'bin.dat': mixOf('bin.dat', (onto, from) => from ?? onto),
      },
    });
    expect(asked.sort()).toEqual([
      ['bin.dat', 'b\n', undefined],
      ['gone.json', 'g\n', undefined],
      ['left.json', 'l\n', 'L\n'],
      ['new.json', undefined, 'n'],
      ['package.json', 'base', 'head\n\n'],
      ['run.sh', 'old\n', 'new\n'],
    ]);
    expect(show(woven.tree)).toEqual(
      ['bin.dat', 'gone.json', 'package.json', 'run.sh', 'same.json'].map((each) => `100644 ${each}`),
    );
    expect(['bin.dat', 'gone.json', 'package.json', 'run.sh'].map((each) => textAt(woven.tree, each))).toEqual([
      ...['b', 'g', 'base+head', 'new'],
    ]);
    expect(calls).toEqual(['cat-file', 'fast-import']);
  });

  test('see no link and nothing too large as text', async () => {
    const { workspaces, path, start, kept } = await aRepository({ link: 'text\n', large: 'l\n' });
    const head = await kept(() => {
      rmSync(join(path, 'link'));
      symlinkSync('src', join(path, 'link'));
      writeFiles(path, { large: 'x'.repeat(1024 * 1024 + 1) });
    });
    const seen: unknown[] = [];
    const mix = (...texts: readonly unknown[]): string => `${seen.push(texts)}`;
    await workspaces.weave(run, { onto: start, from: head.tree, takes: () => true, mixes: { link: mix, large: mix } });
    expect(seen).toEqual([
      ['l\n', undefined],
      ['text\n', undefined],
    ]);
  });
});

test('a submodule is taken as it is', async () => {
  const { clone, workspaces, opened } = aScene({ files: { 'a.txt': 'a\n' } });
  plainGit(clone, 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},lib`);
  plainGit(clone, 'commit', '--quiet', '-m', 'with a submodule');
  plainGit(clone, 'push', '--quiet', 'origin', 'HEAD:refs/heads/with-lib');
  const { start } = await opened();
  const tree = plainGit(clone, 'rev-parse', 'HEAD^{tree}');
  expect((await workspaces.weave(run, { onto: start, from: tree, takes: () => true })).tree).toBe(tree);
});
