import type { AttemptOutcome, Role, Usage } from './domain/agent.js';
import type { Evidence } from './domain/check.js';
import type { Effect } from './domain/effect.js';
import type { Change, RunEvent, WorkEvent } from './domain/event.js';
import type {
  Comment,
  ForgeEvent,
  ForgeName,
  Issue,
  MergeRequest,
  Person,
  ReactionTarget,
  Repository,
} from './domain/forge.js';
import type { JournalEntry, StoredEntry } from './domain/journal.js';
import type { Plan } from './domain/plan.js';
import type { EffectId, PhaseName, Run, RunId, RunPolicy, Snapshot } from './domain/run.js';
import type { Secret } from './domain/secret.js';
import type { SlotLimits } from './domain/settings.js';

/** Time, injected so that the loop runs under a virtual clock. */
export interface Clock {
  nowMs(): number;
}

/** Fresh identities, injected so that tests are repeatable. */
export interface Ids {
  /** Short, sortable by time, `[a-z0-9]`. */
  next(): string;
}

/** Structured log; messages are constant and lower-case, data goes into fields. */
export interface Log {
  debug(fields: object, message: string): void;
  info(fields: object, message: string): void;
  warn(fields: object, message: string): void;
  error(fields: object, message: string): void;
  child(fields: object): Log;
}

/** Everything that Fleet keeps. Each member is one concern of the same database. */
export interface Store {
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly repositories: Repositories;
  /** Resolves when the database answers, else throws `retryLater`. */
  ping(): Promise<void>;
  close(): Promise<void>;
}

/** A delivery as the ingress hands it in. (`source`, `delivery`) is unique for ever. */
export interface Delivery {
  readonly source: ForgeName;
  readonly delivery: string;
  readonly event: ForgeEvent;
  readonly atMs: number;
}

/** A delivery that belongs to no run yet. */
export interface ReceivedDelivery extends Delivery {
  readonly inboxId: number;
}

export interface Inbox {
  /** Inserts the delivery unless (source, delivery) is known; `fresh` is false for a double. */
  receive(delivery: Delivery): Promise<{ readonly inboxId: number; readonly fresh: boolean }>;
  /** The delivery if it still waits to be admitted, else undefined. */
  waiting(inboxId: number): Promise<ReceivedDelivery | undefined>;
  /** Ids of deliveries that wait to be admitted, oldest first. */
  allWaiting(limit: number): Promise<readonly number[]>;
  /**
   * Ends the wait: the row is marked admitted with `because`, and its events are put into the inboxes of runs, in one transaction.
   * False when somebody else was faster; then nothing happened.
   */
  admit(
    inboxId: number,
    because: string,
    events: readonly { readonly run: RunId; readonly event: RunEvent }[],
  ): Promise<boolean>;
}

/** A run with what it has not read yet, in order of arrival. */
export interface LoadedRun {
  readonly run: Run;
  readonly unread: readonly { readonly inboxId: number; readonly event: RunEvent }[];
}

/** One step of a run, committed in one transaction. */
export interface RunChange {
  /** Revision that was loaded; 0 creates the run. */
  readonly fromRevision: number;
  readonly run: Run;
  readonly effects: readonly { readonly id: EffectId; readonly effect: Effect; readonly dueAtMs: number }[];
  readonly journal: readonly JournalEntry[];
  /** Inbox rows that were read. */
  readonly read: readonly number[];
  /** The delivery that a creation answers: admitted in the same transaction. */
  readonly admits?: { readonly inboxId: number; readonly because: string };
  /** Marks unsettled effects of earlier revisions cancelled, so that whoever performs them stops; those that only tell people (react, showStatus, tellPeople) stay. */
  readonly cancelsWork: boolean;
}

/** What a list of runs is narrowed by. */
export interface RunFilter {
  readonly phases?: readonly PhaseName[];
  readonly repositoryId?: string;
  readonly limit: number;
}

export interface Runs {
  load(id: RunId): Promise<LoadedRun | undefined>;
  /** Throws `lostRace` when the revision moved on, when the issue has another open run (creation), or the delivery was admitted already. */
  commit(change: RunChange): Promise<void>;
  /** Newest first. */
  list(filter: RunFilter): Promise<readonly Run[]>;
  /** The runs of one issue, newest first. At most one of them is open. */
  ofIssue(forge: ForgeName, repositoryId: string, issueNumber: number): Promise<readonly Run[]>;
  /** The open run whose merge request this is. */
  ofMergeRequest(forge: ForgeName, repositoryId: string, number: number): Promise<Run | undefined>;
  /** Runs that have unread events; ended ones, too, since what comes late is still read. */
  withUnread(): Promise<readonly RunId[]>;
  /**
   * Gives free slots to waiting runs, oldest first: inserts a `slotGranted` event for each, counting granted ones that have not been read
   * as taken. Safe to call from several processes at once.
   */
  grantSlots(limits: SlotLimits, nowMs: number): Promise<readonly RunId[]>;
}

/** An effect that this worker may perform until `untilMs`; `epoch` guards every write that follows. */
export interface Claim {
  readonly effectId: EffectId;
  readonly runId: RunId;
  readonly epoch: number;
  readonly effect: Effect;
  /** 1 for the first try. More than 1 means: the outcome of an earlier try may be unknown, so look before creating anything. */
  readonly tries: number;
}

export interface Outbox {
  /** Undefined when the effect is settled, cancelled, not due, or claimed by a worker that is alive. */
  claim(effectId: EffectId, worker: string, nowMs: number, forMs: number): Promise<Claim | undefined>;
  /** Prolongs claims; tells which are no longer held and which were cancelled. */
  renew(
    claims: readonly Claim[],
    nowMs: number,
    forMs: number,
  ): Promise<{ readonly lost: readonly EffectId[]; readonly cancelled: readonly EffectId[] }>;
  /** Settles the effect and puts its event into the run's inbox under (`fleet`, effect id), in one transaction. False: the claim was lost; nothing happened. */
  settle(claim: Claim, event: WorkEvent | undefined): Promise<boolean>;
  /** Gives the claim back, to be performed again at `dueAtMs`. */
  postpone(claim: Claim, dueAtMs: number, why: string): Promise<void>;
  /** Unsettled, uncancelled effects that are due and not claimed by a living worker. */
  due(nowMs: number, limit: number): Promise<readonly { readonly id: EffectId; readonly effect: Effect }[]>;
  /** Gives back every claim of this worker: at boot, when it has just come back. */
  release(worker: string): Promise<void>;
}

export interface Journal {
  append(entries: readonly JournalEntry[]): Promise<void>;
  read(run: RunId, afterSeq: number, limit: number): Promise<readonly StoredEntry[]>;
}

/** A repository that Fleet has heard of. */
export interface KnownRepository {
  readonly repository: Repository;
  readonly served: boolean;
  /** Label of its `.fleet/config.yml` when that was last read; `none`: read, and it names none. */
  readonly label: 'unread' | 'none' | { readonly name: string };
}

export interface Repositories {
  /** Inserts or updates path, default branch and installation, by forge and id. */
  see(repository: Repository, served: boolean): Promise<void>;
  find(forge: ForgeName, id: string): Promise<KnownRepository | undefined>;
  setLabel(forge: ForgeName, id: string, label: string | undefined): Promise<void>;
  list(): Promise<readonly KnownRepository[]>;
}

/** Messages carry ids only; a message that is lost or doubled changes nothing. */
export interface Queue {
  admit(inboxId: number): Promise<void>;
  /** At most one advance of a run is active and one waits. */
  advance(run: RunId): Promise<void>;
  perform(effect: { readonly id: EffectId; readonly lane: 'quick' | 'work'; readonly delayMs: number }): Promise<void>;
}

/** What a worker does with messages. A thrown error is logged; the row stays, so the sweep finds it again. */
export interface Listeners {
  admit(inboxId: number): Promise<void>;
  advance(run: RunId): Promise<void>;
  perform(effect: EffectId): Promise<void>;
}

/** Where git finds a repository, and what it must show. */
export interface GitRemote {
  readonly url: string;
  /** Value of the `Authorization` header; given to one git child by its environment, never by argv. */
  readonly authorization?: Secret;
}

/** A comment that carries a hidden marker, so that it can be found again. */
export interface MarkedComment {
  /** The whole marker, e.g. `<!-- fleet:v1 kind=status run=… phase=… -->`; it is the first line of the comment. */
  readonly marker: string;
  /** What a comment must contain to be this one, e.g. `<!-- fleet:v1 kind=status `. */
  readonly find: string;
  readonly body: string;
  /** Where it was last seen; when it is gone, it is looked for and else made again. */
  readonly knownId?: string;
  /** False when the caller has just looked and found none, and has not tried to create it: saves a listing. */
  readonly mayExist: boolean;
}

export interface MergeRequestOrder {
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  /** Who is asked for review; left out where the forge refuses (the author, people without access). */
  readonly reviewers: readonly Person[];
}

/** A forge. Writes are `ensure…`: find, then create or update, so that at least once looks like once. Failures are `Failure`s. */
export interface Forge {
  readonly name: ForgeName;
  /** Asked from the forge now; payloads are no authority. */
  canWrite(repository: Repository, person: Person): Promise<boolean>;
  issue(repository: Repository, number: number): Promise<Issue | undefined>;
  /** All comments of an issue or merge request, oldest first. */
  comments(repository: Repository, number: number): Promise<readonly Comment[]>;
  react(repository: Repository, target: ReactionTarget): Promise<void>;
  ensureComment(repository: Repository, number: number, comment: MarkedComment): Promise<{ readonly id: string }>;
  ensureMergeRequest(repository: Repository, order: MergeRequestOrder): Promise<MergeRequest>;
  mergeRequest(repository: Repository, number: number): Promise<MergeRequest | undefined>;
  /** A file of the default branch, or undefined. */
  readFile(repository: Repository, path: string): Promise<string | undefined>;
  remote(repository: Repository, purpose: 'fetch' | 'push'): Promise<GitRemote>;
}

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
  keep(run: RunId, head: Snapshot, protectedPaths: readonly string[]): Promise<{ readonly snapshot: Snapshot; readonly change: Change }>;
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

/** A command of the repository to be run by Fleet itself. */
export interface CheckOrder {
  readonly run: RunId;
  readonly workspace: Workspace;
  readonly tree: string;
  readonly commands: readonly { readonly name: string; readonly kind: Evidence['kind']; readonly command: string }[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Checks {
  /** Runs the commands one after the other and says what was seen; red is a result, not an error. */
  run(order: CheckOrder): Promise<readonly Evidence[]>;
}

/** What a repository's own configuration and files say, read at the head of its default branch. */
export interface RepositoryRules {
  /** Its own label, when it names one. */
  readonly label?: string;
  readonly base: string;
  /** Works on the files at the head of the base branch, where checks are detected. */
  readonly policy: (base: TreeFiles) => Promise<RunPolicy>;
}

/** Reads `.fleet/config.yml`; throws `needsPerson('configurationBroken')` with every problem. */
export type RulesReader = (repository: Repository, files: TreeFiles) => Promise<RepositoryRules>;

export interface AttemptOrder {
  /** Names the attempt's folders and stream; unique per try. */
  readonly id: string;
  readonly run: RunId;
  readonly role: Role;
  readonly agent: string;
  readonly task?: string;
  readonly workspace: Workspace;
  /** Builds the prompt once it is known where artifacts go. */
  readonly prompt: (place: { readonly artifacts: string; readonly schema: (name: 'plan') => string }) => string;
  readonly session?: string;
  readonly signal: AbortSignal;
  /** Told once a process runs, then every 30 s while it lives. */
  readonly heartbeat: (fields: Readonly<Record<string, string | number | boolean>>) => void;
}

export interface AttemptReport {
  readonly outcome: AttemptOutcome;
  readonly usage: Usage;
  readonly session?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Where the agent's artifacts are. */
  readonly artifacts: string;
}

/** A result, or every problem with it. */
export type Reading<T> = { readonly value: T } | { readonly problems: readonly string[] };

export interface Agents {
  /** Runs one attempt to its end, whatever that is: an agent that fails is a report, not an error. Afterwards no process of it lives. */
  run(order: AttemptOrder): Promise<AttemptReport>;
  /** Reads and checks `plan.json`. `paths`: the files of the base tree. */
  readPlan(artifacts: string, paths: readonly string[]): Promise<Reading<Plan>>;
  /** Removes what attempts of a run left: home, artifacts; streams stay for their retention. */
  forget(run: RunId): Promise<void>;
}

/** What the loop works with. */
export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly store: Store;
  readonly queue: Queue;
  readonly forges: ReadonlyMap<ForgeName, Forge>;
  readonly workspaces: Workspaces;
  readonly remover: WorkspaceRemover;
  readonly checks: Checks;
  readonly agents: Agents;
  readonly rules: RulesReader;
}
