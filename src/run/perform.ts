import { laneOf } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import { Failure } from '../domain/failure.js';
import type { EffectId, Run } from '../domain/run.js';
import type { Obstacle } from '../domain/work.js';
import type { Claim } from '../ports/store.js';
import { claimMs, stopped } from './held-claims.js';
import type { Loop } from './loop.js';
import { outside } from './outside.js';

/** Tries of an effect before it is given up and a person is told: about an hour of a forge's outage, and fewer where Fleet itself is at fault. */
const maxTries = { failure: 18, bug: 4 };

/** What trying again begins with, and at most. */
const firstPauseMs = 1_000;
const longestPauseMs = 5 * 60_000;

/** Performs one effect under a claim: what it brought goes into the run's inbox, and the effect is settled, in one transaction. */
export async function perform(loop: Loop, effectId: EffectId): Promise<void> {
  const { store, queue, clock } = loop.ports;
  const claim = await store.outbox.claim(effectId, loop.worker, clock.nowMs(), claimMs);
  if (claim === undefined) return;
  const loaded = await store.runs.load(claim.runId);
  if (loaded === undefined)
    throw new Error(`effect ${effectId} belongs to run ${claim.runId}, which is not in the store`);
  const result = await attempt(loop, claim, loaded.run);
  if (result.kind === 'again') return again(loop, claim, result);
  if (result.kind === 'left') return;
  const settled = await store.outbox.settle(claim, result.event);
  if (settled && result.event !== undefined) await queue.advance(claim.runId);
}

type Result =
  | { readonly kind: 'settled'; readonly event: WorkEvent | undefined }
  | { readonly kind: 'again'; readonly pauseMs: number; readonly why: string }
  | { readonly kind: 'left' };

async function attempt(loop: Loop, claim: Claim, run: Run): Promise<Result> {
  const log = loop.ports.log.child({ run: run.id, effect: claim.effectId });
  return loop.held.during(claim, async (signal) => {
    try {
      const event = await outside({ loop, claim, run, signal, log });
      return signal.aborted && signal.reason !== stopped ? { kind: 'left' } : { kind: 'settled', event };
    } catch (error) {
      // Who was stopped, or lost the claim, changes nothing any more; a closing worker's effect is found again at boot.
      if (signal.aborted) return { kind: 'left' };
      return afterError(loop, claim, error);
    }
  });
}

function afterError(loop: Loop, claim: Claim, error: unknown): Result {
  const log = loop.ports.log.child({ effect: claim.effectId, type: claim.effect.type, tries: claim.tries });
  const failed = (obstacle: Obstacle): Result => ({
    kind: 'settled',
    event: { type: 'effectFailed', effect: claim.effect.type, obstacle, atMs: loop.ports.clock.nowMs() },
  });
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof Failure && error.reason.kind === 'needsPerson') {
    log.warn({ obstacle: error.reason.obstacle.kind, error }, 'effect needs a person');
    return failed(error.reason.obstacle);
  }
  const isFailure = error instanceof Failure;
  if (!isFailure) log.error({ error }, 'effect failed by a bug');
  if (claim.tries >= (isFailure ? maxTries.failure : maxTries.bug))
    return failed({ kind: 'spent', details: [`${claim.effect.type} was tried ${claim.tries} times: ${said}`] });
  const named = error instanceof Failure && error.reason.kind === 'retryLater' ? error.reason.retryAfterMs : undefined;
  const pauseMs = named ?? Math.min(firstPauseMs * 2 ** (claim.tries - 1), longestPauseMs);
  log.info({ pauseMs, error }, 'effect is tried again');
  return { kind: 'again', pauseMs, why: said };
}

async function again(
  loop: Loop,
  claim: Claim,
  result: { readonly pauseMs: number; readonly why: string },
): Promise<void> {
  const { store, queue, clock } = loop.ports;
  await store.outbox.postpone(claim, clock.nowMs() + result.pauseMs, result.why);
  await queue.perform({ id: claim.effectId, lane: laneOf(claim.effect.type), delayMs: result.pauseMs });
}
