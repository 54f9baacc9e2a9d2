import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aRound } from './round.js';
import { plainGit, run, writeFiles } from './scene.js';

const ci = '.github/workflows/ci.yml';
const numbered = (changed: Readonly<Record<number, string>> = {}) =>
  Array.from({ length: 20 }, (_, index) => `${changed[index + 1] ?? `line ${index + 1}`}\n`).join('');

/** A branch that conflicts with its base in `a.txt`, restored to the tree with the markers. */
async function conflicting(
  options: NonNullable<Parameters<typeof aRound>[0]> & {
    readonly theirs?: Readonly<Record<string, string | undefined>>;
  } = {},
) {
  const { theirs = {}, ...rest } = options;
  const round = await aRound(rest);
  round.person('main', { 'a.txt': 'person\n', ...theirs });
  const { head, conflict } = await round.integrate();
  if (conflict === undefined) throw new Error('nothing conflicts');
  await round.workspaces.restore(run, conflict.marked);
  const keep = () => round.workspaces.keep(run, { head, protectedPaths: [], merges: conflict.theirs });
  return { ...round, head, conflict, keep };
}

describe('what a merge brings', () => {
  test('is no change of the agent: protected files, submodules, links, large files, many deletions', async () => {
    const many = Object.fromEntries(Array.from({ length: 9 }, (_, index) => [`old/${index}.txt`, `${index}\n`]));
    const round = await conflicting({
      files: { [ci]: numbered(), 'AGENTS.md': 'old\n', ...many },
      theirs: {
        ...Object.fromEntries(Object.keys(many).map((name) => [name, undefined])),
        [ci]: numbered({ 2: 'theirs' }),
        'AGENTS.md': undefined,
        'CLAUDE.md': 'new\n',
        'big.bin': 'x'.repeat(6 * 1024 * 1024),
        '-x': '1',
      },
    });
    const { keep, path, conflict } = round;
    expect(conflict.files).toEqual(['a.txt']);
    writeFiles(path, { 'a.txt': 'both\n' });
    const { change } = await keep();
    expect(change).toEqual({ changedFiles: 15, deletedFiles: 10, files: 5, problems: [] });
  });

  test('is what git made of both sides, too', async () => {
    const { keep, path, workspaces, conflict, head, textOf } = await conflicting({
      files: { [ci]: numbered(), 'a.txt': 'a\n' },
      work: { [ci]: numbered({ 15: 'ours' }), 'a.txt': 'fleet\n' },
      theirs: { [ci]: numbered({ 2: 'theirs' }) },
    });
    writeFiles(path, { 'a.txt': 'both\n' });
    const { snapshot, change } = await keep();
    expect(change).toEqual({ changedFiles: 2, deletedFiles: 0, files: 2, problems: [] });
    expect(`${textOf(snapshot.commit, ci)}\n`).toBe(numbered({ 2: 'theirs', 15: 'ours' }));
    const order = { tree: snapshot.tree, parents: [head.commit, conflict.theirs], message: 'Merge\n' } as const;
    expect(await workspaces.commit(run, order)).toEqual(await workspaces.commit(run, order));
  });

  test('what the agent makes of it is judged: other text, another file, a deletion that nobody else made', async () => {
    const { keep, path } = await conflicting({
      files: { [ci]: numbered(), 'AGENTS.md': 'old\n' },
      theirs: { [ci]: numbered({ 2: 'theirs' }) },
    });
    writeFiles(path, { 'a.txt': 'both\n', [ci]: numbered({ 2: 'agent' }), '.npmrc': 'x=1\n' });
    rmSync(join(path, 'AGENTS.md'));
    expect((await keep()).change.problems).toEqual(
      [
        `${ci} is protected: only people change it`,
        '.npmrc is protected: only people change it',
        'AGENTS.md is protected: only people change it',
      ].sort(),
    );
  });

  test('a submodule that moved', async () => {
    const round = await aRound();
    const [one, two] = ['1'.repeat(40), '2'.repeat(40)];
    round.person('main', { 'a.txt': 'person\n' });
    for (const sha of [one, two]) {
      plainGit(round.clone, 'update-index', '--add', '--cacheinfo', `160000,${sha},lib`);
      plainGit(round.clone, 'commit', '--quiet', '-m', 'lib');
    }
    plainGit(round.clone, 'push', '--quiet', 'origin', 'HEAD:main');
    const { head, conflict } = await round.integrate();
    await round.workspaces.restore(run, conflict?.marked ?? head);
    writeFiles(round.path, { 'a.txt': 'both\n' });
    const merges = conflict?.theirs ?? '';
    const { snapshot, change } = await round.workspaces.keep(run, { head, protectedPaths: [], merges });
    expect(change.problems).toEqual([]);
    expect(round.inMirror('rev-parse', `${snapshot.tree}:lib`)).toBe(two);
  });
});

describe('conflict markers', () => {
  const left = (lines: readonly number[], file = 'a.txt') =>
    lines.map((line) => `${file}:${line} still has a conflict marker`);

  test('that are left are told with their lines, all or some of them', async () => {
    const { keep, path, conflict } = await conflicting();
    const untouched = await keep();
    expect([untouched.snapshot, untouched.change.problems]).toEqual([conflict.marked, left([1, 3, 5])]);
    writeFiles(path, { 'a.txt': 'fleet\n=======\nperson\n' });
    expect((await keep()).change.problems).toEqual(left([2]));
    writeFiles(path, { 'a.txt': `fleet\n>>>>>>> ${conflict.name}\n` });
    expect((await keep()).change.problems).toEqual(left([2]));
    writeFiles(path, { 'a.txt': 'fleet and person\n' });
    expect((await keep()).change.problems).toEqual([]);
  });

  test('in files with line ends of Windows, and odd names', async () => {
    const name = 'odd [*] ü.txt';
    const { keep, path } = await conflicting({
      files: { [name]: 'a\r\n', 'a.txt': 'a\n' },
      work: { [name]: 'fleet\r\n' },
      theirs: { [name]: 'person\r\n' },
    });
    expect((await keep()).change.problems).toEqual(left([1, 3, 5], name));
    writeFiles(path, { [name]: 'fleet\r\n=======\r\nperson\r\n' });
    expect((await keep()).change.problems).toEqual(left([2], name));
  });

  test('that the file had before, or that stand in other files, are none of them', async () => {
    const title = 'Title\n=======\n';
    const { keep, path } = await conflicting({
      files: { 'a.txt': `${title}a\n`, 'doc.md': title },
      work: { 'a.txt': `${title}fleet\n` },
      theirs: { 'a.txt': `${title}person\n` },
    });
    writeFiles(path, { 'a.txt': `${title}both\n`, 'doc.md': `${title}<<<<<<< an example\n` });
    expect((await keep()).change.problems).toEqual([]);
    writeFiles(path, { 'a.txt': `${title}both\n=======\n` });
    expect((await keep()).change.problems).toEqual(left([2, 4]));
  });

  test('of a binary conflict there are none; the agent may take either side', async () => {
    const { keep, path, head } = await conflicting({
      files: { 'a.txt': '\0a' },
      work: { 'a.txt': '\0fleet' },
      theirs: { 'a.txt': '\0person' },
    });
    expect(await keep()).toEqual({
      snapshot: head,
      change: { changedFiles: 0, deletedFiles: 0, files: 1, problems: [] },
    });
    writeFiles(path, { 'a.txt': '\0person' });
    expect((await keep()).change).toEqual({ changedFiles: 1, deletedFiles: 0, files: 1, problems: [] });
  });
});
