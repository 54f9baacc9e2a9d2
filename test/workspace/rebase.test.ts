import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';
import { aRound, branch, reasonOf } from './round.js';
import { run } from './scene.js';

const by = { id: '1', login: 'ann', kind: 'person' } as const;

/** Two commits of Fleet's on a base that has gone on. */
async function twoCommits(options: Parameters<typeof aRound>[0] = {}) {
  const round = await aRound(options);
  const head = await round.commit(round.head, { 'c.txt': 'c\n' }, 'feat: c\n\nBecause.\n');
  await round.push(head.commit);
  const theirs = round.person('main', { 'b.txt': 'b\n' });
  return { ...round, head, theirs };
}

describe('rebase', () => {
  test('puts the commits on the base one by one, pushes under a lease, and gives the same commits again', async () => {
    const { integrate, head, theirs, inMirror, push, onRemote, runRefs } = await twoCommits();
    const { head: replayed } = await integrate({ head, how: 'rebase' });
    const log = ['log', '--format=%s|%b|%an|%at|%cn|%ct', `${theirs}..${replayed.commit}`];
    expect(inMirror(...log)).toBe(
      'feat: c|Because.\n|Fleet|1800000001|Fleet|1800000001\nby fleet||Fleet|1800000000|Fleet|1800000000',
    );
    expect(inMirror('rev-parse', `${replayed.commit}~2`, `${replayed.commit}^{tree}`)).toBe(
      `${theirs}\n${replayed.tree}`,
    );
    // As if the process had died before the ref was moved, and after.
    inMirror('update-ref', 'refs/fleet/runs/r1/head', head.commit);
    expect((await integrate({ head, how: 'rebase' })).head).toEqual(replayed);
    expect((await integrate({ head, how: 'rebase' })).head).toEqual(replayed);
    expect(runRefs()).toEqual({
      [`archive/${run}-${head.commit.slice(0, 12)}`]: head.commit,
      'runs/r1/head': replayed.commit,
      'runs/r1/pushed': head.commit,
    });
    await push(replayed.commit);
    expect(onRemote()).toBe(replayed.commit);
  });

  test('leaves out what the base has already', async () => {
    const { integrate, head, person, inMirror } = await twoCommits();
    const theirs = person('main', { 'c.txt': 'c\n' });
    const { head: replayed } = await integrate({ head, how: 'rebase' });
    expect(inMirror('log', '--format=%s', `${theirs}..${replayed.commit}`)).toBe('by fleet');
  });

  test('suggestions are applied before it, and their commits are the ones that came of it', async () => {
    const { integrate, head, theirs, inMirror, textOf } = await twoCommits();
    const suggestions = [
      { thread: 't1', by, suggestions: [{ path: 'c.txt', fromLine: 1, toLine: 1, text: 'better' }] },
    ];
    const done = await integrate({ head, how: 'rebase', suggestions });
    expect(done.applied).toEqual([{ thread: 't1', commit: done.head.commit }]);
    expect(inMirror('log', '--format=%s', `${theirs}..${done.head.commit}`)).toBe(
      'Apply what ann suggested\nfeat: c\nby fleet',
    );
    expect(textOf(done.head.commit, 'c.txt')).toBe('better');
  });

  test('a base that is there already changes nothing', async () => {
    const { integrate, head } = await aRound();
    expect(await integrate({ how: 'rebase' })).toEqual({ head, applied: [] });
  });
});

describe('where what the work stands on was forced out of the base', () => {
  /** Work on a base whose last commit was taken out again since. */
  async function forcedOut(files: Readonly<Record<string, string>>, work: Readonly<Record<string, string>>) {
    const round = await aRound();
    const since = round.person('main', { 'secret.txt': 's\n' });
    const { head: onIt } = await round.integrate({ how: 'rebase' });
    const head = await round.commit(onIt, work);
    round.force(round.start.commit, 'main');
    const theirs = Object.keys(files).length === 0 ? round.start.commit : round.person('main', files);
    return { ...round, since, head, theirs };
  }

  test.each([
    ['and others are there', { 'b.txt': 'b\n' }],
    ['and nothing else is there', {}],
  ])('%s: the work alone is put on what is there', async (_, files) => {
    const { integrate, head, since, theirs, inMirror } = await forcedOut(files, { 'c.txt': 'c\n' });
    const done = await integrate({ head, how: 'rebase', since });
    expect(inMirror('diff', '--name-only', theirs, done.head.commit)).toBe('a.txt\nc.txt');
    expect(inMirror('log', '--format=%s', `${theirs}..${done.head.commit}`)).toBe('by fleet\nby fleet');
    expect((await integrate({ head: done.head, how: 'rebase', since: theirs })).head).toEqual(done.head);
  });

  test('and the work conflicts: a person decides', async () => {
    const { integrate, head, since, theirs } = await forcedOut({ 'c.txt': 'theirs\n' }, { 'c.txt': 'c\n' });
    const short = (sha: string): string => sha.slice(0, 12);
    expect(await reasonOf(integrate({ head, how: 'rebase', since }))).toEqual({
      kind: 'needsPerson',
      obstacle: {
        kind: 'baseReplaced',
        details: [
          `main does not hold ${short(since)} any more, which the work stands on, and the work cannot be put on ${short(theirs)} without a conflict`,
        ],
      },
    });
  });
});

describe('is a merge', () => {
  const parentsOf = (round: Awaited<ReturnType<typeof aRound>>, sha: string) =>
    round.inMirror('log', '-1', '--format=%P', sha);

  test("over people's commits", async () => {
    const round = await twoCommits();
    const mine = round.person(branch, { 'p.txt': 'p\n' });
    await round.adopt();
    const { head } = await round.integrate({ head: round.snapshotOf(mine), how: 'rebase' });
    expect(parentsOf(round, head.commit)).toBe(`${mine} ${round.theirs}`);
  });

  test('over merges: what was decided in them would be lost', async () => {
    const round = await twoCommits();
    const { head } = await round.integrate({ head: round.head });
    const theirs = round.person('main', { 'd.txt': 'd\n' });
    const again = await round.integrate({ head, how: 'rebase' });
    expect(parentsOf(round, again.head.commit)).toBe(`${head.commit} ${theirs}`);
  });

  test('where one of the commits conflicts, though the whole does not', async () => {
    const round = await aRound({ work: { 'a.txt': 'half-way\n' } });
    const head = await round.commit(round.head, { 'a.txt': 'person\n' });
    const theirs = round.person('main', { 'a.txt': 'person\n' });
    const done = await round.integrate({ head, how: 'rebase' });
    expect(done).not.toHaveProperty('conflict');
    expect(parentsOf(round, done.head.commit)).toBe(`${head.commit} ${theirs}`);
  });

  test('where the whole conflicts: it is told as such', async () => {
    const round = await twoCommits();
    round.person('main', { 'a.txt': 'person\n' });
    const { head, conflict } = await round.integrate({ head: round.head, how: 'rebase' });
    expect([head, conflict?.files]).toEqual([round.head, ['a.txt']]);
  });
});

test("an author is kept, where the commit is Fleet's own", async () => {
  const { integrate, head, start, person, mirror, inMirror, snapshotOf } = await aRound();
  const env = {
    ...{ PATH: '/usr/local/bin:/usr/bin:/bin', GIT_AUTHOR_NAME: 'Bo', GIT_AUTHOR_EMAIL: 'bo@example.com' },
    ...{ GIT_AUTHOR_DATE: '@1234 +0100', GIT_COMMITTER_NAME: 'Fleet', GIT_COMMITTER_EMAIL: 'fleet@example.com' },
  };
  const args = ['commit-tree', head.tree, '-p', start.commit, '-m', 'by Bo'];
  const made = execFileSync('git', args, { cwd: mirror, env, encoding: 'utf8' }).trim();
  const theirs = person('main', { 'b.txt': 'b\n' });
  const done = await integrate({ head: snapshotOf(made), how: 'rebase' });
  expect(inMirror('log', '-1', '--date=raw', '--format=%P|%an <%ae> %ad|%cn|%s', done.head.commit)).toBe(
    `${theirs}|Bo <bo@example.com> 1234 +0100|Fleet|by Bo`,
  );
});
