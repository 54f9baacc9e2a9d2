import type { AppliedSuggestion, Change } from '../domain/event.js';
import type { Person, Repository } from '../domain/forge.js';
import type { Integration } from '../domain/effect.js';
import type { RunId } from '../domain/run.js';
import type { Conflict, Snapshot } from '../domain/work.js';
import type { GitRemote } from './forge.js';

/** The files of one commit. */
export interface TreeFiles {
  readonly sha: string;
  list(): Promise<readonly string[]>;
  /** Text of a regular file, at most 1 MB; undefined when it is not there, larger, a link or a directory. */
  read(path: string): Promise<string | undefined>;
}

/** A worktree of a run. */
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
  /** What the work was made on: head of the run's branch when it began. */
  readonly head: Snapshot;
  readonly lane?: number;
  /** Globs of what may not change, beside the operator's. */
  readonly protectedPaths: readonly string[];
  /** Commit that is being merged: what came with it is no change of the agent's, and no conflict marker may be left. */
  readonly merges?: string;
  /**
   * The worktree was given with the markers of a replay onto `head` that conflicted: no conflict marker may be left. All is the agent's own
   * change.
   */
  readonly isConflicted?: true;
  /** The work of an attempt that failed, by its id: it stays on an archive ref after the run. */
  readonly archive?: string;
}

/** Work that is put on what the run's branch has become meanwhile. */
export interface ReplayOrder {
  /** What the work was made on. */
  readonly from: Snapshot;
  /** The work, as it was kept. */
  readonly work: Snapshot;
  /** Head of the run's branch by now. */
  readonly onto: Snapshot;
  /** Title of the task, for people; conflict markers call it `"Title-of-the-task"`. */
  readonly name: string;
}

export interface Replay {
  /** The work on `onto`; `onto` itself where nothing of it is left, or where it conflicts. */
  readonly snapshot: Snapshot;
  readonly conflict?: Conflict;
}

export interface IntegrateOrder extends Integration {
  /** Name of the target branch. */
  readonly base: string;
  /** `rebase` where all commits of the branch are Fleet's own and nothing conflicts; else it is merged all the same. */
  readonly how: 'merge' | 'rebase';
  /** The commit of the base that the work stands on. Where somebody has forced it out, a rebase brings nothing of it back, or throws `needsPerson('baseReplaced')`. */
  readonly since?: string;
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

/** Two trees made one. */
export interface WeaveOrder {
  /** What everything else is taken from. */
  readonly onto: Snapshot;
  /** Tree that the chosen files are taken from; what is not there is taken away. */
  readonly from: string;
  readonly takes: (path: string) => boolean;
  /**
   * Text of files that are neither one nor the other, by path, asked where the trees differ there; each gets both texts. `undefined`: no
   * file, or none that is text of at most 1 MB.
   */
  readonly mixes?: Readonly<Record<string, (onto: string | undefined, from: string | undefined) => string | undefined>>;
}

/** A tree with other texts in some files. */
export interface EditOrder {
  readonly onto: Snapshot;
  /** By path; a file that is there keeps its mode. */
  readonly files: Readonly<Record<string, string>>;
}

/** A tree to be judged. */
export interface JudgeOrder {
  readonly snapshot: Snapshot;
  /** Command that makes its dependencies, where it needs any. */
  readonly setup?: string;
}

/** A tree whose dependencies a command makes. */
export interface SetupOrder extends JudgeOrder {
  readonly setup: string;
  /** Whose worktree dependencies are lent to. */
  readonly lane?: number;
}

export interface JudgingPlace {
  readonly workspace: Workspace;
  /** False when `setup` has to be run there first. */
  readonly hasDependencies: boolean;
}

/** Where trees are judged: a second worktree of the run, made of git's objects alone. No agent ever works there. */
export interface Judging {
  /** The newest commit that the head has in common with the target branch, as it was last fetched: what the change is held against. */
  forkOf(run: RunId, head: Snapshot): Promise<Snapshot>;
  /** Makes one tree of two, as a commit on `onto` that is on no branch; `onto` itself where nothing is taken. */
  weave(run: RunId, order: WeaveOrder): Promise<Snapshot>;
  /** Writes files anew, as a commit on `onto` that is on no branch; `onto` itself where there are none. */
  edit(run: RunId, order: EditOrder): Promise<Snapshot>;
  /** Paths at which two trees differ, sorted. */
  differing(run: RunId, one: Snapshot, other: Snapshot): Promise<readonly string[]>;
  /**
   * Brings the judging worktree to exactly this tree, with a fresh copy of what `setup` was kept to have made for its lockfiles, and nothing
   * else: what was ignored there is gone too, and what checks left at home. One at a time: it is the same folder for all trees of the run.
   */
  judge(run: RunId, order: JudgeOrder): Promise<JudgingPlace>;
  /** Puts the files of the judged tree back over what a command made of them; what it made beside them stays, for the next command to use. */
  putBack(run: RunId, judged: Snapshot): Promise<void>;
  /**
   * Keeps what `setup` has left beside the tree in the judging worktree. What it made of the run's base, and does not name its own place,
   * serves every run of the repository with the same lockfiles; all else serves this run.
   */
  keepDependencies(run: RunId, order: SetupOrder): Promise<void>;
  /**
   * Copies what is kept for every run, or for this run, into the worktree of a lane, and brings that to the tree; no agent may work there at the
   * moment. False when nothing fits: what names the judging worktree, or has a part of it at home, would lead an agent out of its worktree.
   */
  lendDependencies(run: RunId, order: SetupOrder): Promise<boolean>;
}

/** Git, with a mirror per repository, and a worktree for each lane of a run. The agent edits, Fleet commits. */
export interface Workspaces extends Branches {
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
  /** A worktree of the run, when it is there. Lane 0, the default, is the one that `open` makes; others are for tasks at its side. */
  find(run: RunId, lane?: number): Promise<Workspace | undefined>;
  /**
   * Brings the worktree of a lane to exactly this tree; ignored files (dependencies, caches) stay. Lanes beside lane 0 are made where they are
   * not there, and made anew, without what was ignored, where they cannot be mended.
   */
  restore(run: RunId, to: Snapshot, lane?: number): Promise<void>;
  /** Tells one state of the files of a lane from another, ignored ones apart, while an agent is at work. */
  fingerprint(run: RunId, lane?: number): Promise<string>;
  /** Keeps the worktree of a lane as it is now, and says what it changes against the head. Ignored files are not part of it. */
  keep(run: RunId, order: KeepOrder): Promise<{ readonly snapshot: Snapshot; readonly change: Change }>;
}

/** The branch of a run, and what comes onto it. No file of a worktree is touched. */
export interface Branches {
  /**
   * Brings suggestions, then the source into the run's branch, as far as that goes without a conflict; the mirror was fetched before. The
   * same order on the same mirror gives the same commits. A thread whose suggestions cannot all be applied as they stand is left out of `applied`.
   * Throws `needsPerson('configurationBroken')` when the base is gone, or has no history in common with the branch.
   */
  integrate(run: RunId, order: IntegrateOrder): Promise<Integrated>;
  /** Merges work into a newer head, as a commit on it that is on no branch. The same order gives the same commit. */
  replay(run: RunId, order: ReplayOrder): Promise<Replay>;
  /** Makes the commit under Fleet's identity, and puts the run's branch on it. The same order gives the same commit. */
  commit(run: RunId, order: CommitOrder): Promise<Snapshot>;
  /** Pushes one refspec with a lease; throws `needsPerson('pushRefused')` with the remote's words, `lostRace` when somebody pushed meanwhile, or when it would drop a commit of somebody else's. */
  push(run: RunId, order: PushOrder): Promise<void>;
  /** A unified diff for people, at most 1 MB. */
  diff(run: RunId, from: string, to: string): Promise<string>;
}

/** The end of a workspace, apart from its use: a clean-up may come long after. */
export interface WorkspaceRemover {
  /** Removes worktrees, run refs and run folders. What was committed is on the remote, or is kept under `refs/fleet/archive/`. */
  remove(run: RunId): Promise<void>;
}
