import { rm } from 'node:fs/promises';
import { mend, sweep } from './files.js';
import { allDone } from './locks.js';
import type { Stage } from './stage.js';
import { passOver } from './stage.js';

const timeoutMs = 10 * 60_000;

/** Brings worktree and index to exactly this tree; what is ignored stays. */
export async function restoreTree(stage: Stage, tree: string, gitlinks: readonly string[]): Promise<void> {
  try {
    await bring(stage, tree, gitlinks);
  } catch {
    // Folders that may not be written, pipes that never end, a broken index. The second try says what else is wrong.
    await allDone([mend(stage.worktree.path), rm(stage.worktree.index, { force: true })]);
    await bring(stage, tree, gitlinks);
  }
}

async function bring(stage: Stage, tree: string, gitlinks: readonly string[]): Promise<void> {
  const { git, gitDir, worktree } = stage;
  await checkOut(stage, tree);
  const [files] = await allDone([git.filesOf(gitDir, tree), passOver(stage, gitlinks)]);
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  await sweep(
    worktree.path,
    files.map(({ path }) => path),
    async () => (await git.output({ gitDir, worktree, args, timeoutMs })).split('\0'),
  );
}

/** Writes every file of the tree that is not there as it should be, over whatever is in its way. */
export async function checkOut({ git, gitDir, worktree }: Stage, tree: string): Promise<void> {
  await rm(`${worktree.index}.lock`, { force: true });
  await git.output({ gitDir, worktree, args: ['read-tree', '--reset', '-u', tree], timeoutMs });
}
