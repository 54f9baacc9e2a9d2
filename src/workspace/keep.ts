import type { Change } from '../domain/event.js';
import type { Snapshot } from '../domain/run.js';
import type { Git } from './git.js';
import { allDone } from './locks.js';
import { type Stage, stageAll, unstage } from './stage.js';
import { gitlinkMode, linkMode, parseChanges, parseTree, type TreeChange } from './tree-entries.js';
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
  const changes = await changesBetween(git, gitDir, { from: head.tree, to: tree });
  const repositories = changes.filter(({ mode }) => mode === gitlinkMode).map(({ path }) => path);
  if (repositories.length > 0) {
    await unstage(stage, repositories);
    tree = await writeTree(stage);
  }
  const [before, after, blobs] = await allDone([
    git.output({ gitDir, args: ['ls-tree', '-r', '-z', head.tree] }),
    git.output({ gitDir, args: ['ls-tree', '-r', '-z', tree] }),
    blobsOf(git, gitDir, changes),
  ]);
  const pathsAfter = parseTree(after).map(({ path }) => path);
  const judged = problemsOf({ changes, blobs, filesBefore: parseTree(before).length, pathsAfter, protectedPaths });
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

async function changesBetween(
  git: Git,
  gitDir: string,
  { from, to }: { from: string; to: string },
): Promise<readonly TreeChange[]> {
  if (from === to) return [];
  const args = [
    'diff-tree',
    '--raw',
    '-r',
    '-z',
    '--no-renames',
    '--no-ext-diff',
    '--no-textconv',
    '--no-abbrev',
    from,
    to,
  ];
  return parseChanges(await git.output({ gitDir, args }));
}

/** Sizes of new blobs, and targets of new links. */
async function blobsOf(git: Git, gitDir: string, changes: readonly TreeChange[]) {
  const written = changes.filter(({ kind, mode }) => kind !== 'deleted' && mode !== gitlinkMode);
  const blobs = new Map<string, { readonly size: number; readonly target?: string }>();
  if (written.length === 0) return blobs;
  const input = written.map(({ oid }) => `${oid}\n`).join('');
  const sizes = await git.output({ gitDir, args: ['cat-file', '--batch-check=%(objectname) %(objectsize)'], input });
  for (const line of sizes.trim().split('\n')) {
    const [oid = '', size = '0'] = line.split(' ');
    blobs.set(oid, { size: Number(size) });
  }
  for (const { oid } of written.filter(({ mode }) => mode === linkMode)) {
    const size = blobs.get(oid)?.size ?? 0;
    // The kernel allows 4,096 bytes; what is longer leads nowhere.
    const target = size > 4096 ? '/' : await git.output({ gitDir, args: ['cat-file', 'blob', oid] });
    blobs.set(oid, { size, target });
  }
  return blobs;
}
