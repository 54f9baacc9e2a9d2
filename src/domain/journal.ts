import type { RunId } from './run.js';

/** One line of the append-only record of what happened. */
export interface JournalEntry {
  readonly run: RunId;
  readonly atMs: number;
  /** `decided`: a state change with its reason; `attempt`: an agent started, lives (heartbeat) or ended; `effect`: something was performed. */
  readonly kind: 'decided' | 'attempt' | 'effect';
  /** Lower-case, constant per kind of entry; for `decided` the `because` of the decision. */
  readonly text: string;
  /** Flat facts: phase, event, agent, tokens, exit, file of the stream … */
  readonly fields: Readonly<Record<string, string | number | boolean>>;
}

/** An entry as it was stored. */
export interface StoredEntry extends JournalEntry {
  /** Grows within the store; read on from here. */
  readonly seq: number;
}
