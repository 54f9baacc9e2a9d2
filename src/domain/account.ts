import type { LimitHit, LimitKind } from './agent.js';

/** How an account fares, and so every agent that works on it. */
export type Health =
  | { readonly kind: 'ok' }
  /** No agent of it starts before `untilMs`. */
  | {
      readonly kind: 'parked';
      readonly why: LimitKind;
      readonly untilMs: number;
      /** The provider named the time; where it did not, a small question is asked first. */
      readonly isTold: boolean;
      /** How often it was parked since it last worked well. */
      readonly times: number;
    }
  /** It lets nobody in: a person has to log in again, or to give another key. */
  | { readonly kind: 'needsPerson'; readonly sinceMs: number };

/** An account with its health; accounts that never hit a limit are `ok` and may be missing from lists. */
export interface Account {
  readonly name: string;
  readonly health: Health;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** A reset that is farther away is a mistake of somebody's clock or unit: the longest window is a month. */
const farthestResetMs = 32 * 24 * hourMs;

/** Where no reset is told: the first pause, doubled each time, and the longest. */
const pauses: Readonly<Record<LimitKind, { readonly firstMs: number; readonly longestMs: number }>> = {
  rate: { firstMs: minuteMs, longestMs: 15 * minuteMs },
  overload: { firstMs: minuteMs / 2, longestMs: 10 * minuteMs },
  plan: { firstMs: 15 * minuteMs, longestMs: 2 * hourMs },
  quota: { firstMs: hourMs, longestMs: 6 * hourMs },
  auth: { firstMs: hourMs, longestMs: hourMs },
  context: { firstMs: 0, longestMs: 0 },
};

/** Resets that are told again and again without work in between are not believed to the second any more. */
const believedTimes = 3;

/** How the account fares after a limit that an attempt ran into; `context` is the task's fault and changes nothing. */
export function afterHit(health: Health, hit: LimitHit, nowMs: number): Health {
  if (hit.kind === 'context' || health.kind === 'needsPerson') return health;
  if (hit.kind === 'auth') return { kind: 'needsPerson', sinceMs: nowMs };
  const before = health.kind === 'parked' ? health : { untilMs: 0, times: 0, isTold: false };
  // Several attempts that ran into the same limit park the account once.
  const isSame = before.untilMs > nowMs;
  const times = isSame ? before.times : before.times + 1;
  const told = toldReset(hit, nowMs);
  const isBelieved = told !== undefined && times <= believedTimes;
  const ownMs = isBelieved ? 0 : nowMs + pauseMs(hit.kind, times);
  const untilMs = Math.max(told ?? 0, ownMs, isSame ? before.untilMs : 0);
  return { kind: 'parked', why: hit.kind, untilMs, isTold: told !== undefined || (isSame && before.isTold), times };
}

/** Undefined where no reset is told that can be. */
function toldReset({ resetsAtMs }: LimitHit, nowMs: number): number | undefined {
  const isSensible = resetsAtMs !== undefined && resetsAtMs > nowMs && resetsAtMs <= nowMs + farthestResetMs;
  return isSensible ? resetsAtMs : undefined;
}

function pauseMs(kind: LimitKind, times: number): number {
  const { firstMs, longestMs } = pauses[kind];
  return Math.min(longestMs, firstMs * 2 ** (times - 1));
}

/** How the account fares after good work. What ends before the limit is over was begun before it, and says nothing. */
export function afterWork(health: Health, nowMs: number): Health {
  return health.kind === 'parked' && health.untilMs <= nowMs ? { kind: 'ok' } : health;
}

/** `ready`: an agent may start. `probe`: nobody knows whether the limit is over, so a small question is asked first. `away`: not now. */
export function readiness(health: Health, nowMs: number): 'ready' | 'probe' | 'away' {
  if (health.kind === 'ok') return 'ready';
  if (health.kind === 'needsPerson' || health.untilMs > nowMs) return 'away';
  return health.isTold || health.why === 'rate' || health.why === 'overload' ? 'ready' : 'probe';
}

/** What the account is while somebody asks it the small question: away for the others. */
export function whileProbed(health: Health, untilMs: number): Health {
  return health.kind === 'parked' ? { ...health, untilMs } : health;
}

/** After a start of Fleet an account that needed a person is asked again: somebody may have logged in. */
export function afterRestart(health: Health, nowMs: number): Health {
  if (health.kind !== 'needsPerson') return health;
  return { kind: 'parked', why: 'auth', untilMs: nowMs, isTold: false, times: 1 };
}

/** What an agent has cost so far, for work of one kind. */
export interface Fare {
  readonly agent: string;
  readonly attempts: number;
  /** Attempts whose work was taken. */
  readonly accepted: number;
  readonly costUsd: number;
  /** In and out. */
  readonly tokens: number;
}
