import type { AgentEvent, AgentFailureKind, AttemptOutcome, LimitHit } from '../domain/agent.js';
import type { Ended } from '../process/order.js';
import type { DialectFacts } from './dialect/dialect.js';
import type { Halt } from './watchdog-state.js';

/** What of an attempt's stream decides its outcome. */
export interface LastWords {
  readonly end?: AgentEvent & { type: 'finished' | 'failed' };
  /** The last limit that was told; one with a reset time counts for more than one without. */
  readonly limited?: LimitHit;
  readonly isSessionLost?: true;
  /** The end of standard error. */
  readonly stderr: string;
}

/** How the process of an attempt ended: by itself, by what contains it, or by the watchdog. */
export type AttemptEnd = Ended | ({ readonly how: 'halted' } & Pick<Halt, 'failure' | 'reason'>);

type Failed = Extract<AttemptOutcome, { kind: 'failed' }>;

/** Puts exit and stream together: neither is believed alone. */
export function outcomeOf(ended: AttemptEnd, words: LastWords, facts: Pick<DialectFacts, 'tellsEnd'>): AttemptOutcome {
  switch (ended.how) {
    case 'stopped':
      return { kind: 'stopped' };
    case 'wall':
      return { kind: 'failed', failure: 'wall', reason: 'ran over its time' };
    case 'flood':
      return { kind: 'failed', failure: 'flood', reason: 'printed too much' };
    case 'halted':
      return ofHalt(ended, words);
    case 'notStarted':
      return { kind: 'failed', failure: 'other', reason: `could not be started: ${ended.reason}` };
    case 'exited':
      return ofExit(ended.code, words, facts);
    default:
      return ended satisfies never;
  }
}

/** What has told its end and then only does not go has done its work. */
function ofHalt({ failure, reason }: Pick<Halt, 'failure' | 'reason'>, words: LastWords): AttemptOutcome {
  if (failure === 'stalled' && words.end?.type === 'finished') return { kind: 'finished' };
  return withLimit({ kind: 'failed', failure, reason }, words);
}

function ofExit(code: number, words: LastWords, facts: Pick<DialectFacts, 'tellsEnd'>): AttemptOutcome {
  const { end, stderr } = words;
  if (end?.type === 'failed') return withLimit({ kind: 'failed', failure: end.kind, reason: end.reason }, words);
  if (code === 0 && (end !== undefined || !facts.tellsEnd)) return { kind: 'finished' };
  const said = stderr.trim() === '' ? '' : `: ${stderr.trim()}`;
  const reason = code === 0 ? `ended without a result${said}` : `exit code ${code}${said}`;
  const crashed: Failed = { kind: 'failed', failure: 'crash', reason };
  // It came to its end and then failed: whatever limit it met on the way is not why.
  return end === undefined ? withLimit(crashed, words) : crashed;
}

/** The limit that was told is why, unless the agent itself says something more exact; one that fails by a limit and tells none has hit one all the same. */
function withLimit(failed: Failed, { limited, isSessionLost }: LastWords): Failed {
  if (isSessionLost === true) return { ...failed, isSessionLost };
  const limit = limited ?? untold.get(failed.failure);
  const isOpen = failed.failure === 'other' || failed.failure === 'crash';
  if (limit === undefined || !(isOpen || untold.has(failed.failure))) return failed;
  return { ...failed, failure: limit.kind === 'auth' ? 'auth' : 'limit', limit };
}

/** What a failure says of an account by itself. */
const untold: ReadonlyMap<AgentFailureKind, LimitHit> = new Map([
  ['limit', { kind: 'rate', source: 'event' }],
  ['auth', { kind: 'auth', source: 'event' }],
]);
