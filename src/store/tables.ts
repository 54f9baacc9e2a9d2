import type { ColumnType, Generated, Kysely } from 'kysely';
import type { Health } from '../domain/account.js';
import type { AgentFailureKind, AttemptOutcome, LimitKind, Role } from '../domain/agent.js';
import type { Effect, EffectType } from '../domain/effect.js';
import type { ForgeEvent, ForgeName, Repository } from '../domain/forge.js';
import type { RunEvent } from '../domain/event.js';
import type { JournalEntry } from '../domain/journal.js';
import type { PhaseName } from '../domain/phase.js';
import type { EffectId, Run, RunId } from '../domain/run.js';
import type { Database } from './database.js';

/** Written as JSON text by `jsonb`, read as what was written. */
type Json<T> = ColumnType<T, string, string>;
type Time = ColumnType<Date | null, never, Date | 'now' | null>;

export interface Tables {
  inbox: InboxTable;
  runs: RunsTable;
  outbox: OutboxTable;
  journal: JournalTable;
  repositories: RepositoriesTable;
  accounts: AccountsTable;
  attempts: AttemptsTable;
}

/** Deliveries of forges (`run` is null) and events of runs. */
interface InboxTable {
  readonly id: Generated<number>;
  readonly source: ForgeName | 'fleet';
  readonly delivery: string;
  readonly run: RunId | null;
  readonly type: ForgeEvent['type'] | RunEvent['type'];
  readonly event: Json<ForgeEvent | RunEvent>;
  readonly at_ms: number;
  /** When the delivery was admitted, or the run read the event. */
  readonly read_at: Time;
  readonly because: ColumnType<string | null, never, string>;
}

/** The run as a whole, and beside it what is searched for: see `columnsOf`. */
export interface RunsTable {
  readonly id: RunId;
  readonly revision: number;
  readonly run: Json<Run>;
  readonly phase: PhaseName;
  readonly forge: ForgeName;
  readonly repository_id: string;
  readonly issue_number: number;
  readonly merge_request_number: number | null;
  readonly requester_id: string;
  readonly open: boolean;
  readonly slot: boolean;
  readonly waiting: boolean;
  readonly created_at_ms: number;
  readonly updated_at_ms: number;
}

interface OutboxTable {
  readonly id: EffectId;
  readonly run: RunId;
  readonly revision: number;
  readonly type: EffectType;
  readonly effect: Json<Effect>;
  readonly due_at_ms: number;
  readonly tries: Generated<number>;
  readonly epoch: Generated<number>;
  /** Null when nobody holds a claim. */
  readonly worker: ColumnType<string | null, never, string | null>;
  readonly claimed_until_ms: ColumnType<number | null, never, number | null>;
  readonly postponed_because: ColumnType<string | null, never, string>;
  readonly settled_at: Time;
  readonly cancelled_at: Time;
}

interface JournalTable {
  readonly seq: Generated<number>;
  readonly run: RunId;
  readonly at_ms: number;
  readonly kind: JournalEntry['kind'];
  readonly text: string;
  readonly fields: Json<JournalEntry['fields']>;
}

interface RepositoriesTable {
  readonly forge: ForgeName;
  readonly id: string;
  readonly repository: Json<Repository>;
  readonly served: boolean;
  readonly label_read: Generated<boolean>;
  readonly label: ColumnType<string | null, never, string | null>;
  readonly seen_at: Time;
}

interface AccountsTable {
  readonly name: string;
  readonly health: Json<Health>;
}

/** Every attempt that ended; `task` and `kind` are empty where there was none. */
interface AttemptsTable {
  readonly id: string;
  readonly run: RunId;
  readonly forge: ForgeName;
  readonly repository_id: string;
  readonly kind: string;
  readonly role: Role;
  readonly agent: string;
  readonly account: string;
  readonly task: string;
  readonly outcome: AttemptOutcome['kind'];
  readonly failure: AgentFailureKind | null;
  readonly limit_kind: LimitKind | null;
  readonly accepted: boolean;
  readonly started_at_ms: number;
  readonly ended_at_ms: number;
  /** In and out. */
  readonly tokens: number;
  readonly cost_usd: number;
}

/** Fleet's own tables; also a transaction on them. */
export type FleetTables = Kysely<Tables>;

export function tablesOf(database: Database): FleetTables {
  // What the migrations made is what the types say.
  return (database.kysely as Kysely<Tables>).withSchema('fleet');
}

/** JSON text for a `jsonb` column, which cannot hold what output of programs may bring: NUL and halves of surrogate pairs. */
export function jsonb(value: object): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'string' ? storable(each) : each));
}

/** Text that PostgreSQL can hold. */
export function storable(text: string): string {
  return text.replace(/[\0\p{Surrogate}]/gu, '\ufffd');
}
