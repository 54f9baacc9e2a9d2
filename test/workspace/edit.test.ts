import { chmodSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { aScene, plainGit, run, writeFiles } from './scene.js';

test('files are written anew, as a commit on no branch; modes stay, and all else', async () => {
  const scene = aScene({ files: { 'src/a.js': 'a\n', 'run.sh': 'old\n', link: 'l\n', 'b.txt': 'b\n' } });
  const { workspaces, folder } = scene;
  const { path, start } = await scene.opened();
  writeFiles(path, {});
  chmodSync(join(path, 'run.sh'), 0o755);
  symlinkSync('b.txt', join(path, 'to-b'));
  const { snapshot: onto } = await workspaces.keep(run, { head: start, protectedPaths: [] });
  const mirror = join(folder, 'mirrors/local-7.git');
  const git = (...args: readonly string[]): string => plainGit(mirror, ...args);
  const refs = git('for-each-ref');
  const files = { 'src/a.js': 'A ü\nno newline', 'run.sh': 'new\n', 'to-b': 'text\n', 'new "dir"/x': '' };
  const made = await workspaces.edit(run, { onto, files });
  expect(git('ls-tree', '-r', '--format=%(objectmode) %(path)', made.tree).split('\n')).toEqual([
    ...['100644 b.txt', '100644 link', String.raw`100644 "new \"dir\"/x"`],
    ...['100755 run.sh', '100644 src/a.js', '100644 to-b'],
  ]);
  for (const [file, text] of Object.entries(files))
    expect(git('cat-file', 'blob', `${made.tree}:${file}`)).toBe(text.trim());
  expect(git('log', '-1', '--format=%T %P', made.commit)).toBe(`${made.tree} ${onto.commit}`);
  expect(git('for-each-ref')).toBe(refs);
  expect(await workspaces.edit(run, { onto, files })).toEqual(made);
  expect(await workspaces.edit(run, { onto, files: {} })).toEqual(onto);
  expect(await workspaces.differing(run, onto, made)).toEqual(Object.keys(files).sort());
  expect(await workspaces.differing(run, made, made)).toEqual([]);
});
