import { lostRace } from '../domain/failure.js';
import type { RunId } from '../domain/run.js';
import type { Clock, Log } from '../ports.js';
import type { Judging, Opened, Workspace, WorkspaceOrder, WorkspaceRemover, Workspaces } from '../ports/workspace.js';
import { commitsAt, commitWork } from './commits.js';
import { createDependencies } from './dependencies.js';
import { diffOf } from './diff.js';
import { editTree, pathsBetween } from './edit.js';
import { ensureFolder, isFolder } from './files.js';
import { createGit, type Git } from './git.js';
import { followBranch } from './follow-branch.js';
import { forkWithTarget } from './fork.js';
import { integrateWork } from './integrate.js';
import { judgeTree, keepDependencies, lendDependencies, putBack } from './judge.js';
import { fingerprintOf, keepWork } from './keep.js';
import { allDone, createLocks, type Locks } from './locks.js';
import { createFetcher, sealMirror } from './mirror.js';
import { type Opening, openWorktree } from './open.js';
import {
  createPlaces,
  type Places,
  readRecord,
  type RunPlaces,
  type RunRecord,
  worktreesOf,
  writeRecord,
} from './places.js';
import { pushWork } from './push.js';
import { replayWork } from './replay-work.js';
import { bringLaneTo, bringTo, restoreTree } from './restore.js';
import { dropRefs } from './run-refs.js';
import type { RunWorktree, WorktreeRules } from './run-worktree.js';
import { type Starter, startHere } from './starter.js';
import { createTrash } from './trash.js';
import { headOf, mirrorReader, treeFilesOf } from './tree-files.js';
import { usualProtectedPaths } from './tree-problems.js';
import { writeView } from './view.js';
import { weaveTrees } from './weave.js';

export interface WorkspacesOptions {
  /** Data folder; mirrors, worktrees, git and trash are made in it. */
  readonly folder: string;
  readonly clock: Clock;
  readonly log: Log;
  /** Who Fleet's commits are by. */
  readonly identity: { readonly name: string; readonly email: string };
  /** All that git inherits: PATH, proxies, SSH_AUTH_SOCK. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Globs of what only people change in any repository; default `usualProtectedPaths`. A repository names more of them. */
  readonly protectedPaths?: readonly string[];
  /** Lets tokens travel over plain http to other machines: the operator's word (GHE_PROTOCOL=http). */
  readonly plainHttp?: boolean;
  /** What starts git; default: this process itself. Closed together with the workspaces. */
  readonly starter?: Starter;
}

const usualEnvironment = { PATH: '/usr/local/bin:/usr/bin:/bin' };

/** What is shared by all runs. */
interface Ground {
  readonly git: Git;
  readonly places: Places;
  readonly lock: Locks;
  readonly clock: Clock;
  readonly rules: WorktreeRules;
}

function groundOf(options: WorkspacesOptions): Ground {
  const { clock, identity, environment = usualEnvironment, protectedPaths = usualProtectedPaths } = options;
  return {
    git: createGit(environment, options.starter ?? startHere),
    places: createPlaces(options.folder),
    lock: createLocks(),
    clock,
    rules: { identity, protectedPaths, plainHttp: options.plainHttp ?? false },
  };
}

/** Git on disk: a mirror per repository; per lane of a run a worktree, and beside it an index and a git directory for the agent's eyes. */
export function createWorkspaces(
  options: WorkspacesOptions,
): Workspaces & Judging & WorkspaceRemover & { close(): Promise<void> } {
  const { log, environment = usualEnvironment, starter = startHere } = options;
  const ground = groundOf(options);
  const { places, lock, git, rules } = ground;
  const trash = createTrash(places.trash, log);
  const judging = { trash, dependencies: createDependencies(starter, environment, trash) };
  const fetchMirror = createFetcher(git, lock, rules);

  return {
    fetch: (repository, remote) => fetchMirror(places.mirror(repository), repository, remote),
    async filesOf(repository, at) {
      const mirror = places.mirror(repository);
      await sealMirror(mirror);
      const commit =
        typeof at === 'string' ? await headOf(git, mirror, at) : (await commitsAt(git, mirror, [at.commit]))[0];
      return treeFilesOf({ git, mirror, read: mirrorReader(mirror, environment) }, commit);
    },
    open: (order) => lock(order.run, () => findOrOpen(ground, order)),
    find: (run, lane) => find(places, run, lane),
    restore: (run, to, lane = 0) =>
      within(ground, run, (worktree) => (lane === 0 ? bringTo(worktree, to) : bringLaneTo(worktree, trash, to)), lane),
    fingerprint: (run, lane) => within(ground, run, fingerprintOf, lane),
    keep: (run, order) => within(ground, run, (worktree) => keepWork(worktree, order), order.lane),
    integrate: (run, order) => within(ground, run, (worktree) => integrateWork(worktree, order)),
    replay: (run, order) => within(ground, run, (worktree) => replayWork(worktree, order)),
    commit: (run, order) => within(ground, run, (worktree) => commitWork(worktree, order)),
    push: (run, order) => within(ground, run, (worktree) => pushWork(worktree, order)),
    diff: (run, from, to) => within(ground, run, (worktree) => diffOf(worktree, { from, to })),
    forkOf: (run, head) => within(ground, run, (worktree) => forkWithTarget(worktree, head)),
    weave: (run, order) => within(ground, run, (worktree) => weaveTrees(worktree, order)),
    edit: (run, order) => within(ground, run, (worktree) => editTree(worktree, order)),
    differing: (run, one, other) => within(ground, run, (worktree) => pathsBetween(worktree, one, other)),
    judge: (run, order) => within(ground, run, (worktree) => judgeTree(worktree, judging, order)),
    putBack: (run, judged) => within(ground, run, (worktree) => putBack(worktree, judged)),
    keepDependencies: (run, order) => within(ground, run, (worktree) => keepDependencies(worktree, judging, order)),
    lendDependencies: (run, order) =>
      within(ground, run, (worktree) => lendDependencies(worktree, judging, order), order.lane),
    remove: (run) =>
      lock(run, async () => {
        const place = places.of(run);
        const record = await readRecord(place);
        if (record !== undefined) {
          const mirror = places.mirrorOf(record);
          await sealMirror(mirror);
          await dropRefs(git, mirror, { run, start: record.start.commit });
        }
        await trash.take([place.own, ...(await worktreesOf(places, run)), place.leftovers]);
      }),
    close: () => trash.close().finally(() => starter.close()),
  };
}

/** Works on a run, one piece of work at a time, whatever its lane. A run without a worktree was ended meanwhile. */
function within<T>(ground: Ground, run: RunId, work: (worktree: RunWorktree) => Promise<T>, lane?: number): Promise<T> {
  const { places, lock } = ground;
  return lock(run, async () => {
    const place = places.of(run);
    const record = await readRecord(place);
    if (record === undefined) throw lostRace(`run ${run} has no worktree any more`);
    return work(await known(ground, run, record, lane));
  });
}

async function known({ git, places, rules }: Ground, run: RunId, record: RunRecord, lane = 0): Promise<RunWorktree> {
  const place = places.of(run, lane);
  const mirror = places.mirrorOf(record);
  await allDone([sealMirror(mirror), ensureFolder(place.worktree.path)]);
  const shared = places.dependenciesOf(record);
  return { run, record, places: place, shared, stage: { git, gitDir: mirror, worktree: place.worktree }, rules };
}

/** The folder of lane 0 is made again by whatever works in it. */
async function find(places: Places, run: RunId, lane = 0): Promise<Workspace | undefined> {
  const place = places.of(run, lane);
  const record = await readRecord(place);
  const isThere = record !== undefined && (lane === 0 || (await isFolder(place.worktree.path)));
  return isThere ? workspaceOf(place, places.mirrorOf(record)) : undefined;
}

async function findOrOpen(ground: Ground, order: WorkspaceOrder): Promise<Opened> {
  const { git, places, clock } = ground;
  const place = places.of(order.run);
  const mirror = places.mirror(order.repository);
  await sealMirror(mirror);
  const found = await readRecord(place);
  const isWhole = found !== undefined && (await isFolder(place.worktree.path));
  const opening: Opening = { git, mirror, places: place, openedAt: Math.floor(clock.nowMs() / 1000) };
  const record = found ?? (await openWorktree(opening, order));
  const worktree = await known(ground, order.run, record);
  const { start, files } = record;
  if (found !== undefined && !isWhole) await restoreTree(worktree.stage, start.tree);
  const branchHead = order.adopts === true ? await followBranch(worktree) : undefined;
  if (!isWhole) await writeView(worktree);
  if (found === undefined) await writeRecord(place, record);
  return { workspace: workspaceOf(place, mirror), start, files, ...(branchHead === undefined ? {} : { branchHead }) };
}

function workspaceOf({ worktree, view }: RunPlaces, mirror: string): Workspace {
  return { path: worktree.path, gitDirectories: [view, mirror] };
}
