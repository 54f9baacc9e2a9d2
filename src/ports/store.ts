import type { Effect } from '../domain/effect.js';
import type { RunEvent, WorkEvent } from '../domain/event.js';
import type { ForgeEvent, ForgeName, Repository } from '../domain/forge.js';
import type { JournalEntry, StoredEntry } from '../domain/journal.js';
import type { PhaseName } from '../domain/phase.js';
import type { EffectId, Run, RunId } from '../domain/run.js';
import type { SlotLimits } from '../domain/settings.js';
import type { Accounts, Attempts } from './accounts.js';

/** Everything that Fleet keeps. Each member is one concern of the same database. */
export interface Store {
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly outbox: Outbox;
  readonly journal: Journal;
  readonly repositories: Repositories;
  readonly accounts: Accounts;
  readonly attempts: Attempts;
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
