import type { Snapshot } from '../domain/work.js';
import type { EditOrder } from '../ports/workspace.js';
import { importCommits } from './import-commits.js';
import { allDone } from './locks.js';
import type { RunWorktree } from './run-worktree.js';
import { changesBetween } from './tree-entries.js';

/** Writes files of a tree anew, in the mirror's objects alone; the same order gives the same commit. */
export async function editTree(worktree: RunWorktree, { onto, files }: EditOrder): Promise<Snapshot> {
  const { git, gitDir } = worktree.stage;
  const modes = new Map((await git.filesOf(gitDir, onto.tree)).map(({ path, mode }) => [path, mode]));
  const written = Object.entries(files).map(([path, text]) => {
    const mode = modes.get(path) ?? '';
    return { path, mode: mode.startsWith('100') ? mode : '100644', text };
  });
  if (written.length === 0) return onto;
  const commits = [{ message: 'With other texts\n', written }];
  const made = await importCommits(worktree, { from: onto.commit, at: worktree.record.openedAt, commits });
  return { commit: made.commits[0] ?? '', tree: made.tree };
}

/** Paths at which two trees differ, sorted. */
export async function pathsBetween({ stage }: RunWorktree, one: Snapshot, other: Snapshot): Promise<readonly string[]> {
  const { git, gitDir } = stage;
  const [before, after] = await allDone([git.filesOf(gitDir, one.tree), git.filesOf(gitDir, other.tree)]);
  return changesBetween(before, after).map(({ path }) => path);
}
