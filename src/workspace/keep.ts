import type { Change } from '../domain/event.js';
import type { Snapshot } from '../domain/work.js';
import type { KeepOrder } from '../ports/workspace.js';
import { makeCommit } from './commits.js';
import type { Git } from './git.js';
import { markersLeft, replayMarkersLeft } from './markers.js';
import { mergeTrees } from './merge-trees.js';
import { archiveRefOf, refOf, setRef } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';
import { type Stage, stageAll, unstage } from './stage.js';
import { changesBetween, gitlinkMode, linkMode, type TreeChange, type TreeEntry } from './tree-entries.js';
import { atMost, problemsOf, shown } from './tree-problems.js';

const mostProblems = 20;

/** Keeps the files as a commit on the head that is on no branch. */
export async function keepWork(
  worktree: RunWorktree,
  { head, protectedPaths, merges, isConflicted, archive }: KeepOrder,
): Promise<{ readonly snapshot: Snapshot; readonly change: Change }> {
  const { stage, rules } = worktree;
  const merged = merges === undefined ? undefined : await comingWith(worktree, head, merges);
  const globs = [...rules.protectedPaths, ...protectedPaths];
  const { tree, change } = await takeTree(stage, { head, protectedPaths: globs, isBrought: merged?.isBrought });
  const left = isConflicted ? await replayMarkersLeft(worktree, head, tree) : ((await merged?.markersLeft(tree)) ?? []);
  const problems = atMost(mostProblems, [...left, ...change.problems]);
  const snapshot = tree === head.tree ? head : await keepTree(worktree, tree, head);
  if (archive !== undefined && tree !== head.tree) {
    await setRef(stage.git, stage.gitDir, { ref: archiveRefOf(archive), sha: snapshot.commit });
  }
  return { snapshot, change: { ...change, problems } };
}

/** The tree that the files are now, without what git cannot take. */
export async function fingerprintOf({ stage }: RunWorktree): Promise<string> {
  await stageAll(stage);
  return writeTree(stage);
}

/** Keeps a tree as a commit on the head that is on no branch; the same tree on the same head is the same commit. */
export async function keepTree(worktree: RunWorktree, tree: string, head: Snapshot): Promise<Snapshot> {
  const { run, stage, record } = worktree;
  const message = `Work of run ${run}, not yet checked\n`;
  const commit = await makeCommit(worktree, { tree, parents: [head.commit], message, at: record.openedAt });
  await setRef(stage.git, stage.gitDir, { ref: refOf(run, `kept/${commit}`), sha: commit });
  return { commit, tree };
}

/** What a merge brings by itself, to tell it from what the agent did. */
async function comingWith(worktree: RunWorktree, head: Snapshot, merges: string) {
  const { git, gitDir } = worktree.stage;
  const merged = await mergeTrees(worktree, { ours: head.commit, theirs: merges, name: worktree.record.base });
  const conflicting = new Set(merged.files);
  const [result, theirs] = [await entriesByPath(git, gitDir, merged.tree), await entriesByPath(git, gitDir, merges)];
  const isOf = (entries: ReadonlyMap<string, TreeEntry>, { path, mode, oid }: TreeChange) =>
    (entries.get(path)?.mode ?? '') === mode && (entries.get(path)?.oid ?? '') === oid;
  return {
    // What they do not have either may be what only the branch had: then it was the agent who took it out.
    isBrought: (change: TreeChange) =>
      isOf(result, change) || ((change.kind !== 'deleted' || conflicting.has(change.path)) && isOf(theirs, change)),
    markersLeft: (tree: string) => markersLeft(worktree, { trees: [merged.tree], files: merged.files }, tree),
  };
}

async function entriesByPath(git: Git, gitDir: string, tree: string): Promise<ReadonlyMap<string, TreeEntry>> {
  return new Map((await git.filesOf(gitDir, tree)).map((entry) => [entry.path, entry]));
}

/** What a tree is judged by. */
interface Judging {
  readonly head: Snapshot;
  readonly protectedPaths: readonly string[];
  /** True for changes that nobody answers for. */
  readonly isBrought: ((change: TreeChange) => boolean) | undefined;
}

/** Writes the worktree as a tree, and says what that changes against the head. */
async function takeTree(
  stage: Stage,
  { head, protectedPaths, isBrought = () => false }: Judging,
): Promise<{ tree: string; change: Change }> {
  const { git, gitDir } = stage;
  const refused = await stageAll(stage);
  let tree = await writeTree(stage);
  const before = await git.filesOf(gitDir, head.tree);
  let after = await git.filesOf(gitDir, tree);
  const all = changesBetween(before, after);
  const changes = all.filter((change) => !isBrought(change));
  const repositories = changes.filter(({ mode }) => mode === gitlinkMode).map(({ path }) => path);
  if (repositories.length > 0) {
    await unstage(stage, repositories);
    tree = await writeTree(stage);
    after = await git.filesOf(gitDir, tree);
  }
  const blobs = await blobsOf(git, gitDir, { changes, after });
  const pathsAfter = after.map(({ path }) => path);
  const judged = problemsOf({ changes, blobs, filesBefore: before.length, pathsAfter, protectedPaths });
  const kept = all.filter(({ path }) => !repositories.includes(path));
  return {
    tree,
    change: {
      changedFiles: kept.length,
      deletedFiles: kept.filter(({ kind }) => kind === 'deleted').length,
      files: pathsAfter.length,
      problems: [...refused.map(refusal), ...judged],
    },
  };
}

function refusal(path: string): string {
  if (path.endsWith('/')) return `${shown(path)} is a repository of its own: remove its .git, or leave it out`;
  return `${shown(path)} is nothing that git can keep: a name like .git, a file that cannot be read, or no regular file`;
}

async function writeTree({ git, gitDir, worktree }: Stage): Promise<string> {
  return (await git.output({ gitDir, worktree, args: ['write-tree'] })).trim();
}

/** Sizes of new blobs, and targets of new links. */
async function blobsOf(
  git: Git,
  gitDir: string,
  { changes, after }: { readonly changes: readonly TreeChange[]; readonly after: readonly TreeEntry[] },
) {
  const written = new Set(changes.filter(({ kind }) => kind !== 'deleted').map(({ oid }) => oid));
  const blobs = new Map<string, { readonly size: number; readonly target?: string }>();
  for (const { oid, mode, size } of after.filter((entry) => written.has(entry.oid))) {
    // The kernel allows 4,096 bytes; what is longer leads nowhere.
    const readTarget = () => (size > 4096 ? '/' : git.output({ gitDir, args: ['cat-file', 'blob', oid] }));
    if (mode === linkMode) blobs.set(oid, { size, target: await readTarget() });
    else if (!blobs.has(oid)) blobs.set(oid, { size });
  }
  return blobs;
}
