import type { AgentEvent, LimitKind } from '../domain/agent.js';
import { type Halt, inSeconds, type Watched } from './watchdog-state.js';

/** A retry that waits longer than this, or the third in a row, is a limit: Fleet decides what to do meanwhile, not the CLI. */
const longestRetryMs = 60_000;
const mostRetries = 3;

/** How long a CLI may take to end once it has told a limit that it cannot work with. */
const limitedMs = 10_000;

/** A retry: a short one is borne. */
export function sawRetry(state: Watched, { kind, delayMs }: AgentEvent & { type: 'retrying' }): Watched {
  const count = state.retries.count + 1;
  const next = { ...state, retries: { count, kind } };
  if (delayMs > longestRetryMs) {
    const reason = `would have waited ${inSeconds(delayMs)} for its next try (${kind})`;
    return { ...next, halt: haltOn({ kind, waitMs: delayMs }, reason) };
  }
  if (count < mostRetries) return next;
  return { ...next, halt: haltOn({ kind }, `tried again ${count} times (${kind})`) };
}

/** A limit; those that the CLI cannot work on with are remembered, from when they were told first. */
export function sawLimit(state: Watched, kind: LimitKind, atMs: number): Watched {
  const isFinal = kind === 'plan' || kind === 'quota' || kind === 'auth';
  return isFinal && state.limited === undefined ? { ...state, limited: { kind, atMs } } : state;
}

/** The end of what lives on with its limit. */
export function overdueOf({ limited }: Watched, atMs: number): Halt | undefined {
  if (limited === undefined || atMs - limited.atMs < limitedMs) return undefined;
  return haltOn(limited, `did not end on its limit (${limited.kind})`);
}

/** The end of what is silent: after a retry it is the limit that it waits for. */
export function silenceOf({ retries: { kind } }: Watched, quietMs: number): Halt {
  const reason = `printed nothing for ${inSeconds(quietMs)}`;
  return kind === undefined ? { failure: 'stalled', reason } : haltOn({ kind }, `${reason} after a retry (${kind})`);
}

function haltOn({ kind, waitMs }: NonNullable<Halt['limit']>, reason: string): Halt {
  const limit = { kind, ...(waitMs === undefined ? {} : { waitMs }) };
  return { failure: kind === 'auth' ? 'auth' : 'limit', reason, limit };
}
