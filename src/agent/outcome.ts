import type { AgentEvent, AttemptOutcome } from '../domain/agent.js';
import type { Ended } from '../process/order.js';
import type { Dialect } from './dialect/dialect.js';

/** What of an attempt's stream decides its outcome. */
export interface LastWords {
  readonly end?: AgentEvent & { type: 'finished' | 'failed' };
  /** The last limit that was told. */
  readonly limited?: AgentEvent & { type: 'limited' };
  /** The end of standard error. */
  readonly stderr: string;
}

/** Puts exit and stream together: neither is believed alone. */
export function outcomeOf(ended: Ended, words: LastWords, dialect: Pick<Dialect, 'tellsEnd'>): AttemptOutcome {
  switch (ended.how) {
    case 'stopped':
      return { kind: 'stopped' };
    case 'wall':
      return { kind: 'failed', failure: 'wall', reason: 'ran over its time' };
    case 'silence':
      return { kind: 'failed', failure: 'stalled', reason: 'printed nothing for too long' };
    case 'flood':
      return { kind: 'failed', failure: 'flood', reason: 'printed too much' };
    case 'notStarted':
      return { kind: 'failed', failure: 'other', reason: `could not be started: ${ended.reason}` };
    case 'exited':
      return ofExit(ended.code, words, dialect);
    default:
      return ended satisfies never;
  }
}

function ofExit(code: number, { end, limited, stderr }: LastWords, dialect: Pick<Dialect, 'tellsEnd'>): AttemptOutcome {
  if (end?.type === 'failed') {
    return {
      kind: 'failed',
      failure: end.kind === 'other' ? (byLimit(limited) ?? 'other') : end.kind,
      reason: end.reason,
    };
  }
  if (code === 0 && (end !== undefined || !dialect.tellsEnd)) return { kind: 'finished' };
  const words = stderr.trim() === '' ? '' : `: ${stderr.trim()}`;
  const reason = code === 0 ? `ended without a result${words}` : `exit code ${code}${words}`;
  const failure = end === undefined ? byLimit(limited) : undefined;
  return { kind: 'failed', failure: failure ?? 'crash', reason };
}

function byLimit(limited: LastWords['limited']): 'auth' | 'limit' | undefined {
  if (limited === undefined) return undefined;
  return limited.kind === 'auth' ? 'auth' : 'limit';
}
