import type { AgentEvent } from '../domain/agent.js';
import type { TreeUsage } from '../process/tree-usage.js';
import { callsWith, cycleOf } from './watchdog-calls.js';
import { floodOf, flowWith } from './watchdog-flood.js';
import { overdueOf, sawLimit, sawRetry, silenceOf } from './watchdog-limits.js';
import { halted, noRetries, type Seen, type Watched } from './watchdog-state.js';

/** Tool calls of an attempt; twice as many where the CLI has a limit of its own. */
const mostSteps = 200;

/** Tool calls without a change of any file, where changes are watched. */
const mostIdleSteps = 60;

/** How much longer silence is borne while a tool runs. */
const toolPatience = 3;

/** Between two ticks; what is more was a daemon or a machine that stood still, and the agent with it. */
const longestGapMs = 5_000;

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

function sawEvent(state: Watched, event: AgentEvent, atMs: number): Watched {
  if (event.type === 'used') return sawCall(state, event);
  if (event.type === 'retrying') return sawRetry(state, event);
  if (event.type === 'limited') return sawLimit(state, event, atMs);
  if (event.type === 'returned')
    return { ...state, retries: noRetries, running: new Set([...state.running].filter((id) => id !== event.id)) };
  const isAnswer = event.type === 'said' || event.type === 'started';
  return isAnswer && state.retries.count > 0 ? { ...state, retries: noRetries } : state;
}

/** Some dialects tell a call twice, when it begins and when it is complete. */
function sawCall(state: Watched, { id, tool, input }: AgentEvent & { type: 'used' }): Watched {
  if (id !== undefined && state.running.has(id)) return state;
  const running = id === undefined ? state.running : new Set([...state.running, id]);
  const calls = callsWith(state.calls, { tool, input });
  // A call proves that the model has answered, whatever limit was told before.
  const { limited: _, ...rest } = state;
  const next = { ...rest, running, calls, retries: noRetries };
  const cycle = cycleOf(calls);
  if (cycle !== undefined) return halted(next, 'loop', cycle);
  const most = state.rules.limitsTurns ? 2 * mostSteps : mostSteps;
  return calls.steps > most ? halted(next, 'loop', `made more than ${most} tool calls`) : next;
}

function sawOutput(state: Watched, { on, lines, bytes, atMs }: Seen & { type: 'printed' }): Watched {
  const flow = flowWith(state.flow, { lines, bytes }, atMs);
  const isLife = on === 'stdout' || state.rules.hearsErrors;
  const next = { ...state, flow, heardAtMs: isLife ? atMs : state.heardAtMs };
  const flood = floodOf(flow, atMs);
  return flood === undefined ? next : halted(next, 'flood', flood);
}

function sawTime(state: Watched, atMs: number): Watched {
  const gapMs = atMs - state.tickedAtMs;
  const heardAtMs = gapMs > longestGapMs ? Math.min(atMs, state.heardAtMs + gapMs) : state.heardAtMs;
  const next = { ...state, tickedAtMs: atMs, heardAtMs };
  const overdue = overdueOf(next, atMs);
  if (overdue !== undefined) return { ...next, halt: overdue };
  const quietMs = state.rules.silenceMs * (state.running.size > 0 ? toolPatience : 1);
  if (atMs - heardAtMs < quietMs) return next;
  return { ...next, halt: silenceOf(next, quietMs) };
}

function sawTree(state: Watched, { memoryBytes, processes }: TreeUsage): Watched {
  const { peak, rules } = state;
  const next = {
    ...state,
    peak: { memoryBytes: Math.max(peak.memoryBytes, memoryBytes), processes: Math.max(peak.processes, processes) },
  };
  const { memoryBytes: mostBytes, processes: most } = rules.tree;
  if (processes > most) return halted(next, 'other', `ran ${processes} processes, allowed are ${most}`);
  if (memoryBytes <= mostBytes) return next;
  return halted(next, 'other', `held ${inMegabytes(memoryBytes)} of memory, allowed are ${inMegabytes(mostBytes)}`);
}

function sawChanges(state: Watched, { fingerprint, step }: Seen & { type: 'changes' }): Watched {
  if (fingerprint !== state.changes.fingerprint) return { ...state, changes: { fingerprint, step } };
  const idle = step - state.changes.step;
  return idle < mostIdleSteps ? state : halted(state, 'loop', `changed no file in ${idle} tool calls`);
}

function inMegabytes(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MB`;
}
