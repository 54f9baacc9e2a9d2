// What goes wrong with a model, and what Fleet must make of it: one row an agent and fault.

/** When the plans of the stand-in begin anew, in seconds since the epoch: not a round hour, so that it is not met by chance. */
export const resetsAtSeconds = Math.floor(Date.now() / 1000) + 7207;

const plan = { kind: 'plan', resetsAtSeconds };
const mid = (fault, times) => ({ fault, afterCalls: 1, times });

/** By name: how `failing` breaks the script after the first step, or a model that never comes to an end. */
export const faults = {
  'rate-short': mid({ kind: 'rate', retryAfterSeconds: 1 }, 1),
  'rate-long': mid({ kind: 'rate', retryAfterSeconds: 3600 }),
  'plan-at-once': { fault: plan, afterCalls: 0 },
  'plan-mid-task': mid(plan),
  auth: mid({ kind: 'auth' }),
  overload: mid({ kind: 'overload' }),
  stall: mid({ kind: 'stall' }),
  'stall-in-stream': mid({ kind: 'stallInStream' }),
  garbage: mid({ kind: 'garbage' }),
  cut: mid({ kind: 'cut' }),
  loop: { isEndless: true, afterCalls: 1 },
};

const finished = { outcome: 'finished' };
const failed = (failure) => ({ outcome: failure });
const stalled = failed('stalled');
const other = failed('other');
const loop = failed('loop');

/** A limit of this kind; `tells` when the agent says until when. */
const limited = (kind, { tells = false } = {}) => ({ outcome: kind === 'auth' ? 'auth' : 'limit', limit: kind, tells });
const told = { tells: true };
const retried = (row) => ({ ...row, retries: true });

/**
 * Agent → fault → what Fleet makes of it: `finished` or the kind of failure, the kind of limit, whether until when is told and right,
 * and whether a retry must have been seen.
 */
export const expected = {
  claude: {
    'rate-short': retried(finished),
    'rate-long': limited('rate'),
    'plan-at-once': limited('plan', told),
    'plan-mid-task': limited('plan', told),
    auth: retried(limited('auth')),
    overload: retried(limited('overload')),
    stall: stalled,
    'stall-in-stream': stalled,
    garbage: other,
    cut: retried(other),
    loop,
  },
  codex: {
    'rate-short': retried(finished),
    'rate-long': retried(limited('rate')),
    'plan-at-once': limited('plan', told),
    'plan-mid-task': limited('plan', told),
    auth: retried(limited('auth')),
    overload: limited('overload'),
    stall: stalled,
    'stall-in-stream': stalled,
    garbage: retried(other),
    cut: retried(other),
    loop,
  },
  gemini: {
    'rate-short': finished,
    'rate-long': limited('rate', told),
    'plan-at-once': limited('quota'),
    'plan-mid-task': limited('quota'),
    auth: limited('auth'),
    overload: limited('overload'),
    stall: stalled,
    'stall-in-stream': stalled,
    garbage: other,
    cut: other,
    loop,
  },
  opencode: {
    'rate-short': retried(finished),
    'rate-long': retried(limited('rate', told)),
    'plan-at-once': retried(limited('quota')),
    'plan-mid-task': retried(limited('quota')),
    auth: limited('auth'),
    overload: retried(limited('overload')),
    stall: stalled,
    'stall-in-stream': stalled,
    garbage: retried(limited('overload')),
    cut: retried(limited('overload')),
    loop,
  },
  // ACP has no word for limits and retries: what is hidden ends as silence.
  'acp-gemini': {
    'rate-long': limited('rate'),
    'plan-mid-task': limited('quota'),
    auth: limited('auth'),
    stall: stalled,
  },
  'acp-opencode': {
    'plan-mid-task': stalled,
    auth: limited('auth'),
    stall: stalled,
  },
  openrouter: {
    'rate-short': limited('rate', told),
    'rate-long': limited('rate', told),
    'plan-at-once': limited('quota'),
    'plan-mid-task': limited('quota'),
    auth: limited('auth'),
    overload: retried(limited('overload')),
    stall: stalled,
    'stall-in-stream': stalled,
    garbage: other,
    cut: retried(limited('overload')),
    loop,
  },
};

/** What CI has time for. */
export const shortRows = ['claude/plan-mid-task', 'claude/stall', 'codex/plan-mid-task', 'codex/auth', 'codex/stall'];
