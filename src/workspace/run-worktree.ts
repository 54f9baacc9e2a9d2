import type { Change } from '../domain/event.js';
import type { RunId, Snapshot } from '../domain/run.js';
import type { CommitOrder, PushOrder } from '../ports/workspace.js';
import { type GitCall, unexpected } from './git.js';
import { takeTree } from './keep.js';
import type { RunPlaces, RunRecord } from './places.js';
import { pushBranch } from './push.js';
import { restoreTree } from './restore.js';
import { readRef, refOf, setRef } from './run-refs.js';
import type { Stage } from './stage.js';
import { writeView } from './view.js';

const mostDiff = 1024 * 1024;

/** A run's worktree with all that is needed to work on it. */
export interface RunWorktree {
  readonly run: RunId;
  readonly record: RunRecord;
  readonly places: RunPlaces;
  readonly stage: Stage;
  readonly rules: WorktreeRules;
}

/** The operator's part of it. */
export interface WorktreeRules {
  /** Who Fleet's commits are by. */
  readonly identity: { readonly name: string; readonly email: string };
  readonly protectedPaths: readonly string[];
  readonly plainHttp: boolean;
}

/** Brings files, index and the agent's git directory to this tree; also mends what an agent did to any of them. */
export async function bringTo({ run, record, places, stage }: RunWorktree, to: Snapshot): Promise<void> {
  await restoreTree(stage, to.tree, record.gitlinks);
  const head = (await readRef(stage.gitDir, refOf(run, 'head'))) ?? record.start.commit;
  await writeView(places, record, { mirror: stage.gitDir, head });
}

/** Keeps the files as a commit on `head` that is on no branch. */
export async function keepWork(
  worktree: RunWorktree,
  head: Snapshot,
  protectedPaths: readonly string[],
): Promise<{ readonly snapshot: Snapshot; readonly change: Change }> {
  const { run, stage, record, rules } = worktree;
  const { tree, change } = await takeTree(stage, head, [...rules.protectedPaths, ...protectedPaths]);
  if (tree === head.tree) return { snapshot: head, change };
  const message = `Work of run ${run}, not yet checked\n`;
  const commit = await makeCommit(worktree, { tree, parent: head.commit, message }, record.openedAt);
  await setRef(stage.git, stage.gitDir, { ref: refOf(run, `kept/${tree}`), sha: commit });
  return { snapshot: { commit, tree }, change };
}

/** Makes the commit and puts the run's branch on it. */
export async function commitWork(worktree: RunWorktree, order: CommitOrder): Promise<Snapshot> {
  const { run, record, places, stage } = worktree;
  const { git, gitDir } = stage;
  const parentAt = await git.output({ gitDir, args: ['show', '--no-patch', '--format=%ct', order.parent, '--'] });
  // Not the clock: the same order must give the same commit.
  const commit = await makeCommit(worktree, order, Math.max(Number(parentAt) + 1, record.openedAt));
  await setRef(git, gitDir, { ref: refOf(run, 'head'), sha: commit });
  await writeView(places, record, { mirror: gitDir, head: commit });
  return { commit, tree: order.tree };
}

async function makeCommit({ stage, rules }: RunWorktree, order: CommitOrder, at: number): Promise<string> {
  const { name, email } = rules.identity;
  const date = `${at} +0000`;
  const env = {
    ...{ GIT_AUTHOR_NAME: name, GIT_AUTHOR_EMAIL: email, GIT_AUTHOR_DATE: date },
    ...{ GIT_COMMITTER_NAME: name, GIT_COMMITTER_EMAIL: email, GIT_COMMITTER_DATE: date },
  };
  const args = ['commit-tree', '--no-gpg-sign', '-p', order.parent, order.tree];
  return (await stage.git.output({ gitDir: stage.gitDir, args, env, input: order.message })).trim();
}

/** Pushes the run's branch and remembers what the remote took: the next push expects to find it. */
export async function pushWork({ run, stage, rules }: RunWorktree, order: PushOrder): Promise<void> {
  const { git, gitDir } = stage;
  const expected = await readRef(gitDir, refOf(run, 'pushed'));
  await pushBranch(git, { gitDir, expected, plainHttp: rules.plainHttp }, order);
  await setRef(git, gitDir, { ref: refOf(run, 'pushed'), sha: order.sha });
}

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
