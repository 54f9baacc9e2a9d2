import type { Snapshot } from '../domain/work.js';
import type { CommitOrder } from '../ports/workspace.js';
import type { Git } from './git.js';
import { moveRefs } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';

/** A commit that others are built upon. */
export interface Commit extends Snapshot {
  /** When it was committed, in Unix seconds. */
  readonly at: number;
}

/** A commit to be made; without an author it is by Fleet, as the committer always is. */
export interface NewCommit extends CommitOrder {
  readonly at: number;
  /** `date` is `@<Unix seconds> <zone>`. */
  readonly author?: { readonly name: string; readonly email: string; readonly date: string };
}

/** Commits by their ids, in this order. */
export async function commitsAt<const T extends readonly string[]>(
  git: Git,
  gitDir: string,
  shas: T,
): Promise<{ readonly [K in keyof T]: Commit }> {
  const args = ['log', '--no-walk=unsorted', '--format=%H %T %ct', ...shas, '--'];
  const lines = (await git.output({ gitDir, args })).trim().split('\n');
  const known = new Map(lines.map((line) => [line.split(' ')[0], line]));
  const commits = shas.map((sha) => {
    const [, tree = '', at = ''] = known.get(sha)?.split(' ') ?? [];
    return { commit: sha, tree, at: Number(at) };
  });
  return commits as unknown as { readonly [K in keyof T]: Commit };
}

/** When a commit on top of these is made. Not the clock: the same order must give the same commit. */
export function timeAfter({ record }: RunWorktree, ...parents: readonly Commit[]): number {
  return Math.max(record.openedAt, ...parents.map(({ at }) => at + 1));
}

/** Makes the commit and puts the run's branch on it. */
export async function commitWork(worktree: RunWorktree, order: CommitOrder): Promise<Snapshot> {
  const { run, stage } = worktree;
  const { git, gitDir } = stage;
  const parents = await commitsAt(git, gitDir, order.parents);
  const commit = await makeCommit(worktree, { ...order, at: timeAfter(worktree, ...parents) });
  await moveRefs(git, gitDir, { run, head: commit, contains: order.parents });
  return { commit, tree: order.tree };
}

/** Makes a commit that is on no branch. */
export async function makeCommit({ stage, rules }: RunWorktree, order: NewCommit): Promise<string> {
  const { name, email } = rules.identity;
  const date = `${order.at} +0000`;
  const author = order.author ?? { name, email, date };
  const env = {
    ...{ GIT_AUTHOR_NAME: author.name, GIT_AUTHOR_EMAIL: author.email, GIT_AUTHOR_DATE: author.date },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  };
  const args = ['commit-tree', '--no-gpg-sign', ...order.parents.flatMap((parent) => ['-p', parent]), order.tree];
  return (await stage.git.output({ gitDir: stage.gitDir, args, env, input: order.message })).trim();
}
