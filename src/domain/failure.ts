import type { Obstacle } from './work.js';

/** What the caller of something that failed does next. */
export type FailureReason =
  | { readonly kind: 'retryLater'; readonly retryAfterMs?: number }
  | { readonly kind: 'needsPerson'; readonly obstacle: Obstacle }
  | { readonly kind: 'lostRace' };

/**
 * The one error that Fleet's adapters throw on purpose; anything else that is thrown is a bug.
 * `message` names what went wrong and where; for `needsPerson` the obstacle says it to people.
 */
export class Failure extends Error {
  readonly reason: FailureReason;

  constructor(message: string, reason: FailureReason, cause?: unknown) {
    super(message, { cause });
    this.name = 'Failure';
    this.reason = reason;
  }
}

/** Not now: the network, a 5xx, a rate limit. The queue tries again, after `retryAfterMs` where the other side named it. */
export function retryLater(message: string, retryAfterMs?: number, cause?: unknown): Failure {
  return new Failure(message, { kind: 'retryLater', ...(retryAfterMs === undefined ? {} : { retryAfterMs }) }, cause);
}

/** Only a person can mend it; the run is blocked with this obstacle. */
export function needsPerson(kind: Obstacle['kind'], details: readonly string[], cause?: unknown): Failure {
  return new Failure(details.join('; '), { kind: 'needsPerson', obstacle: { kind, details } }, cause);
}

/** Something moved on meanwhile: load again and decide again, at once. */
export function lostRace(message: string, cause?: unknown): Failure {
  return new Failure(message, { kind: 'lostRace' }, cause);
}
