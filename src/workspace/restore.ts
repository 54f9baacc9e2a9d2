import { rm } from 'node:fs/promises';
import type { Snapshot } from '../domain/work.js';
import { ensureFolder, mend, sweep } from './files.js';
import { allDone } from './locks.js';
import { readRef, refOf } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';
import { passOver, type Stage } from './stage.js';
import type { Trash } from './trash.js';
import { gitlinksOf } from './tree-entries.js';
import { writeView } from './view.js';

const timeoutMs = 10 * 60_000;

/** Brings files, index and the agent's git directory to this tree; also mends what an agent did to any of them. */
export async function bringTo(worktree: RunWorktree, to: Snapshot): Promise<void> {
  const { run, stage } = worktree;
  await restoreTree(stage, to.tree);
  // What was kept is on no branch: it is shown as work on what it was made on. The branch may have gone on since.
  const isKept = (await readRef(stage.gitDir, refOf(run, `kept/${to.commit}`))) !== undefined;
  await writeView(worktree, isKept ? await parentOf(stage, to.commit) : to.commit);
}

/** The same for a worktree that Fleet can do without: what cannot be mended goes, and it is made anew. */
export async function bringLaneTo(worktree: RunWorktree, trash: Trash, to: Snapshot): Promise<void> {
  const { path } = worktree.places.worktree;
  try {
    await bringTo(worktree, to);
  } catch {
    // Files of somebody else's, such as of a container that ran as root. The second try says what else is wrong.
    await trash.take([path]);
    await ensureFolder(path);
    await bringTo(worktree, to);
  }
}

async function parentOf({ git, gitDir }: Stage, commit: string): Promise<string> {
  return (await git.output({ gitDir, args: ['rev-parse', '--verify', `${commit}^`] })).trim();
}

/** Brings worktree and index to exactly this tree; what is ignored stays. */
export async function restoreTree(stage: Stage, tree: string): Promise<void> {
  try {
    await bring(stage, tree);
  } catch {
    // Folders that may not be written, pipes that never end, a broken index. The second try says what else is wrong.
    await allDone([mend(stage.worktree.path), rm(stage.worktree.index, { force: true })]);
    await bring(stage, tree);
  }
}

async function bring(stage: Stage, tree: string): Promise<void> {
  const { git, gitDir, worktree } = stage;
  const files = await bringFiles(stage, tree);
  const args = ['ls-files', '-z', '--others', '--ignored', '--exclude-standard', '--directory'];
  await sweep(worktree.path, files, async () => (await git.output({ gitDir, worktree, args, timeoutMs })).split('\0'));
}

/** Brings the files of the tree and the index to it, and says which they are; what else lies there stays. */
export async function bringFiles(stage: Stage, tree: string): Promise<readonly string[]> {
  const [entries] = await allDone([stage.git.filesOf(stage.gitDir, tree), checkOut(stage, tree)]);
  await passOver(stage, gitlinksOf(entries));
  return entries.map(({ path }) => path);
}

/** Writes every file of the tree that is not there as it should be, over whatever is in its way. */
export async function checkOut({ git, gitDir, worktree }: Stage, tree: string): Promise<void> {
  await rm(`${worktree.index}.lock`, { force: true });
  await git.output({ gitDir, worktree, args: ['read-tree', '--reset', '-u', tree], timeoutMs });
}
