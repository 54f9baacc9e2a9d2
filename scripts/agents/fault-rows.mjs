// What goes wrong with a model, and what Fleet must make of it: one row a CLI and fault.

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

const finished = { kind: 'finished' };
const failed = (failure, limit) => ({ kind: 'failed', failure, ...(limit === undefined ? {} : { limit }) });

/** A limit of this kind; with `resetsAtMs` where the CLI tells. */
const limited = (kind, resetsAtMs) => failed(kind === 'auth' ? 'auth' : 'limit', { kind, resetsAtMs });
const reset = resetsAtSeconds * 1000;

/** CLI → fault → outcome. `retries`: a retry must be seen. `silence`: longer than usual, since the CLI is silent while it waits. */
export const expected = {
  claude: {
    'rate-short': { outcome: finished, retries: true },
    'rate-long': { outcome: limited('rate') },
    'plan-at-once': { outcome: limited('plan', reset) },
    'plan-mid-task': { outcome: limited('plan', reset) },
    auth: { outcome: limited('auth'), retries: true },
    overload: { outcome: limited('overload'), retries: true },
    stall: { outcome: failed('stalled') },
    'stall-in-stream': { outcome: failed('stalled') },
    garbage: { outcome: failed('other') },
    cut: { outcome: failed('other'), retries: true },
    loop: { outcome: failed('wall'), wallMs: 15_000 },
  },
  codex: {
    'rate-short': { outcome: finished, retries: true },
    'rate-long': { outcome: limited('rate') },
    'plan-at-once': { outcome: limited('plan', reset) },
    'plan-mid-task': { outcome: limited('plan', reset) },
    auth: { outcome: limited('auth') },
    overload: { outcome: limited('overload') },
    stall: { outcome: failed('stalled') },
    'stall-in-stream': { outcome: failed('stalled') },
    garbage: { outcome: failed('other'), retries: true },
    cut: { outcome: failed('other'), retries: true },
    loop: { outcome: failed('wall'), wallMs: 15_000 },
  },
  gemini: {
    'rate-short': { outcome: finished },
    'rate-long': { outcome: limited('rate') },
    'plan-at-once': { outcome: limited('quota') },
    'plan-mid-task': { outcome: limited('quota') },
    auth: { outcome: limited('auth') },
    overload: { outcome: failed('stalled') },
    stall: { outcome: failed('stalled') },
    'stall-in-stream': { outcome: failed('stalled') },
    garbage: { outcome: failed('other') },
    cut: { outcome: failed('other') },
    loop: { outcome: failed('wall'), wallMs: 15_000 },
  },
  opencode: {
    'rate-short': { outcome: finished, retries: true },
    'rate-long': { outcome: limited('rate') },
    'plan-at-once': { outcome: limited('quota') },
    'plan-mid-task': { outcome: limited('quota') },
    auth: { outcome: limited('auth') },
    overload: { outcome: limited('overload'), retries: true },
    stall: { outcome: failed('stalled') },
    'stall-in-stream': { outcome: failed('stalled') },
    garbage: { outcome: failed('other') },
    cut: { outcome: failed('other') },
    loop: { outcome: failed('wall'), wallMs: 15_000 },
  },
};

/** What CI has time for. */
export const shortRows = ['claude/plan-mid-task', 'claude/stall', 'codex/plan-mid-task', 'codex/auth', 'codex/stall'];
