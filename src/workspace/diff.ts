import { type GitCall, unexpected } from './git.js';
import type { RunWorktree } from './run-worktree.js';

const mostDiff = 1024 * 1024;

/** A unified diff between two commits, cut after 1 MB. */
export async function diffOf({ stage }: RunWorktree, between: { from: string; to: string }): Promise<string> {
  const { git, gitDir } = stage;
  const args = [
    'diff',
    '--no-ext-diff',
    '--no-textconv',
    '--no-color',
    '--find-renames',
    between.from,
    between.to,
    '--',
  ];
  const call: GitCall = { gitDir, args, maxOutput: mostDiff };
  const end = await git.attempt(call);
  if (end.exit === 0) return end.stdout;
  if (end.stdout.length < mostDiff) throw unexpected(call, end);
  return end.stdout.slice(0, end.stdout.lastIndexOf('\n') + 1);
}
