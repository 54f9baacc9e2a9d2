import { describe, expect, test } from 'vitest';
import type { IntegrateOrder } from '../../src/ports/workspace.js';
import { type Starter, startHere } from '../../src/workspace/starter.js';
import { anOrder, aRound, branch, reasonOf } from './round.js';
import { plainGit, run } from './scene.js';

const numbered = (changed: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: 20 }, (_, index) => `${changed[index + 1] ?? `line ${index + 1}`}\n`).join('');

describe('the base', () => {
  test('is merged: both parents, the message, a date after both, and again the same commit', async () => {
    const { integrate, person, head, inMirror, runRefs, workspaces, path, textOf } = await aRound();
    const theirs = person('main', { 'b.txt': 'b\n' });
    const { head: merged, ...rest } = await integrate();
    expect(rest).toEqual({ applied: [] });
    expect(inMirror('log', '-1', '--format=%P|%T|%an|%cn|%ct|%B', merged.commit)).toBe(
      `${head.commit} ${theirs}|${merged.tree}|Fleet|Fleet|1800000001|Merge main`,
    );
    expect([textOf(merged.commit, 'a.txt'), textOf(merged.commit, 'b.txt')]).toEqual(['fleet', 'b']);
    expect(runRefs()['runs/r1/head']).toBe(merged.commit);
    await workspaces.restore(run, merged);
    expect(plainGit(path, 'status', '--porcelain', '--branch')).toBe(`## ${branch}`);
    expect(plainGit(path, 'rev-parse', 'origin/main')).toBe(theirs);
    // As if the process had died before the ref was moved.
    inMirror('update-ref', 'refs/fleet/runs/r1/head', head.commit);
    expect((await integrate()).head).toEqual(merged);
  });

  test('that the branch has already changes nothing; a branch that the base has goes on from there', async () => {
    const { integrate, head, force, snapshotOf, person } = await aRound();
    expect(await integrate()).toEqual({ head, applied: [] });
    force(head.commit, 'main');
    const theirs = person('main', { 'b.txt': 'b\n' });
    expect(await integrate()).toEqual({ head: snapshotOf(theirs), applied: [] });
  });

  test('that moved a file: the change goes with it', async () => {
    const { integrate, person, textOf } = await aRound({
      files: { 'old.txt': numbered() },
      work: { 'old.txt': numbered({ 3: 'fleet' }) },
    });
    person('main', { 'old.txt': undefined, 'new.txt': numbered() });
    const { head } = await integrate();
    expect(textOf(head.commit, 'new.txt')).toContain('line 2\nfleet\nline 4');
  });

  test('that is gone, or shares no history, needs a person', async () => {
    const { integrate, drop, force, inMirror, clone, origin } = await aRound();
    const other = plainGit(clone, 'commit-tree', '-m', 'other', inMirror('rev-parse', 'origin/main^{tree}'));
    plainGit(clone, 'push', '--quiet', origin, `${other}:refs/heads/other`);
    force(other, 'main');
    expect(await reasonOf(integrate())).toEqual({
      kind: 'needsPerson',
      obstacle: {
        kind: 'baseReplaced',
        details: [
          'fleet/7-fix and main have no commit in common: somebody has replaced the history of one of them; merge them by hand, or close the merge request',
        ],
      },
    });
    drop('main');
    expect(await reasonOf(integrate())).toEqual({
      kind: 'needsPerson',
      obstacle: {
        kind: 'configurationBroken',
        details: ['branch main is not there: name another base, or push it'],
      },
    });
  });

  test('submodules, LFS pointers and links are left as they are', async () => {
    const pointer = (id: string) => `version https://git-lfs.github.com/spec/v1\noid sha256:${id}\nsize 9\n`;
    const { integrate, person, clone, inMirror, workspaces } = await aRound({
      files: { '.gitattributes': '*.bin filter=lfs merge=lfs\n', 'a.bin': pointer('00') },
    });
    const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
    const withLib = (sha: string, other: string) => {
      person('main', {});
      plainGit(
        clone,
        'update-index',
        '--add',
        '--cacheinfo',
        `160000,${sha},lib`,
        '--cacheinfo',
        `160000,${sha},${other}`,
      );
      plainGit(clone, 'commit', '--quiet', '-m', 'submodules');
      plainGit(clone, 'push', '--quiet', 'origin', 'HEAD:main');
    };
    withLib(one, 'gone');
    const first = await integrate();
    await workspaces.restore(run, first.head);
    withLib(two, 'fresh');
    plainGit(clone, 'update-index', '--force-remove', 'gone');
    plainGit(clone, 'commit', '--quiet', '-m', 'one is gone');
    plainGit(clone, 'push', '--quiet', 'origin', 'HEAD:main');
    person('main', { 'a.bin': pointer('11') });
    const { head } = await integrate({ head: first.head });
    await workspaces.restore(run, head);
    expect(inMirror('ls-tree', '-r', '--format=%(objectmode) %(path)', head.tree).split('\n')).toEqual([
      '100644 .gitattributes',
      '100644 a.bin',
      '100644 a.txt',
      '160000 fresh',
      '160000 lib',
    ]);
    expect(inMirror('rev-parse', `${head.commit}:lib`)).toBe(two);
    const kept = await workspaces.keep(run, { head, protectedPaths: [] });
    expect([kept.snapshot, kept.change.problems]).toEqual([head, []]);
  });

  test('that changed 1,000 files', async () => {
    const files = (text: string) =>
      Object.fromEntries(
        Array.from({ length: 1000 }, (_, index) => [`src/${index % 40}/${index}.txt`, `${text} ${index}\n`]),
      );
    const { integrate, person, inMirror } = await aRound({ files: { 'a.txt': 'a\n', ...files('old') } });
    person('main', files('new'));
    const startedAt = performance.now();
    const { head } = await integrate();
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(inMirror('diff', '--shortstat', 'origin/main', head.commit)).toContain('1 file changed');
  });
});

describe('a conflict', () => {
  test('leaves the head, and says what is on either side', async () => {
    const { integrate, person, head, textOf, runRefs, commit, workspaces, path } = await aRound();
    const more = await commit(head, { 'a.txt': 'fleet again\n', 'c.txt': 'c\n' }, 'feat: again\n');
    person('main', { 'a.txt': 'person\n', 'd.txt': 'd\n' });
    const theirs = person('main', { 'e.txt': 'e\n' });
    const { conflict, ...rest } = await integrate({ head: more });
    expect(rest).toEqual({ head: more, applied: [] });
    const { marked, ...told } = conflict ?? {};
    expect(told).toEqual({
      theirs,
      name: 'main',
      files: ['a.txt'],
      details: [],
      oursLog: ['feat: again', 'by fleet'],
      theirsLog: ['a person worked'],
    });
    expect(textOf(marked?.commit ?? '', 'a.txt')).toBe(
      '<<<<<<< fleet/7-fix\nfleet again\n=======\nperson\n>>>>>>> main',
    );
    expect(runRefs()['runs/r1/head']).toBe(more.commit);
    await workspaces.restore(run, marked ?? more);
    // The head, with the merge as work upon it.
    expect(plainGit(path, 'rev-parse', 'HEAD')).toBe(more.commit);
    expect(plainGit(path, 'status', '--porcelain')).toBe('M  a.txt\nA  d.txt\nA  e.txt');
    expect((await integrate({ head: more })).conflict).toEqual(conflict);
  });

  test('that leaves no markers is told: binary, deleted on one side or the other, a folder in place of a file', async () => {
    const { integrate, person } = await aRound({
      files: { 'a.bin': '\0one', 'b.txt': numbered(), 'c.txt': numbered({ 1: 'c' }), 'd.txt': 'd\n' },
      work: { 'a.bin': '\0two', 'b.txt': numbered({ 9: 'fleet' }), 'd.txt': 'fleet\n' },
    }).then(async (round) => {
      const head = await round.commit(round.head, { 'c.txt': undefined });
      return { ...round, integrate: () => round.integrate({ head }) };
    });
    person('main', { 'a.bin': '\0three', 'b.txt': undefined, 'c.txt': numbered({ 9: 'person' }), 'd.txt': undefined });
    person('main', { 'd.txt/e': 'e\n' });
    const { conflict } = await integrate();
    expect([conflict?.files, conflict?.details]).toEqual([
      ['a.bin', 'b.txt', 'c.txt', 'd.txt~fleet_7-fix'],
      [
        'warning: Cannot merge binary files: a.bin (fleet/7-fix vs. main)',
        'CONFLICT (modify/delete): b.txt deleted in main and modified in fleet/7-fix.  Version fleet/7-fix of b.txt left in tree.',
        'CONFLICT (modify/delete): c.txt deleted in fleet/7-fix and modified in main.  Version main of c.txt left in tree.',
        'CONFLICT (file/directory): directory in the way of d.txt from fleet/7-fix; moving it to d.txt~fleet_7-fix instead.',
        'CONFLICT (modify/delete): d.txt~fleet_7-fix deleted in main and modified in fleet/7-fix.  Version fleet/7-fix of d.txt~fleet_7-fix left in tree.',
      ],
    ]);
  });

  test('at most ten commits a side are told', async () => {
    const { integrate, person } = await aRound();
    for (const index of Array.from({ length: 12 }).keys()) person('main', { 'a.txt': `${index}\n` });
    expect((await integrate()).conflict?.theirsLog).toHaveLength(10);
  });
});

describe("what others pushed to the run's branch", () => {
  test('goes on from theirs where the run has nothing new, else is merged; the next push expects to find it', async () => {
    const { integrate, person, head, commit, snapshotOf, inMirror, push, onRemote, runRefs } = await aRound();
    const first = person(branch, { 'b.txt': 'person\n' });
    expect(await integrate({ source: 'branch' })).toEqual({ head: snapshotOf(first), applied: [] });
    const mine = await commit(head, { 'c.txt': 'c\n' });
    const second = person(branch, { 'b.txt': 'person again\n' });
    expect(await reasonOf(push(mine.commit))).toEqual({ kind: 'lostRace' });
    const { head: merged } = await integrate({ head: mine, source: 'branch' });
    expect(inMirror('log', '-1', '--format=%P', merged.commit)).toBe(`${mine.commit} ${second}`);
    expect(runRefs()).toMatchObject({ 'runs/r1/head': merged.commit, 'runs/r1/pushed': second });
    await push(merged.commit);
    expect(onRemote()).toBe(merged.commit);
  });

  test('that conflicts: nothing is pushed over it until it is merged', async () => {
    const { integrate, person, head, commit, push, onRemote, workspaces } = await aRound();
    const mine = await commit(head, { 'a.txt': 'fleet again\n' });
    const theirs = person(branch, { 'a.txt': 'person\n' });
    const { conflict } = await integrate({ head: mine, source: 'branch' });
    expect(conflict).toMatchObject({ theirs, name: 'origin/fleet/7-fix', files: ['a.txt'] });
    expect(await reasonOf(push(mine.commit))).toEqual({ kind: 'lostRace' });
    const order = { tree: mine.tree, parents: [mine.commit, theirs], message: 'Merge\n' } as const;
    const merged = await workspaces.commit(run, order);
    expect(await workspaces.commit(run, order)).toEqual(merged);
    await push(merged.commit);
    expect(onRemote()).toBe(merged.commit);
  });

  test('after a force: what was taken out does not come back, what is new stands on theirs', async () => {
    const { integrate, start, head, commit, force, inMirror, push, onRemote } = await aRound();
    const mine = await commit(head, { 'c.txt': 'c\n' }, 'feat: c\n');
    force(start.commit);
    const { head: replayed } = await integrate({ head: mine, source: 'branch' });
    expect(inMirror('log', '--format=%s', `${start.commit}..${replayed.commit}`)).toBe('feat: c');
    expect(inMirror('diff', '--name-only', start.commit, replayed.commit)).toBe('c.txt');
    await push(replayed.commit);
    expect(onRemote()).toBe(replayed.commit);
  });

  test('a branch that is gone brings nothing, and the next push makes it anew', async () => {
    const { integrate, head, drop, push, onRemote } = await aRound();
    drop(branch);
    expect(await reasonOf(push(head.commit))).toEqual({ kind: 'lostRace' });
    expect(await integrate({ source: 'branch' })).toEqual({ head, applied: [] });
    await push(head.commit);
    expect(onRemote()).toBe(head.commit);
  });
});

test('few programs are started: five for a merge, for suggestions three and one for each file', async () => {
  const calls: string[] = [];
  const starter: Starter = {
    ...startHere,
    run: (file, args, options) => {
      calls.push(args.find((arg, index) => arg !== '-c' && args[index - 1] !== '-c') ?? '');
      return startHere.run(file, args, options);
    },
  };
  const { integrate, person, head } = await aRound({ starter });
  person('main', { 'b.txt': 'b\n' });
  const seen = async (order: Partial<IntegrateOrder>) => {
    await integrate({ source: 'none' });
    calls.length = 0;
    await integrate(order);
    return calls.filter((name) => name !== 'fetch');
  };
  expect(await seen({})).toEqual(['log', 'merge-base', 'merge-tree', 'commit-tree', 'update-ref']);
  const suggestions = [{ path: 'a.txt', fromLine: 1, toLine: 1, text: 'x' }];
  const by = { id: '1', login: 'ann', kind: 'person' } as const;
  const threads = ['t1', 't2'].map((thread) => ({ thread, by, suggestions }));
  expect(await seen({ source: 'none', head, suggestions: threads })).toEqual([
    ...['log', 'cat-file', 'fast-import', 'update-ref'],
  ]);
});

test('after the run has ended there is nothing to integrate into', async () => {
  const { workspaces, head } = await aRound();
  await workspaces.remove(run);
  expect(await reasonOf(workspaces.integrate(run, anOrder(head)))).toEqual({ kind: 'lostRace' });
});
