import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { JudgeOrder, JudgingPlace, SetupOrder } from '../ports/workspace.js';
import { retryLater } from '../domain/failure.js';
import type { Snapshot } from '../domain/work.js';
import type { Dependencies, DependencyOrder } from './dependencies.js';
import { dependencyName } from './dependency-name.js';
import { ensureFolder, mend, othersIn } from './files.js';
import { allDone } from './locks.js';
import { bringFiles, checkOut } from './restore.js';
import type { RunWorktree } from './run-worktree.js';
import type { Trash } from './trash.js';
import type { TreeEntry } from './tree-entries.js';
import { writeView } from './view.js';

/** What judging needs beside the run. */
export interface Bench {
  readonly trash: Trash;
  readonly dependencies: Dependencies;
}

/** Brings the judging worktree to exactly this tree, and copies its dependencies in where they are kept. */
export async function judgeTree(worktree: RunWorktree, bench: Bench, order: JudgeOrder): Promise<JudgingPlace> {
  const judging = inJudgement(worktree);
  const { snapshot, setup } = order;
  await bringExactly(judging, bench.trash, snapshot.tree);
  const hasDependencies = setup === undefined || (await copyIn(judging, bench, { snapshot, setup }));
  await writeView(judging, snapshot.commit);
  const { places, stage } = judging;
  return { workspace: { path: places.worktree.path, gitDirectories: [places.view, stage.gitDir] }, hasDependencies };
}

/** The files of the judged tree as they are in it, whatever a command has made of them. */
export async function putBack(worktree: RunWorktree, { tree }: Snapshot): Promise<void> {
  const { stage } = inJudgement(worktree);
  try {
    await checkOut(stage, tree);
  } catch {
    // As in any worktree: folders that may not be written, a broken index. The second try says what else is wrong.
    await allDone([mend(stage.worktree.path), rm(stage.worktree.index, { force: true })]);
    await checkOut(stage, tree);
  }
}

/** Keeps what a set-up has left in the judging worktree beside this tree; there it has copies then, as it will have the next time. */
export async function keepDependencies(worktree: RunWorktree, bench: Bench, order: SetupOrder): Promise<void> {
  const judging = inJudgement(worktree);
  const entries = await entriesOf(judging, order);
  const canShare = order.snapshot.tree === worktree.record.start.tree;
  const named = namedBy(judging, order, entries);
  await bench.dependencies.take({ ...named, files: entries.map(({ path }) => path), canShare });
  if (!(await copyIn(judging, bench, order)))
    throw retryLater(`dependencies of run ${worktree.run} were kept and are gone again`);
}

/** Copies what serves all worktrees of the run into that of an agent. */
export async function lendDependencies(
  worktree: RunWorktree,
  { dependencies }: Bench,
  order: SetupOrder,
): Promise<boolean> {
  const { places, stage } = worktree;
  const named = namedBy(worktree, order, await entriesOf(worktree, order));
  const isIn = await dependencies.copyTo(places.worktree.path, { ...named, whose: 'lane' });
  if (isIn) await bringFiles(stage, order.snapshot.tree);
  return isIn;
}

/** The run's worktree as the one in which it is judged. */
function inJudgement(worktree: RunWorktree): RunWorktree {
  const { places, stage } = worktree;
  const { judging } = places;
  return { ...worktree, places: { ...places, ...judging }, stage: { ...stage, worktree: judging.worktree } };
}

async function bringExactly(judging: RunWorktree, trash: Trash, tree: string): Promise<void> {
  const { path, index } = judging.places.worktree;
  try {
    await bringAlone(judging, trash, tree);
  } catch {
    // Folders that may not be written, a broken index: a new folder has none of it, and says what else is wrong.
    await allDone([trash.take([path]), rm(index, { force: true })]);
    await bringAlone(judging, trash, tree);
  }
}

/** The files of the tree, and nothing beside them or at home: a test may have told npm there which shell to use. */
async function bringAlone({ places, stage }: RunWorktree, trash: Trash, tree: string): Promise<void> {
  const { path } = places.worktree;
  await ensureFolder(path);
  const files = await bringFiles(stage, tree);
  await trash.take([places.leftovers, ...(await othersIn(path, files)).map((each) => join(path, each))]);
}

/** Copies kept dependencies into the judging worktree; what does not fit into this tree leaves no trace. */
async function copyIn(judging: RunWorktree, bench: Bench, order: SetupOrder): Promise<boolean> {
  const { tree } = order.snapshot;
  const named = namedBy(judging, order, await entriesOf(judging, order));
  const isIn = await bench.dependencies.copyTo(judging.places.worktree.path, { ...named, whose: 'judging' });
  // Where a file of the tree has the name of something that was made, the tree is right.
  if (isIn) await checkOut(judging.stage, tree);
  else await bringExactly(judging, bench.trash, tree);
  return isIn;
}

function entriesOf({ stage }: RunWorktree, { snapshot }: JudgeOrder): Promise<readonly TreeEntry[]> {
  return stage.git.filesOf(stage.gitDir, snapshot.tree);
}

function namedBy(
  { places, shared }: RunWorktree,
  { setup }: SetupOrder,
  entries: readonly TreeEntry[],
): DependencyOrder {
  return { name: dependencyName(setup, entries), places, shared };
}
