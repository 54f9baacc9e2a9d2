import { needsPerson } from '../domain/failure.js';
import type { Conflict, Snapshot } from '../domain/work.js';
import type { Integrated, IntegrateOrder } from '../ports/workspace.js';
import { type Commit, commitsAt, makeCommit, timeAfter } from './commits.js';
import { unexpected } from './git.js';
import { keepTree } from './keep.js';
import { allDone } from './locks.js';
import { type MergedTree, mergeTrees } from './merge-trees.js';
import { replay, type Replayed } from './replay.js';
import { isContained, moveRefs, readRef, refOf, remoteRefOf } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';
import { commitSuggestions } from './suggested-commits.js';
import { missingBranch } from './tree-files.js';
import { writeView } from './view.js';

const mostSubjects = 10;

/** Both sides of an integration; conflict markers call theirs by `name`. */
interface Sides {
  readonly ours: Commit;
  readonly theirs: Commit;
  readonly name: string;
}

/** Commits suggestions on the head, brings the source in, and puts the run's branch on what came of it. */
export async function integrateWork(worktree: RunWorktree, order: IntegrateOrder): Promise<Integrated> {
  const { run, stage } = worktree;
  const { git, gitDir } = stage;
  const source = await sourceOf(worktree, order);
  const shas = source.sha === undefined ? [] : [source.sha];
  const [head, theirs] = await commitsAt(git, gitDir, [order.head.commit, ...shas]);
  const { head: ours, applied } = await commitSuggestions(worktree, head, order);
  const brought =
    theirs === undefined ? { head: ours } : await bringIn(worktree, { ours, theirs, name: source.name }, order);
  const pushed = order.source === 'branch' ? { pushed: { at: source.sha } } : {};
  const contains = brought.commits === undefined ? [order.head.commit] : [];
  await moveRefs(git, gitDir, { run, head: brought.head.commit, contains, ...pushed });
  await writeView(worktree);
  const { commit, tree } = brought.head;
  return {
    head: { commit, tree },
    applied: applied.map((each) => ({ ...each, commit: brought.commits?.get(each.commit) ?? each.commit })),
    ...(brought.conflict === undefined ? {} : { conflict: brought.conflict }),
  };
}

/** What is brought in, by the name that conflict markers give it. A branch of the run's own that is gone brings nothing. */
async function sourceOf(
  { record, stage }: RunWorktree,
  { source, base }: IntegrateOrder,
): Promise<{ readonly name: string; readonly sha?: string | undefined }> {
  const name = source === 'base' ? base : `origin/${record.branch}`;
  if (source === 'none') return { name };
  const sha = await readRef(stage.gitDir, remoteRefOf(source === 'base' ? base : record.branch));
  if (sha === undefined && source === 'base') throw missingBranch(base);
  return { name, sha };
}

/** What an integration came to. `commits`: what became of commits that were written anew. */
interface Brought {
  readonly head: Snapshot;
  readonly commits?: Replayed['commits'];
  readonly conflict?: Conflict;
}

async function bringIn(worktree: RunWorktree, sides: Sides, order: IntegrateOrder): Promise<Brought> {
  const { ours, theirs } = sides;
  const forcedOut = await forcedOutOf(worktree, sides, order);
  if (forcedOut !== undefined) return leaveBehind(worktree, sides, forcedOut);
  const fork = await forkOf(worktree, sides);
  if (fork === ours.commit) return { head: theirs };
  const isThere = fork === theirs.commit;
  const since = await rewrittenSince(worktree, { theirs: theirs.commit, isThere }, order);
  const replayed = since === undefined ? undefined : await replay(worktree, { ours: ours.commit, since, onto: theirs });
  if (replayed !== undefined) return replayed;
  return isThere ? { head: ours } : merge(worktree, sides, order.messages.merge);
}

/** What the work stands on, where somebody has forced it out of the base and the work can still be put elsewhere. */
async function forcedOutOf(
  { stage }: RunWorktree,
  { ours, theirs }: Sides,
  { source, how, since }: IntegrateOrder,
): Promise<string | undefined> {
  if (source !== 'base' || how !== 'rebase' || since === undefined || since === theirs.commit) return undefined;
  const isIn = (commit: string): Promise<boolean> => isContained(stage.git, stage.gitDir, since, commit);
  return !(await isIn(theirs.commit)) && (await isIn(ours.commit)) ? since : undefined;
}

/** A merge would bring back what was forced out. */
async function leaveBehind(worktree: RunWorktree, { ours, theirs, name }: Sides, since: string): Promise<Brought> {
  const replayed = await replay(worktree, { ours: ours.commit, since, onto: theirs });
  if (replayed !== undefined) return replayed;
  throw needsPerson('baseReplaced', [
    `${name} does not hold ${since.slice(0, 12)} any more, which the work stands on, and the work cannot be put on ${theirs.commit.slice(0, 12)} without a conflict`,
  ]);
}

/** The commit after which ours are written anew; undefined where they are merged. */
async function rewrittenSince(
  { run, stage }: RunWorktree,
  { theirs, isThere }: { readonly theirs: string; readonly isThere: boolean },
  { source, how }: IntegrateOrder,
): Promise<string | undefined> {
  const { git, gitDir } = stage;
  if (source === 'base') return how === 'rebase' && !isThere ? theirs : undefined;
  const pushed = await readRef(gitDir, refOf(run, 'pushed'));
  // Where somebody has forced the branch, what they took out must not come back with a merge.
  return pushed === undefined || (await isContained(git, gitDir, pushed, theirs)) ? undefined : pushed;
}

/** The newest commit that both have. */
async function forkOf({ stage, record }: RunWorktree, { ours, theirs, name }: Sides): Promise<string> {
  const call = { gitDir: stage.gitDir, args: ['merge-base', ours.commit, theirs.commit] };
  const end = await stage.git.attempt(call);
  if (end.exit === 0) return end.stdout.trim();
  if (end.exit !== 1) throw unexpected(call, end);
  throw needsPerson('baseReplaced', [
    `${record.branch} and ${name} have no commit in common: somebody has replaced the history of one of them; merge them by hand, or close the merge request`,
  ]);
}

async function merge(worktree: RunWorktree, sides: Sides, message: string): Promise<Brought> {
  const { ours, theirs, name } = sides;
  const merged = await mergeTrees(worktree, { ours: ours.commit, theirs: theirs.commit, name });
  if (!merged.isClean) return { head: ours, conflict: await conflictOf(worktree, sides, merged) };
  const { tree } = merged;
  const parents = [ours.commit, theirs.commit] as const;
  const at = timeAfter(worktree, ours, theirs);
  return { head: { tree, commit: await makeCommit(worktree, { tree, parents, message, at }) } };
}

async function conflictOf(
  worktree: RunWorktree,
  sides: Sides,
  { tree, files, details }: MergedTree,
): Promise<Conflict> {
  const { ours, theirs, name } = sides;
  const [marked, oursLog, theirsLog] = await allDone([
    keepTree(worktree, tree, ours),
    subjectsOf(worktree, `${theirs.commit}..${ours.commit}`, files),
    subjectsOf(worktree, `${ours.commit}..${theirs.commit}`, files),
  ]);
  return { theirs: theirs.commit, name, files, details, marked, oursLog, theirsLog };
}

/** Subjects of the commits that touched these files, newest first. */
export async function subjectsOf(
  { stage }: RunWorktree,
  range: string,
  files: readonly string[],
): Promise<readonly string[]> {
  const args = ['log', `-${mostSubjects}`, '--no-merges', '--format=%s', range, '--', ...files];
  const lines = await stage.git.output({ gitDir: stage.gitDir, args, env: { GIT_LITERAL_PATHSPECS: '1' } });
  return lines.split('\n').filter((line) => line !== '');
}
