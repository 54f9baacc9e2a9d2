import type { Conflict, Snapshot } from '../domain/work.js';
import type { Replay, ReplayOrder } from '../ports/workspace.js';
import { makeCommit } from './commits.js';
import { subjectsOf } from './integrate.js';
import { keepTree } from './keep.js';
import { allDone } from './locks.js';
import { type MergedTree, mergeTrees } from './merge-trees.js';
import { refOf, setRef } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';

/** Merges work into what the branch has become since; what both sides changed is left to whoever did the work. */
export async function replayWork(worktree: RunWorktree, order: ReplayOrder): Promise<Replay> {
  const { from, work, onto } = order;
  if (onto.tree === from.tree) return { snapshot: await on(worktree, onto, work.tree) };
  const merged = await mergeSince(worktree, order);
  if (merged.isClean) return { snapshot: await on(worktree, onto, merged.tree) };
  return { snapshot: onto, conflict: await conflictOf(worktree, order, merged) };
}

async function on(worktree: RunWorktree, onto: Snapshot, tree: string): Promise<Snapshot> {
  return tree === onto.tree ? onto : keepTree(worktree, tree, onto);
}

/** git 2.39 takes the base of a merge from history only: both sides are shown to it as if they came from `from`. */
async function mergeSince(worktree: RunWorktree, { from, work, onto, name }: ReplayOrder): Promise<MergedTree> {
  const at = worktree.record.openedAt;
  const twinOf = ({ tree }: Snapshot): Promise<string> =>
    makeCommit(worktree, { tree, parents: [from.commit], message: '', at });
  const [ours, theirs] = await allDone([twinOf(onto), twinOf(work)]);
  return mergeTrees(worktree, { ours, theirs, name: labelOf(name) });
}

/** A title as git takes it for a branch. With its quotation marks no run's branch can have the same name. */
function labelOf(title: string): string {
  const words = title.match(/[\p{L}\p{N}]+/gu) ?? ['task'];
  return `"${words.join('-').slice(0, 60)}"`;
}

async function conflictOf(
  worktree: RunWorktree,
  { from, work, onto, name }: ReplayOrder,
  { tree, files, details }: MergedTree,
): Promise<Conflict> {
  const { run, stage } = worktree;
  const marked = await keepTree(worktree, tree, onto);
  await setRef(stage.git, stage.gitDir, { ref: refOf(run, `marked/${marked.commit}`), sha: marked.commit });
  const oursLog = await subjectsOf(worktree, `${from.commit}..${onto.commit}`, files);
  return { theirs: work.commit, name, files, details, marked, oursLog, theirsLog: [] };
}
