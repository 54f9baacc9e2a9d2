import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Snapshot } from '../../src/domain/work.js';
import { branch } from './round.js';
import { aScene, pathsIn, plainGit, run, writeFiles } from './scene.js';

type Files = Readonly<Record<string, string | undefined>>;

const name = 'Mend the [login]: v2..x~^ ünd "so" on';
const label = '"Mend-the-login-v2-x-ünd-so-on"';
const lines = (changed: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: 20 }, (_, index) => `${changed[index + 1] ?? `line ${index + 1}`}\n`).join('');

/** Two tasks that began on the same commit: `work` is kept in lane 1, `done` is committed meanwhile. */
async function sideBySide({
  files,
  done,
  work,
}: {
  readonly files?: Record<string, string>;
  done: Files;
  work: Files;
}) {
  const scene = aScene(files === undefined ? {} : { files });
  const { workspaces } = scene;
  const { start, workspace } = await scene.opened();
  const [, mirror = ''] = workspace.gitDirectories;
  const inMirror = (...args: readonly string[]) => plainGit(mirror, ...args);
  const kept = async (lane: number, from: Snapshot, changed: Files) => {
    await workspaces.restore(run, from, lane);
    const { path = '' } = (await workspaces.find(run, lane)) ?? {};
    for (const [file, text] of Object.entries(changed))
      if (text === undefined) rmSync(join(path, file));
      else writeFiles(path, { [file]: text });
    return (await workspaces.keep(run, { head: from, protectedPaths: [], lane })).snapshot;
  };
  const commit = async (parent: Snapshot, changed: Files, message: string) => {
    const { tree } = await kept(0, parent, changed);
    return workspaces.commit(run, { tree, parents: [parent.commit], message });
  };
  const onto = await commit(start, done, 'feat: what was done first\n');
  const snapshot = await kept(1, start, work);
  const order = { from: start, work: snapshot, onto, name };
  const filesIn = ({ commit: sha }: Snapshot) => inMirror('ls-tree', '-r', '--name-only', sha).split('\n');
  const textOf = ({ commit: sha }: Snapshot, file: string) => inMirror('show', `${sha}:${file}`);
  const { path: lane = '' } = (await workspaces.find(run, 1)) ?? {};
  return { ...scene, start, onto, work: snapshot, order, mirror, inMirror, kept, commit, filesIn, textOf, lane };
}

describe('work that does not conflict', () => {
  test('becomes a commit on the new head that is on no branch and that no clean-up takes; again the same', async () => {
    const it = await sideBySide({ done: { 'a.txt': 'done\n' }, work: { 'src/b.txt': 'work\n', 'c.txt': 'c\n' } });
    const replay = await it.workspaces.replay(run, it.order);
    const { snapshot } = replay;
    expect(replay).toEqual({ snapshot });
    expect(['a.txt', 'src/b.txt', 'c.txt'].map((file) => it.textOf(snapshot, file))).toEqual(['done', 'work', 'c']);
    expect(it.inMirror('log', '-1', '--format=%P|%T|%cn', snapshot.commit)).toBe(
      `${it.onto.commit}|${snapshot.tree}|Fleet`,
    );
    expect(it.inMirror('rev-parse', 'refs/fleet/runs/r1/head')).toBe(it.onto.commit);
    it.inMirror('gc', '--quiet', '--prune=now');
    expect(it.inMirror('cat-file', '-t', snapshot.commit)).toBe('commit');
    expect(await it.workspaces.replay(run, it.order)).toEqual(replay);
    // The agent's files are as it left them.
    expect(readFileSync(join(it.lane, 'a.txt'), 'utf8')).toBe('a\n');
  });

  test('goes with a file that the branch has moved, and moves one that the branch has changed', async () => {
    const it = await sideBySide({
      files: { 'one.txt': lines(), 'two.txt': lines({ 1: 'two' }) },
      done: { 'one.txt': undefined, 'moved/one.txt': lines(), 'two.txt': lines({ 1: 'two', 3: 'done' }) },
      work: { 'one.txt': lines({ 3: 'work' }), 'two.txt': undefined, 'moved.txt': lines({ 1: 'two' }) },
    });
    const { snapshot, conflict } = await it.workspaces.replay(run, it.order);
    expect([conflict, it.filesIn(snapshot)]).toEqual([undefined, ['moved.txt', 'moved/one.txt']]);
    expect(it.textOf(snapshot, 'moved/one.txt')).toContain('line 2\nwork\nline 4');
    expect(it.textOf(snapshot, 'moved.txt')).toContain('line 2\ndone\nline 4');
  });

  test('in the same file, at another place', async () => {
    const it = await sideBySide({
      files: { 'a.txt': lines() },
      done: { 'a.txt': lines({ 2: 'done' }) },
      work: { 'a.txt': lines({ 18: 'work' }) },
    });
    const { snapshot } = await it.workspaces.replay(run, it.order);
    expect(`${it.textOf(snapshot, 'a.txt')}\n`).toBe(lines({ 2: 'done', 18: 'work' }));
  });

  test('is itself where the branch has not moved, and is taken as it is where only commits without files came', async () => {
    const it = await sideBySide({ done: {}, work: { 'a.txt': 'work\n' } });
    const { from, work } = it.order;
    expect(await it.workspaces.replay(run, { ...it.order, onto: from })).toEqual({ snapshot: work });
    const { snapshot } = await it.workspaces.replay(run, it.order);
    expect(snapshot.tree).toBe(work.tree);
    expect(it.inMirror('rev-parse', `${snapshot.commit}^`)).toBe(it.onto.commit);
    // The same files on two heads are two snapshots: each is shown on its own.
    await it.workspaces.restore(run, work, 1);
    expect(plainGit(it.lane, 'rev-parse', 'HEAD')).toBe(from.commit);
    await it.workspaces.restore(run, snapshot, 1);
    expect(plainGit(it.lane, 'rev-parse', 'HEAD')).toBe(it.onto.commit);
  });

  test('that somebody did already, or that did nothing, is the head', async () => {
    const both = { 'a.txt': 'same\n' };
    const twice = await sideBySide({ done: both, work: both });
    expect(await twice.workspaces.replay(run, twice.order)).toEqual({ snapshot: twice.onto });
    const idle = await sideBySide({ done: both, work: {} });
    expect(await idle.workspaces.replay(run, idle.order)).toEqual({ snapshot: idle.onto });
  });

  test('counts from what it was made on, whatever its own commit came from', async () => {
    const it = await sideBySide({ done: { 'a.txt': 'done\n' }, work: { 'src/b.txt': 'work\n' } });
    const again = await it.kept(1, it.work, { 'c.txt': 'c\n' });
    const { snapshot } = await it.workspaces.replay(run, { ...it.order, work: again });
    expect(it.filesIn(snapshot)).toEqual(['.gitignore', 'a.txt', 'c.txt', 'src/b.txt']);
    const later = await it.commit(it.onto, { 'src/b.txt': undefined }, 'fix: drop b\n');
    const { snapshot: last } = await it.workspaces.replay(run, {
      ...it.order,
      from: it.work,
      work: again,
      onto: later,
    });
    expect(it.filesIn(last)).toEqual(['.gitignore', 'a.txt', 'c.txt']);
  });
});

describe('work that conflicts', () => {
  const both = { done: { 'a.txt': 'done\n', 'c.txt': 'c\n' }, work: { 'a.txt': 'work\n', 'd.txt': 'd\n' } };

  test('leaves the head as it is, and comes back with markers on it and with what the branch did', async () => {
    const it = await sideBySide(both);
    const onto = await it.commit(it.onto, { 'c.txt': 'other\n' }, 'docs: another file\n');
    const replay = await it.workspaces.replay(run, { ...it.order, onto });
    const marked = replay.conflict?.marked ?? it.start;
    expect(replay).toEqual({
      snapshot: onto,
      conflict: {
        ...{ theirs: it.work.commit, name, files: ['a.txt'], details: [], marked },
        ...{ oursLog: ['feat: what was done first'], theirsLog: [] },
      },
    });
    expect(it.textOf(marked, 'a.txt')).toBe(`<<<<<<< ${branch}\ndone\n=======\nwork\n>>>>>>> ${label}`);
    expect(it.filesIn(marked)).toEqual(['.gitignore', 'a.txt', 'c.txt', 'd.txt', 'src/b.txt']);
    expect(it.inMirror('rev-parse', `${marked.commit}^`)).toBe(onto.commit);
    expect(it.inMirror('rev-parse', 'refs/fleet/runs/r1/head')).toBe(onto.commit);
    it.inMirror('gc', '--quiet', '--prune=now');
    expect(await it.workspaces.replay(run, { ...it.order, onto })).toEqual(replay);
    await it.workspaces.restore(run, marked, 1);
    expect(plainGit(it.lane, 'rev-parse', 'HEAD')).toBe(onto.commit);
    expect(plainGit(it.lane, 'status', '--porcelain')).toBe('M  a.txt\nA  d.txt');
  });

  test('binary, deleted on one side, a file against a folder: told in words', async () => {
    const it = await sideBySide({
      files: { 'logo.png': '\0a', 'gone.txt': lines(), 'kept.txt': lines(), 'x.txt': 'x\n' },
      done: { 'logo.png': '\0done', 'gone.txt': undefined, 'kept.txt': lines({ 3: 'done' }), spot: 'file\n' },
      work: { 'logo.png': '\0work', 'gone.txt': lines({ 3: 'work' }), 'kept.txt': undefined, 'spot/in.txt': 'i\n' },
    });
    const { conflict } = await it.workspaces.replay(run, it.order);
    expect(conflict?.files).toEqual(['gone.txt', 'kept.txt', 'logo.png', `spot~${branch.replace('/', '_')}`]);
    expect(conflict?.details).toEqual([
      expect.stringContaining(`CONFLICT (modify/delete): gone.txt deleted in ${branch} and modified in ${label}.`),
      expect.stringContaining(`CONFLICT (modify/delete): kept.txt deleted in ${label} and modified in ${branch}.`),
      expect.stringContaining(`Cannot merge binary files: logo.png (${branch} vs. ${label})`),
      expect.stringContaining(`CONFLICT (file/directory): directory in the way of spot from ${branch}`),
    ]);
  });

  test.each(['HEAD', '…', branch, '1'.repeat(40), '-x', 'x'.repeat(500), '語'.repeat(500), '🙂', ''])(
    'with a task called %s',
    async (title) => {
      const it = await sideBySide(both);
      const { conflict } = await it.workspaces.replay(run, { ...it.order, name: title });
      const [first, , , , last = ''] = it.textOf(conflict?.marked ?? it.start, 'a.txt').split('\n');
      expect([first, conflict?.name, conflict?.files]).toEqual([`<<<<<<< ${branch}`, title, ['a.txt']]);
      expect(last).toMatch(/^>>>>>>> "[\p{L}\p{N}-]+"$/u);
    },
  );
});

describe('work that was sent back', () => {
  const left = (at: readonly number[], file = 'a.txt') =>
    at.map((line) => `${file}:${line} still has a conflict marker`);

  async function sentBack(scene: Parameters<typeof sideBySide>[0]) {
    const it = await sideBySide(scene);
    const { conflict } = await it.workspaces.replay(run, it.order);
    if (conflict === undefined) throw new Error('nothing conflicts');
    await it.workspaces.restore(run, conflict.marked, 1);
    const keep = () => it.workspaces.keep(run, { head: it.onto, protectedPaths: [], lane: 1, isConflicted: true });
    return { ...it, conflict, keep };
  }

  test('is told which markers are left; once it is resolved it goes on the branch', async () => {
    const it = await sentBack({ done: { 'a.txt': 'done\n' }, work: { 'a.txt': 'work\n', '.npmrc': 'x=1\n' } });
    const protectedToo = '.npmrc is protected: only people change it';
    const untouched = await it.keep();
    expect([untouched.snapshot, untouched.change.problems]).toEqual([
      it.conflict.marked,
      [...left([1, 3, 5]), protectedToo],
    ]);
    writeFiles(it.lane, { 'a.txt': 'done\n=======\nwork\n' });
    expect((await it.keep()).change.problems).toEqual([...left([2]), protectedToo]);
    writeFiles(it.lane, { 'a.txt': 'done and work\n' });
    rmSync(join(it.lane, '.npmrc'));
    const { snapshot, change } = await it.keep();
    expect(change).toEqual({ changedFiles: 1, deletedFiles: 0, files: 3, problems: [] });
    const later = await it.commit(it.onto, { 'src/b.txt': 'later\n' }, 'feat: later\n');
    const replayed = await it.workspaces.replay(run, { ...it.order, from: it.onto, work: snapshot, onto: later });
    expect([
      replayed.conflict,
      it.textOf(replayed.snapshot, 'a.txt'),
      it.textOf(replayed.snapshot, 'src/b.txt'),
    ]).toEqual([...[undefined, 'done and work', 'later']]);
  });

  test('lines that look like markers and came with the work, or stand in other files, are none', async () => {
    const title = 'Install\n=======\n';
    const it = await sentBack({
      done: { 'a.txt': 'done\n', 'src/b.txt': 'done\n' },
      work: { 'a.txt': `${title}work\n`, 'doc.md': `${title}<<<<<<< HEAD\n` },
    });
    expect((await it.keep()).change.problems).toEqual(left([1, 3, 5, 7]));
    writeFiles(it.lane, { 'a.txt': `${title}both\n`, 'doc.md': `${title}${title}<<<<<<< HEAD\n` });
    expect((await it.keep()).change.problems).toEqual([]);
    writeFiles(it.lane, { 'a.txt': `${title}both\n=======\n` });
    expect((await it.keep()).change.problems).toEqual(left([2, 4]));
  });

  test('conflicts of several lanes do not get in each other’s way', async () => {
    const it = await sentBack({ done: { 'a.txt': 'done\n', 'src/b.txt': 'done\n' }, work: { 'a.txt': 'work\n' } });
    const other = await it.kept(2, it.start, { 'src/b.txt': 'work\n' });
    const { conflict } = await it.workspaces.replay(run, { ...it.order, work: other, name: 'other' });
    await it.workspaces.restore(run, conflict?.marked ?? it.start, 2);
    const keep = (lane: number) =>
      it.workspaces.keep(run, { head: it.onto, protectedPaths: [], lane, isConflicted: true });
    const [one, two] = await Promise.all([keep(1), keep(2)]);
    expect([one.change.problems, two.change.problems]).toEqual([left([1, 3, 5]), left([1, 3, 5], 'src/b.txt')]);
    writeFiles(it.lane, { 'a.txt': 'both\n' });
    expect((await keep(1)).change.problems).toEqual([]);
    expect(pathsIn(it.lane)).toContain('./src/b.txt');
  });
});
