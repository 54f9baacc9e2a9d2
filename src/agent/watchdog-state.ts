import type { AgentEvent, AgentFailureKind, LimitHit } from '../domain/agent.js';
import type { TreeUsage } from '../process/tree-usage.js';
import { type Calls, noCalls } from './watchdog-calls.js';
import { type Flow, flowFrom } from './watchdog-flood.js';

/** What an attempt is held to. */
export interface WatchRules {
  /** The longest time without a sign of life. */
  readonly silenceMs: number;
  /** Standard error is a sign of life, too. */
  readonly hearsErrors: boolean;
  /** The CLI ends by itself after a number of steps. */
  readonly limitsTurns: boolean;
  readonly tree: TreeLimits;
}

/** The most that the processes of an attempt may hold together. */
export interface TreeLimits {
  readonly memoryBytes: number;
  readonly processes: number;
}

/** What is seen of an attempt; `atMs` is of a clock that never jumps. */
export type Seen = { readonly atMs: number } & (
  | { readonly type: 'event'; readonly event: AgentEvent }
  | { readonly type: 'printed'; readonly on: 'stdout' | 'stderr'; readonly lines: number; readonly bytes: number }
  /** Comes at least every second. */
  | { readonly type: 'tick' }
  | ({ readonly type: 'tree' } & TreeUsage)
  /** A fingerprint of the worktree, and after how many steps it was asked for. */
  | { readonly type: 'changes'; readonly fingerprint: string; readonly step: number }
);

/** A limit, and where its kind is known from. */
export type Found = Pick<LimitHit, 'kind' | 'source'>;

/** Why the watchdog ends an attempt. */
export interface Halt {
  readonly failure: AgentFailureKind;
  readonly reason: string;
  /** The limit that it found; `waitMs`: until work may go on, where that is known. */
  readonly limit?: Found & { readonly waitMs?: number };
}

/** What the watchdog knows of an attempt. Once `halt` is set, it does not change. */
export interface Watched {
  readonly rules: WatchRules;
  readonly halt?: Halt;
  readonly heardAtMs: number;
  readonly tickedAtMs: number;
  /** Ids of calls that did not come back yet. */
  readonly running: ReadonlySet<string>;
  readonly calls: Calls;
  readonly flow: Flow;
  /** Retries in a row, and what the last one was for. */
  readonly retries: { readonly count: number; readonly limit?: Found };
  /** A limit that the CLI has to end on. */
  readonly limited?: Found & { readonly atMs: number };
  readonly changes: { readonly fingerprint?: string; readonly step: number };
  /** The most that was read. */
  readonly peak: TreeUsage;
}

/** No retry since the agent last said or did something. */
export const noRetries: Watched['retries'] = { count: 0 };

/** An attempt that begins. */
export function watchedFrom(rules: WatchRules, atMs: number): Watched {
  return {
    ...{ rules, heardAtMs: atMs, tickedAtMs: atMs },
    ...{ running: new Set(), calls: noCalls, flow: flowFrom(atMs), retries: noRetries },
    ...{ changes: { step: 0 }, peak: { memoryBytes: 0, processes: 0 } },
  };
}

/** The state in which the attempt is to end. */
export function halted(state: Watched, failure: AgentFailureKind, reason: string): Watched {
  return { ...state, halt: { failure, reason } };
}

/** For people: `0.3 s`, `300 s`. */
export function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}
