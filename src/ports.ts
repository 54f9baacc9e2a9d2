import type { ForgeName } from './domain/forge.js';
import type { EffectId, RunId } from './domain/run.js';
import type { Agents } from './ports/agent.js';
import type { Checks, Gates, RulesReader } from './ports/check.js';
import type { Forge } from './ports/forge.js';
import type { Reviews } from './ports/review.js';
import type { Store } from './ports/store.js';
import type { Judging, WorkspaceRemover, Workspaces } from './ports/workspace.js';

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

/** What the loop works with. */
export interface Ports {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly store: Store;
  readonly queue: Queue;
  readonly forges: ReadonlyMap<ForgeName, Forge>;
  readonly reviews: ReadonlyMap<ForgeName, Reviews>;
  readonly workspaces: Workspaces;
  readonly judging: Judging;
  readonly remover: WorkspaceRemover;
  readonly checks: Checks;
  readonly gates: Gates;
  readonly agents: Agents;
  readonly rules: RulesReader;
}
