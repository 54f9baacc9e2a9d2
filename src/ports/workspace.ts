import type { Change } from '../domain/event.js';
import type { Repository } from '../domain/forge.js';
import type { RunId, Snapshot } from '../domain/run.js';
import type { GitRemote } from './forge.js';

/** The files of one commit. */
export interface TreeFiles {
  readonly sha: string;
  list(): Promise<readonly string[]>;
  /** Text of a regular file, at most 1 MB; undefined when it is not there, larger, a link or a directory. */
  read(path: string): Promise<string | undefined>;
}

/** A run's worktree. */
export interface Workspace {
  /** The folder that agents and checks work in. */
  readonly path: string;
  /** Git directories that the agent may read and must not write. */
  readonly gitDirectories: readonly string[];
}

export interface WorkspaceOrder {
  readonly run: RunId;
  readonly repository: Repository;
  readonly branch: string;
  readonly base: string;
}

export interface CommitOrder {
  readonly tree: string;
  readonly parent: string;
  readonly message: string;
}

export interface PushOrder {
  readonly remote: GitRemote;
  readonly sha: string;
  readonly branch: string;
}

/** Git, with a mirror per repository and a worktree per run. The agent edits, Fleet commits. */
export interface Workspaces {
  /** Brings the repository's mirror up to date. Throws `needsPerson('emptyRepository')` when it has no commit, `retryLater` on network trouble. */
  fetch(repository: Repository, remote: GitRemote): Promise<void>;
  /** The files at the head of a branch of the mirror; throws `needsPerson('configurationBroken')` when the branch is not there. */
  filesOf(repository: Repository, branch: string): Promise<TreeFiles>;
  /** Makes the run's worktree at the head of `base`, or finds it. `start` is the base commit. */
  open(
    order: WorkspaceOrder,
  ): Promise<{ readonly workspace: Workspace; readonly start: Snapshot; readonly files: number }>;
  /** The run's worktree, when it is there. */
  find(run: RunId): Promise<Workspace | undefined>;
  /** Brings the worktree to exactly this tree; ignored files (dependencies, caches) stay. */
  restore(run: RunId, to: Snapshot): Promise<void>;
  /** Keeps the worktree as it is now, and says what it changes against `head`. Ignored files are not part of it; `protectedPaths` are globs of what may not change. */
  keep(
    run: RunId,
    head: Snapshot,
    protectedPaths: readonly string[],
  ): Promise<{ readonly snapshot: Snapshot; readonly change: Change }>;
  /** Makes the commit under Fleet's identity, and puts the run's branch on it. The same order gives the same commit. */
  commit(run: RunId, order: CommitOrder): Promise<Snapshot>;
  /** Pushes one refspec with a lease; throws `needsPerson('pushRefused')` with the remote's words, `lostRace` when somebody pushed meanwhile. */
  push(run: RunId, order: PushOrder): Promise<void>;
  /** A unified diff for people, at most 1 MB. */
  diff(run: RunId, from: string, to: string): Promise<string>;
}

/** The end of a workspace, apart from its use: a clean-up may come long after. */
export interface WorkspaceRemover {
  /** Removes worktree, run refs and run folders. What was committed is on the remote, or is kept under `refs/fleet/archive/`. */
  remove(run: RunId): Promise<void>;
}
