import { type Commit, makeCommit, timeAfter } from './commits.js';
import { mergeTrees } from './merge-trees.js';
import type { RunWorktree } from './run-worktree.js';

/** Commits written anew on another one. */
export interface Replayed {
  readonly head: Commit;
  /** Commit → what it became; one that changes nothing any more became what was there before it. */
  readonly commits: ReadonlyMap<string, string>;
}

interface Picked extends Commit {
  readonly parents: readonly string[];
  readonly author: { readonly name: string; readonly email: string; readonly date: string };
  readonly committer: string;
  readonly message: string;
}

/**
 * Writes the commits of `ours` that neither `since` nor `onto` has anew on `onto`, one by one, with their messages and authors.
 * Undefined when one of them is not Fleet's own, is a merge (what was decided in it would be lost), or conflicts.
 */
export async function replay(
  worktree: RunWorktree,
  { ours, since, onto }: { readonly ours: string; readonly since: string; readonly onto: Commit },
): Promise<Replayed | undefined> {
  const picks = await commitsIn(worktree, [ours, '--not', since, onto.commit]);
  const { email } = worktree.rules.identity;
  if (picks.some(({ committer, parents }) => committer !== email || parents.length !== 1)) return undefined;
  let head = onto;
  const commits = new Map<string, string>();
  for (const pick of picks) {
    const next = pick.parents[0] === head.commit ? pick : await pickOnto(worktree, pick, head);
    if (next === undefined) return undefined;
    head = next;
    commits.set(pick.commit, head.commit);
  }
  return { head, commits };
}

/** One commit on another head; the head itself when nothing of it is left. */
async function pickOnto(worktree: RunWorktree, pick: Picked, head: Commit): Promise<Commit | undefined> {
  const { message, author, parents } = pick;
  // git 2.39 takes the base of a merge from history only: the head is shown to it as if it came from the same parent.
  const twin = await makeCommit(worktree, { tree: head.tree, parents: [parents[0] ?? ''], message: '', at: head.at });
  const { tree, isClean } = await mergeTrees(worktree, { ours: twin, theirs: pick.commit, name: 'picked' });
  if (!isClean) return undefined;
  if (tree === head.tree) return head;
  const at = timeAfter(worktree, head);
  return { tree, commit: await makeCommit(worktree, { tree, parents: [head.commit], message, author, at }), at };
}

/** Oldest first. */
async function commitsIn({ stage }: RunWorktree, range: readonly string[]): Promise<readonly Picked[]> {
  const { git, gitDir } = stage;
  const format = '--format=%H%n%T%n%ct%n%P%n%ce%n%an%n%ae%n@%ad%n%B';
  const args = ['log', '-z', '--reverse', '--topo-order', '--date=raw', format, ...range, '--'];
  const records = (await git.output({ gitDir, args })).split('\0').filter((record) => record !== '');
  return records.map((record) => {
    const [commit = '', tree = '', at = '', parents = '', committer = '', name = '', email = '', date = '', ...lines] =
      record.split('\n');
    const message = `${lines.join('\n').trimEnd()}\n`;
    return {
      commit,
      tree,
      at: Number(at),
      parents: parents.split(' '),
      committer,
      author: { name, email, date },
      message,
    };
  });
}
