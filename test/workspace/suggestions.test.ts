import { chmodSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Suggestion } from '../../src/domain/review.js';
import { applySuggestions, canApply } from '../../src/workspace/suggestions.js';
import { aRound } from './round.js';
import { run } from './scene.js';

const by = { id: '1', login: 'ann', kind: 'person' } as const;
const at = (fromLine: number, toLine: number, text: string, path = 'f.txt'): Suggestion => ({
  path,
  fromLine,
  toLine,
  text,
});

describe('in a text', () => {
  const rows: readonly (readonly [string, string, readonly Suggestion[], string])[] = [
    ['a line', 'a\nb\nc\n', [at(2, 2, 'B')], 'a\nB\nc\n'],
    ['lines by more of them', 'a\nb\nc\n', [at(1, 2, 'x\ny\nz')], 'x\ny\nz\nc\n'],
    ['lines taken out', 'a\nb\nc\n', [at(2, 3, '')], 'a\n'],
    ['two, bottom up', 'a\nb\nc\n', [at(1, 1, 'x\ny'), at(3, 3, 'z')], 'x\ny\nb\nz\n'],
    ['an empty line and more', 'a\n', [at(1, 1, '\na\n')], '\na\n\n'],
    ['line ends of Windows', 'a\r\nb\r\n', [at(2, 2, 'x\ny')], 'a\r\nx\r\ny\r\n'],
    ['a suggestion written on Windows', 'a\nb\n', [at(2, 2, 'x\r\ny')], 'a\nx\ny\n'],
    ['mixed line ends', 'a\r\nb\nc\r\n', [at(2, 2, 'x\ny')], 'a\r\nx\ny\nc\r\n'],
    ['a last line without an end', 'a\nb', [at(2, 2, 'x\ny')], 'a\nx\ny'],
    ['the same with line ends of Windows', 'a\r\nb', [at(2, 2, 'x\ny')], 'a\r\nx\r\ny'],
    ['a last line without an end taken out', 'a\nb', [at(2, 2, '')], 'a'],
    ['the last two lines taken out one by one', 'a\nb\nc', [at(2, 2, ''), at(3, 3, '')], 'a'],
    ['the whole text', 'a\nb', [at(1, 2, '')], ''],
  ];
  test.each(rows)('%s', (_title, text, suggestions, expected) => {
    expect(canApply(text, suggestions)).toBe(true);
    expect(applySuggestions(text, suggestions)).toBe(expected);
  });

  const wrong: readonly (readonly [string, string, readonly Suggestion[]])[] = [
    ['a line after the last one', 'a\nb\n', [at(3, 3, 'x')]],
    ['a range that ends after the last line', 'a\nb\n', [at(2, 3, 'x')]],
    ['a line before the first one', 'a\n', [at(0, 1, 'x')]],
    ['a range that ends before it begins', 'a\nb\n', [at(2, 1, 'x')]],
    ['two for the same line', 'a\nb\n', [at(1, 2, 'x'), at(2, 2, 'y')]],
    ['anything of an empty text', '', [at(1, 1, 'x')]],
  ];
  test.each(wrong)('not: %s', (_title, text, suggestions) => {
    expect(canApply(text, suggestions)).toBe(false);
  });
});

/** A branch with a file `f.txt` of six lines, and threads that suggest changes. */
async function suggesting(files: Readonly<Record<string, string>> = {}) {
  const round = await aRound({ work: { 'f.txt': '1\n2\n3\n4\n5\n6\n', 'g.txt': 'g\n', ...files } });
  const apply = (threads: Readonly<Record<string, readonly Suggestion[]>>, head = round.head) =>
    round.integrate({
      head,
      source: 'none',
      protectedPaths: ['locked/**'],
      suggestions: Object.entries(threads).map(([thread, suggestions]) => ({ thread, by, suggestions })),
    });
  const threadsIn = async (...args: Parameters<typeof apply>) =>
    (await apply(...args)).applied.map(({ thread }) => thread);
  return { ...round, apply, threadsIn };
}

describe('on the branch', () => {
  test('one commit for each thread, in its words; line numbers are those of the head; again the same commits', async () => {
    const { apply, head, inMirror, textOf, runRefs } = await suggesting();
    const threads = {
      t1: [at(5, 5, 'five'), at(1, 1, 'one\nand a half')],
      t2: [at(3, 3, ''), at(1, 1, 'G', 'g.txt')],
    };
    const done = await apply(threads);
    const [one = '', two = ''] = done.applied.map(({ commit }) => commit);
    expect(done).toEqual({
      head: { commit: two, tree: inMirror('rev-parse', `${two}^{tree}`) },
      applied: [
        { thread: 't1', commit: one },
        { thread: 't2', commit: two },
      ],
    });
    expect(textOf(one, 'f.txt').split('\n')).toEqual(['one', 'and a half', '2', '3', '4', 'five', '6']);
    expect(textOf(two, 'f.txt').split('\n')).toEqual(['one', 'and a half', '2', '4', 'five', '6']);
    expect(inMirror('log', '-2', '--format=%P|%an <%ae>|%cn|%at|%ct|%s', two).split('\n')).toEqual([
      `${one}|Fleet <fleet@example.com>|Fleet|1800000002|1800000002|Apply what ann suggested`,
      `${head.commit}|Fleet <fleet@example.com>|Fleet|1800000001|1800000001|Apply what ann suggested`,
    ]);
    expect(inMirror('diff', '--name-only', one, two)).toBe('f.txt\ng.txt');
    expect(runRefs()['runs/r1/head']).toBe(two);
    inMirror('update-ref', 'refs/fleet/runs/r1/head', head.commit);
    expect(await apply(threads)).toEqual(done);
  });

  test('a thread is applied whole or not at all', async () => {
    const { threadsIn } = await suggesting({ 'locked/x.txt': 'x\n' });
    const none = { onTop: [at(2, 4, 'x')], far: [at(1, 1, 'x'), at(7, 7, 'x')], gone: [at(1, 1, 'x', 'gone.txt')] };
    const more = {
      locked: [at(1, 1, 'y', 'locked/x.txt'), at(6, 6, 'x')],
      usual: [at(1, 1, 'y', '.gitignore'), at(1, 1, 'y', 'AGENTS.md')],
      same: [at(6, 6, '6')],
      folder: [at(1, 1, 'y', 'src')],
      nothing: [],
    };
    expect(await threadsIn({ first: [at(3, 3, 'three')], ...none, ...more, last: [at(6, 6, 'six')] })).toEqual([
      'first',
      'last',
    ]);
    expect(await threadsIn(none)).toEqual(['onTop']);
    expect(await threadsIn(more)).toEqual([]);
  });

  test('binary files, text that is not UTF-8 and links are left alone; an executable file stays one', async () => {
    const { head, path, workspaces, apply, inMirror } = await suggesting({ 'z.bin': 'a\0b\n' });
    await workspaces.restore(run, head);
    writeFileSync(join(path, 'latin.txt'), Buffer.from([0xe9, 0x0a]));
    symlinkSync('f.txt', join(path, 'link'));
    chmodSync(join(path, 'f.txt'), 0o755);
    const { snapshot } = await workspaces.keep(run, { head, protectedPaths: [] });
    const parents = [head.commit] as const;
    const odd = await workspaces.commit(run, { tree: snapshot.tree, parents, message: 'odd\n' });
    const names = ['z.bin', 'latin.txt', 'link', 'f.txt'];
    const threads = Object.fromEntries(names.map((name) => [name, [at(1, 1, 'x', name)]]));
    const done = await apply(threads, odd);
    expect(done.applied).toEqual([{ thread: 'f.txt', commit: done.head.commit }]);
    expect(inMirror('ls-tree', '--format=%(objectmode)', done.head.commit, 'f.txt')).toBe('100755');
  });

  test('a byte order mark, CRLF and a name with quotes stay as they are', async () => {
    const name = 'q"uo\\te ü.txt';
    const { apply, textOf, inMirror } = await suggesting({ [name]: '\uFEFFa\r\nb' });
    const { head } = await apply({ t: [at(2, 2, 'x\nä', name)] });
    expect(textOf(head.commit, name)).toBe('a\r\nx\r\nä');
    // The mark, which `trim` takes off, counts three bytes.
    expect(inMirror('cat-file', '-s', `${head.commit}:${name}`)).toBe('11');
  });

  test('come before the base, and stay where the base conflicts', async () => {
    const { integrate, head, person, textOf } = await suggesting();
    person('main', { 'f.txt': 'other\n' });
    const suggestions = [{ thread: 't', by, suggestions: [at(1, 1, 'one')] }];
    const done = await integrate({ head, suggestions });
    expect(done.applied).toEqual([{ thread: 't', commit: done.head.commit }]);
    expect(done.conflict?.files).toEqual(['f.txt']);
    expect(textOf(done.head.commit, 'f.txt')).toContain('one');
  });
});
