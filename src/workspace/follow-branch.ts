import type { Snapshot } from '../domain/work.js';
import { commitsAt } from './commits.js';
import { moveRefs, readRef, remoteRefOf } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';
import { writeView } from './view.js';

/**
 * Puts head and lease of the run where its branch is on the remote, whatever people did to it. Undefined when it is not there: the head
 * stays, and the next push makes the branch anew.
 */
export async function followBranch(worktree: RunWorktree): Promise<Snapshot | undefined> {
  const { run, record, stage } = worktree;
  const { git, gitDir } = stage;
  const there = await readRef(gitDir, remoteRefOf(record.branch));
  await moveRefs(git, gitDir, { run, pushed: { at: there }, ...(there === undefined ? {} : { head: there }) });
  if (there === undefined) return undefined;
  await writeView(worktree);
  const [{ commit, tree }] = await commitsAt(git, gitDir, [there]);
  return { commit, tree };
}
