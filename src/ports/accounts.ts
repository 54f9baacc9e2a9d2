import type { Account, Fare, Health } from '../domain/account.js';
import type { AttemptRecord, Role } from '../domain/agent.js';
import type { ForgeName } from '../domain/forge.js';
import type { RunId } from '../domain/run.js';

/** How the accounts of agents fare, over all runs and workers. */
export interface Accounts {
  /** Accounts that were ever in trouble; all others are well. */
  list(): Promise<readonly Account[]>;
  /** Changes the health of one account, one at a time over all processes. */
  change(name: string, by: (health: Health) => Health): Promise<{ readonly before: Health; readonly after: Health }>;
  /** Tells every run that waits for an agent that one may be back; those are named. */
  wake(nowMs: number): Promise<readonly RunId[]>;
}

/** Where an attempt belongs, for the figures about it. */
export interface AttemptPlace {
  readonly run: RunId;
  readonly forge: ForgeName;
  readonly repositoryId: string;
  /** What triage took the issue for; unset before. */
  readonly kind?: string;
  readonly account: string;
}

/** Every attempt that came to its end, and what became of its work. */
export interface Attempts {
  /** Writes an attempt down, once by its id. */
  record(attempt: AttemptRecord, place: AttemptPlace, isAccepted: boolean): Promise<void>;
  /** The last attempt at this work was good. */
  accept(of: { readonly run: RunId; readonly role: Role; readonly task: string }): Promise<void>;
  /** Tokens in and out by account, of attempts that ended since. */
  tokensSince(atMs: number): Promise<ReadonlyMap<string, number>>;
  /** By agent, for a repository, kind of issue and role. */
  fares(of: Omit<AttemptPlace, 'run' | 'account'> & { readonly role: Role }): Promise<readonly Fare[]>;
}
