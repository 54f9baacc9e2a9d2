import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { WorkspaceOrder } from '../ports/workspace.js';
import { ensureFolder, removeTree, unlessMissing } from './files.js';
import type { Git } from './git.js';
import { ignoreRulesOf } from './ignore-rules.js';
import { allDone } from './locks.js';
import type { RunPlaces, RunRecord } from './places.js';
import { checkOut } from './restore.js';
import { moveRefs } from './run-refs.js';
import { passOver } from './stage.js';
import { headOf } from './tree-files.js';
import { gitlinksOf, type TreeEntry } from './tree-entries.js';

/** What a new worktree is made from. */
export interface Opening {
  readonly git: Git;
  readonly mirror: string;
  readonly places: RunPlaces;
  readonly openedAt: number;
}

/** Checks the head of `base` out into a new worktree. The record that is returned is not written yet. */
export async function openWorktree(
  { git, mirror, places, openedAt }: Opening,
  order: WorkspaceOrder,
): Promise<RunRecord> {
  const { worktree, own } = places;
  const start = await headOf(git, mirror, order.base);
  // What a process that died half-way left.
  await allDone([removeTree(own), removeTree(worktree.path)]);
  await mkdir(own, { recursive: true });
  await ensureFolder(worktree.path);
  await writeFile(worktree.excludes, '');
  const [entries] = await allDone([
    git.filesOf(mirror, start.tree),
    checkOut({ git, gitDir: mirror, worktree }, start.commit),
    moveRefs(git, mirror, { run: order.run, head: start.commit }),
  ]);
  const gitlinks = gitlinksOf(entries);
  await allDone([
    writeFile(worktree.excludes, await rulesOf(worktree.path, entries)),
    passOver({ git, gitDir: mirror, worktree }, gitlinks),
  ]);
  const { branch, base } = order;
  return { mirror: basename(mirror), branch, base, start, files: entries.length - gitlinks.length, openedAt };
}

/** The ignore rules of the base, so that removing them does not bring dependencies and caches into the tree. */
async function rulesOf(root: string, entries: readonly TreeEntry[]): Promise<string> {
  const files = entries.filter(({ path, mode }) => basename(path) === '.gitignore' && mode.startsWith('100'));
  const read = files.map(async ({ path }) => ({
    folder: dirname(path) === '.' ? '' : dirname(path),
    text: (await readFile(join(root, path), 'utf8').catch(unlessMissing)) ?? '',
  }));
  return ignoreRulesOf(await Promise.all(read));
}
