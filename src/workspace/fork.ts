import type { Snapshot } from '../domain/work.js';
import { unexpected } from './git.js';
import type { RunWorktree } from './run-worktree.js';

/** The newest commit that the head has in common with the target branch as it was last fetched; the run's start where that cannot be told. */
export async function forkWithTarget({ stage, record }: RunWorktree, head: Snapshot): Promise<Snapshot> {
  const { git, gitDir } = stage;
  const call = { gitDir, args: ['merge-base', head.commit, `refs/remotes/origin/${record.base}`] };
  const end = await git.attempt(call);
  // No commit in common, or no such branch any more.
  if (end.exit === 1 || end.exit === 128) return record.start;
  if (end.exit !== 0) throw unexpected(call, end);
  const commit = end.stdout.trim();
  if (commit === record.start.commit) return record.start;
  const tree = await git.output({ gitDir, args: ['rev-parse', '--verify', `${commit}^{tree}`] });
  return { commit, tree: tree.trim() };
}
