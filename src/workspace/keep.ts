import type { Change } from '../domain/event.js';
import type { Snapshot } from '../domain/run.js';
import type { Git } from './git.js';
import { type Stage, stageAll, unstage } from './stage.js';
import { changesBetween, gitlinkMode, linkMode, type TreeChange, type TreeEntry } from './tree-entries.js';
import { atMost, problemsOf, shown } from './tree-problems.js';

const mostProblems = 20;

/** Writes the worktree as a tree, and says what that changes against `head`. */
export async function takeTree(
  stage: Stage,
  head: Snapshot,
  protectedPaths: readonly string[],
): Promise<{ tree: string; change: Change }> {
  const { git, gitDir } = stage;
  const refused = await stageAll(stage);
  let tree = await writeTree(stage);
  const before = await git.filesOf(gitDir, head.tree);
  let after = await git.filesOf(gitDir, tree);
  const changes = changesBetween(before, after);
  const repositories = changes.filter(({ mode }) => mode === gitlinkMode).map(({ path }) => path);
  if (repositories.length > 0) {
    await unstage(stage, repositories);
    tree = await writeTree(stage);
    after = await git.filesOf(gitDir, tree);
  }
  const blobs = await blobsOf(git, gitDir, { changes, after });
  const pathsAfter = after.map(({ path }) => path);
  const judged = problemsOf({ changes, blobs, filesBefore: before.length, pathsAfter, protectedPaths });
  const problems = atMost(mostProblems, [...refused.map(refusal), ...judged]);
  const kept = changes.filter(({ mode }) => mode !== gitlinkMode);
  return {
    tree,
    change: {
      changedFiles: kept.length,
      deletedFiles: kept.filter(({ kind }) => kind === 'deleted').length,
      files: pathsAfter.length,
      problems,
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
