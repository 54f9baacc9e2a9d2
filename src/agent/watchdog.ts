import type { AgentEvent, AgentFailureKind, LimitKind } from '../domain/agent.js';
import type { TreeUsage } from '../process/tree-usage.js';
import { type Calls, callsWith, cycleOf, noCalls } from './watchdog-calls.js';
import { type Flow, floodOf, flowFrom, flowWith } from './watchdog-flood.js';

/** Tool calls of an attempt; twice as many where the CLI has a limit of its own. */
const mostSteps = 200;

/** Tool calls without a change of any file, where changes are watched. */
const mostIdleSteps = 60;

/** How much longer silence is borne while a tool runs. */
const toolPatience = 3;

/** A retry that waits longer than this, or the third in a row, is a limit: Fleet decides what to do meanwhile, not the CLI. */
const longestRetryMs = 60_000;
const mostRetries = 3;

/** How long a CLI may take to end once it has told a limit that it cannot work with. */
const limitedMs = 10_000;

/** Between two ticks; what is more was a daemon or a machine that stood still, and the agent with it. */
const longestGapMs = 5_000;

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

/** Why the watchdog ends an attempt. */
export interface Halt {
  readonly failure: AgentFailureKind;
  readonly reason: string;
  /** The limit that it found; `waitMs`: until work may go on, where that is known. */
  readonly limit?: { readonly kind: LimitKind; readonly waitMs?: number };
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
  readonly retries: { readonly count: number; readonly kind?: LimitKind };
  /** A limit that the CLI has to end on. */
  readonly limited?: { readonly kind: LimitKind; readonly atMs: number };
  readonly changes: { readonly fingerprint?: string; readonly step: number };
  /** The most that was read. */
  readonly peak: TreeUsage;
}

const none = { count: 0 };

/** An attempt that begins. */
export function watchedFrom(rules: WatchRules, atMs: number): Watched {
  return {
    ...{ rules, heardAtMs: atMs, tickedAtMs: atMs },
    ...{ running: new Set(), calls: noCalls, flow: flowFrom(atMs), retries: none },
    ...{ changes: { step: 0 }, peak: { memoryBytes: 0, processes: 0 } },
  };
}

/** What the watchdog knows after what it has seen. Pure. */
export function watch(state: Watched, seen: Seen): Watched {
  if (state.halt !== undefined) return state;
  switch (seen.type) {
    case 'event':
      return sawEvent(state, seen.event, seen.atMs);
    case 'printed':
      return sawOutput(state, seen);
    case 'tick':
      return sawTime(state, seen.atMs);
    case 'tree':
      return sawTree(state, seen);
    case 'changes':
      return sawChanges(state, seen);
    default:
      return seen satisfies never;
  }
}

function halted(state: Watched, failure: AgentFailureKind, reason: string): Watched {
  return { ...state, halt: { failure, reason } };
}

function sawEvent(state: Watched, event: AgentEvent, atMs: number): Watched {
  if (event.type === 'used') return sawCall(state, event);
  if (event.type === 'retrying') return sawRetry(state, event);
  if (event.type === 'limited' && isFinal(event.kind)) return { ...state, limited: { kind: event.kind, atMs } };
  if (event.type === 'returned')
    return { ...state, retries: none, running: new Set([...state.running].filter((id) => id !== event.id)) };
  const isAnswer = event.type === 'said' || event.type === 'started';
  return isAnswer && state.retries.count > 0 ? { ...state, retries: none } : state;
}

/** Some dialects tell a call twice, when it begins and when it is complete. */
function sawCall(state: Watched, { id, tool, input }: AgentEvent & { type: 'used' }): Watched {
  if (id !== undefined && state.running.has(id)) return state;
  const running = id === undefined ? state.running : new Set([...state.running, id]);
  const calls = callsWith(state.calls, { tool, input });
  // A call proves that the model has answered, whatever limit was told before.
  const { limited: _, ...rest } = state;
  const next = { ...rest, running, calls, retries: none };
  const cycle = cycleOf(calls);
  if (cycle !== undefined) return halted(next, 'loop', cycle);
  const most = state.rules.limitsTurns ? 2 * mostSteps : mostSteps;
  return calls.steps > most ? halted(next, 'loop', `made more than ${most} tool calls`) : next;
}

function sawRetry(state: Watched, { kind, delayMs }: AgentEvent & { type: 'retrying' }): Watched {
  const count = state.retries.count + 1;
  const next = { ...state, retries: { count, kind } };
  if (delayMs > longestRetryMs) {
    const reason = `would have waited ${inSeconds(delayMs)} for its next try (${kind})`;
    return { ...next, halt: { ...limitOf(kind, reason), limit: { kind, waitMs: delayMs } } };
  }
  if (count < mostRetries) return next;
  return { ...next, halt: { ...limitOf(kind, `tried again ${count} times (${kind})`), limit: { kind } } };
}

function sawOutput(state: Watched, { on, lines, bytes, atMs }: Seen & { type: 'printed' }): Watched {
  const flow = flowWith(state.flow, { lines, bytes }, atMs);
  const isLife = on === 'stdout' || state.rules.hearsErrors;
  const next = { ...state, flow, heardAtMs: isLife ? atMs : state.heardAtMs };
  const flood = floodOf(flow, atMs);
  return flood === undefined ? next : halted(next, 'flood', flood);
}

function sawTime(state: Watched, atMs: number): Watched {
  const { limited, running, rules, retries } = state;
  const gapMs = atMs - state.tickedAtMs;
  const heardAtMs = gapMs > longestGapMs ? state.heardAtMs + gapMs : state.heardAtMs;
  const next = { ...state, tickedAtMs: atMs, heardAtMs };
  if (limited !== undefined && atMs - limited.atMs >= limitedMs)
    return { ...next, halt: limitOf(limited.kind, `did not end on its limit (${limited.kind})`) };
  const quietMs = rules.silenceMs * (running.size > 0 ? toolPatience : 1);
  if (atMs - heardAtMs < quietMs) return next;
  const silence = `printed nothing for ${inSeconds(quietMs)}`;
  if (retries.kind === undefined) return halted(next, 'stalled', silence);
  return {
    ...next,
    halt: { ...limitOf(retries.kind, `${silence} after a retry (${retries.kind})`), limit: { kind: retries.kind } },
  };
}

function sawTree(state: Watched, { memoryBytes, processes }: TreeUsage): Watched {
  const { peak, rules } = state;
  const next = {
    ...state,
    peak: { memoryBytes: Math.max(peak.memoryBytes, memoryBytes), processes: Math.max(peak.processes, processes) },
  };
  if (memoryBytes > rules.tree.memoryBytes)
    return halted(
      next,
      'other',
      `held ${inMegabytes(memoryBytes)} of memory, allowed are ${inMegabytes(rules.tree.memoryBytes)}`,
    );
  if (processes > rules.tree.processes)
    return halted(next, 'other', `ran ${processes} processes, allowed are ${rules.tree.processes}`);
  return next;
}

function sawChanges(state: Watched, { fingerprint, step }: Seen & { type: 'changes' }): Watched {
  if (fingerprint !== state.changes.fingerprint) return { ...state, changes: { fingerprint, step } };
  const idle = step - state.changes.step;
  return idle < mostIdleSteps ? state : halted(state, 'loop', `changed no file in ${idle} tool calls`);
}

/** The CLI cannot work on by itself. */
function isFinal(kind: LimitKind): boolean {
  return kind === 'plan' || kind === 'quota' || kind === 'auth';
}

function limitOf(kind: LimitKind, reason: string): Halt {
  return { failure: kind === 'auth' ? 'auth' : 'limit', reason };
}

function inSeconds(ms: number): string {
  return `${Math.round(ms / 100) / 10} s`;
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
