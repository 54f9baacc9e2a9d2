import { laneOf } from '../domain/effect.js';
import type { RunId } from '../domain/run.js';
import type { Clock, Log } from '../ports.js';
import type { Claim, Outbox } from '../ports/store.js';

/** How long a claim holds without renewal (contract: semantics 36). */
export const claimMs = 30_000;

/** Why a signal aborted when people ended the run. What the work used until then still counts. */
export const stopped = 'the run was stopped';

/** How often claims are renewed and cancellations looked for: a stop reaches an agent of another process well within 5 s. */
const renewEveryMs = 1_500;

interface Held {
  readonly claim: Claim;
  readonly abort: AbortController;
}

/** The claims of this worker while it performs them: renewed together, aborted when lost or cancelled. */
export class HeldClaims {
  readonly #held = new Map<string, Held>();
  readonly #timer: NodeJS.Timeout;
  readonly #outbox: Outbox;
  readonly #clock: Clock;
  readonly #log: Log;

  constructor(outbox: Outbox, clock: Clock, log: Log) {
    this.#outbox = outbox;
    this.#clock = clock;
    this.#log = log;
    this.#timer = setInterval(() => void this.#renew(), renewEveryMs);
    this.#timer.unref();
  }

  /** Holds the claim while `work` runs; its signal aborts when the claim is lost, cancelled or the worker closes. */
  async during<T>(claim: Claim, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    this.#held.set(claim.effectId, { claim, abort });
    try {
      return await work(abort.signal);
    } finally {
      this.#held.delete(claim.effectId);
    }
  }

  /** True while this worker performs something long of the run, besides `except`. */
  works(run: RunId, except: Claim): boolean {
    return [...this.#held.values()].some(
      ({ claim }) => claim.runId === run && claim.effectId !== except.effectId && lasts(claim),
    );
  }

  /** Aborts what this worker performs for a run that was stopped, without waiting for the next renewal. */
  cancel(run: RunId): void {
    for (const { claim, abort } of this.#held.values()) {
      if (claim.runId === run && !tellsPeople(claim)) abort.abort(stopped);
    }
  }

  /** Aborts everything: the worker ends. */
  close(): void {
    clearInterval(this.#timer);
    for (const { abort } of this.#held.values()) abort.abort('the worker ends');
  }

  async #renew(): Promise<void> {
    const claims = [...this.#held.values()].map(({ claim }) => claim);
    if (claims.length === 0) return;
    try {
      const { lost, cancelled } = await this.#outbox.renew(claims, this.#clock.nowMs(), claimMs);
      for (const id of lost) this.#held.get(id)?.abort.abort('the claim was lost');
      for (const id of cancelled) this.#held.get(id)?.abort.abort(stopped);
    } catch (error) {
      // The claims run out by themselves when the store stays away; the next renewal tries again.
      this.#log.warn({ error }, 'claims could not be renewed');
    }
  }
}

function lasts(claim: Claim): boolean {
  const { type } = claim.effect;
  return laneOf(type) === 'work' || type === 'commitWork';
}

function tellsPeople(claim: Claim): boolean {
  const { type } = claim.effect;
  return type === 'react' || type === 'showStatus' || type === 'tellPeople' || type === 'removeWorkspace';
}
