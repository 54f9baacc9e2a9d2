import type { AppliedSuggestion, Change } from '../domain/event.js';
import type { Person, Repository } from '../domain/forge.js';
import type { Integration } from '../domain/effect.js';
import type { Conflict, RunId, Snapshot } from '../domain/run.js';
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

export interface Opened {
  readonly workspace: Workspace;
  readonly start: Snapshot;
  readonly files: number;
  readonly branchHead?: Snapshot;
}

export interface WorkspaceOrder {
  readonly run: RunId;
  readonly repository: Repository;
  readonly branch: string;
  readonly base: string;
  /** Take over what is on the remote under the run's branch, where it is there: people may have pushed to it. */
  readonly adopts?: boolean;
}

export interface CommitOrder {
  readonly tree: string;
  /** The second one is what is merged. */
  readonly parents: readonly [string, ...string[]];
  readonly message: string;
}

/** What a change is held against. */
export interface KeepOrder {
  /** Head of the run's branch. */
  readonly head: Snapshot;
  /** Globs of what may not change, beside the operator's. */
  readonly protectedPaths: readonly string[];
  /** Commit that is being merged: what came with it is no change of the agent's, and no conflict marker may be left. */
  readonly merges?: string;
}

export interface IntegrateOrder extends Integration {
  /** Name of the target branch. */
  readonly base: string;
  /** `rebase` where all commits of the branch are Fleet's own and nothing conflicts; else it is merged all the same. */
  readonly how: 'merge' | 'rebase';
  /** Globs of what suggestions may not change, beside the operator's. */
  readonly protectedPaths: readonly string[];
  /** Commit messages: for the merge commit, and for a thread's suggestions. */
  readonly messages: {
    readonly merge: string;
    readonly suggestion: (by: Person) => string;
  };
}

export interface Integrated {
  readonly head: Snapshot;
  readonly applied: readonly AppliedSuggestion[];
  readonly conflict?: Conflict;
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
  /** The files at the head of a branch of the mirror, or of a commit; throws `needsPerson('configurationBroken')` when the branch is not there. */
  filesOf(repository: Repository, at: string | { readonly commit: string }): Promise<TreeFiles>;
  /**
   * Makes the run's worktree at the head of `base`, or finds it. `start` is the base commit. With `adopts`, the run's branch becomes what it was
   * on the remote at the last fetch, `branchHead`, and the next push expects to find it there; without it nothing of the run's branch changes.
   * A branch that is gone there is made anew by the next push. What only this machine had stays under `refs/fleet/archive/`.
   */
  open(order: WorkspaceOrder): Promise<Opened>;
  /** The run's worktree, when it is there. */
  find(run: RunId): Promise<Workspace | undefined>;
  /** Brings the worktree to exactly this tree; ignored files (dependencies, caches) stay. */
  restore(run: RunId, to: Snapshot): Promise<void>;
  /** Keeps the worktree as it is now, and says what it changes against the head. Ignored files are not part of it. */
  keep(run: RunId, order: KeepOrder): Promise<{ readonly snapshot: Snapshot; readonly change: Change }>;
  /**
   * Brings suggestions, then the source into the run's branch, as far as that goes without a conflict; the mirror was fetched before. The
   * same order on the same mirror gives the same commits. A thread whose suggestions cannot all be applied as they stand is left out of `applied`.
   * Throws `needsPerson('configurationBroken')` when the base is gone, or has no history in common with the branch.
   */
  integrate(run: RunId, order: IntegrateOrder): Promise<Integrated>;
  /** Makes the commit under Fleet's identity, and puts the run's branch on it. The same order gives the same commit. */
  commit(run: RunId, order: CommitOrder): Promise<Snapshot>;
  /** Pushes one refspec with a lease; throws `needsPerson('pushRefused')` with the remote's words, `lostRace` when somebody pushed meanwhile, or when it would drop a commit of somebody else's. */
  push(run: RunId, order: PushOrder): Promise<void>;
  /** A unified diff for people, at most 1 MB. */
  diff(run: RunId, from: string, to: string): Promise<string>;
}

/** The end of a workspace, apart from its use: a clean-up may come long after. */
export interface WorkspaceRemover {
  /** Removes worktree, run refs and run folders. What was committed is on the remote, or is kept under `refs/fleet/archive/`. */
  remove(run: RunId): Promise<void>;
}
