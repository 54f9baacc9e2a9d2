import type { AgentEvent } from '../domain/agent.js';
import { type Found, type Halt, inSeconds, type Watched } from './watchdog-state.js';

/** A retry that waits longer than this, or the third in a row, is a limit: Fleet decides what to do meanwhile, not the CLI. */
const longestRetryMs = 60_000;
const mostRetries = 3;

/** How long a CLI may take to end once it has told a limit that it cannot work with. */
const limitedMs = 10_000;

/** A retry: a short one is borne. */
export function sawRetry(
  state: Watched,
  { kind, delayMs, source = 'event' }: AgentEvent & { type: 'retrying' },
): Watched {
  const limit = { kind, source };
  const count = state.retries.count + 1;
  const next = { ...state, retries: { count, limit } };
  if (delayMs > longestRetryMs) {
    const reason = `would have waited ${inSeconds(delayMs)} for its next try (${kind})`;
    return { ...next, halt: haltOn({ ...limit, waitMs: delayMs }, reason) };
  }
  if (count < mostRetries) return next;
  return { ...next, halt: haltOn(limit, `tried again ${count} times (${kind})`) };
}

/** A limit; those that the CLI cannot work on with are remembered, from when they were told first. */
export function sawLimit(state: Watched, { kind, source }: Found, atMs: number): Watched {
  const isFinal = kind === 'plan' || kind === 'quota' || kind === 'auth';
  return isFinal && state.limited === undefined ? { ...state, limited: { kind, source, atMs } } : state;
}

/** The end of what lives on with its limit. */
export function overdueOf({ limited }: Watched, atMs: number): Halt | undefined {
  if (limited === undefined || atMs - limited.atMs < limitedMs) return undefined;
  return haltOn(limited, `did not end on its limit (${limited.kind})`);
}

/** The end of what is silent: after a retry it is the limit that it waits for. */
export function silenceOf({ retries: { limit } }: Watched, quietMs: number): Halt {
  const reason = `printed nothing for ${inSeconds(quietMs)}`;
  return limit === undefined
    ? { failure: 'stalled', reason }
    : haltOn(limit, `${reason} after a retry (${limit.kind})`);
}

function haltOn({ kind, source, waitMs }: NonNullable<Halt['limit']>, reason: string): Halt {
  const limit = { kind, source, ...(waitMs === undefined ? {} : { waitMs }) };
  return { failure: kind === 'auth' ? 'auth' : 'limit', reason, limit };
}
