import { readiness, type Health } from '../domain/account.js';
import { momentText } from '../domain/moment.js';
import type { Away } from '../domain/phase.js';

/** An agent that could take an attempt, and what is known about it. */
export interface Candidate {
  readonly agent: string;
  readonly account: string;
  readonly health: Health;
  readonly allowance?: Allowance;
  /** Why it stands where it does. */
  readonly because?: string;
}

/** What an account may use today, tokens in and out. */
export interface Allowance {
  readonly used: number;
  readonly most: number;
  /** When the count begins anew. */
  readonly renewsAtMs: number;
}

/** An agent that may take the attempt; `because` says why it is this one, where it is not the first of its role. */
export interface Choice {
  readonly agent: string;
  readonly account: string;
  /** Its account is asked first whether its limit is over. */
  readonly isProbed: boolean;
  readonly because?: string;
}

/** Who may take an attempt now, the best first; or until when nobody may, and why. */
export function choosable(
  candidates: readonly Candidate[],
  { avoid, nowMs }: { readonly avoid?: string | undefined; readonly nowMs: number },
): { readonly choices: readonly [Choice, ...Choice[]] } | { readonly away: Away } {
  const usable = candidates.filter((one) => readiness(one.health, nowMs) !== 'away' && !isSpent(one));
  // Who has just failed at it comes in again only where there is nobody else.
  const others = usable.filter(({ agent }) => agent !== avoid);
  const [first, ...rest] = (others.length > 0 ? others : usable).map((one): Choice => {
    const ahead = candidates.slice(0, candidates.indexOf(one)).filter((other) => !usable.includes(other));
    const because = [
      ...ahead.map((other) => whyAway(other, nowMs)),
      ...(one.because === undefined ? [] : [one.because]),
    ];
    return {
      ...{ agent: one.agent, account: one.account, isProbed: readiness(one.health, nowMs) === 'probe' },
      ...(because.length === 0 ? {} : { because: because.join('; ') }),
    };
  });
  if (first !== undefined) return { choices: [first, ...rest] };
  const times = candidates.flatMap((one) => backAtMs(one) ?? []);
  const reasons = candidates.map((one) => whyAway(one, nowMs));
  return { away: { reasons, ...(times.length === 0 ? {} : { untilMs: Math.max(nowMs + 1000, Math.min(...times)) }) } };
}

function isSpent({ allowance }: Candidate): boolean {
  return allowance !== undefined && allowance.used >= allowance.most;
}

/** When the account lets agents in again; undefined where a person has to act. */
function backAtMs(one: Candidate): number | undefined {
  if (one.health.kind === 'needsPerson') return undefined;
  const parkedMs = one.health.kind === 'parked' ? one.health.untilMs : 0;
  return Math.max(parkedMs, isSpent(one) ? (one.allowance?.renewsAtMs ?? 0) : 0);
}

function whyAway(one: Candidate, nowMs: number): string {
  const { agent, account, health, allowance } = one;
  const who = agent === account ? agent : `${agent} (account ${account})`;
  if (health.kind === 'needsPerson') return `${who}: its provider lets nobody in; somebody has to log it in`;
  if (readiness(health, nowMs) === 'away' && health.kind === 'parked') {
    return `${who}: ${limitWords[health.why]} until ${momentText(health.untilMs)}`;
  }
  const { used = 0, most = 0, renewsAtMs = 0 } = allowance ?? {};
  return `${who}: ${used} of ${most} tokens of its day are used, until ${momentText(renewsAtMs)}`;
}

const limitWords = {
  rate: 'rate limit',
  plan: 'limit of its plan',
  quota: 'quota used up',
  overload: 'its provider is overloaded',
  auth: 'not let in',
  context: 'too long',
} as const;
