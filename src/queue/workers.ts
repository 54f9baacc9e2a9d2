import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../domain/failure.js';
import type { EffectId, RunId } from '../domain/run.js';
import type { Listeners, Log } from '../ports.js';
import { laneNames, type Backend, type LaneName, type Receiver } from './backend.js';

export interface WorkerOrder {
  readonly listeners: Listeners;
  /** How many long effects are performed at once; short ones have a number of their own. */
  readonly concurrency: number;
  readonly log: Log;
  /** How long a worker may be silent before its jobs go to others; tests do not wait so long. */
  readonly lockMs?: number;
}

export interface Workers {
  /** Takes nothing new, waits a few seconds for what runs, then lets go of it. */
  close(): Promise<void>;
}

const shortAtOnce = 8;

/**
 * A job belongs to its worker while that renews its lock, every half of this. After a worker's death its jobs, and what waits behind them,
 * come back within twice this. A worker that could not renew in time shares its job with another for a while: claims and revisions see to it.
 */
const defaultLockMs = 10_000;

/** How long closing waits for listeners, and then for BullMQ. */
const graceMs = 5_000;
const closeMs = 3_000;

export async function startWorkers(backend: Backend, order: WorkerOrder): Promise<Workers> {
  const { lockMs = defaultLockMs } = order;
  const liveness = { lockDuration: lockMs, stalledInterval: lockMs / 2, maxStalledCount: 10, runRetryDelay: 1_000 };
  const running = new Set<Promise<void>>();
  let isClosing = false;

  async function listen(lane: LaneName, id: string): Promise<boolean> {
    // Fetched just before the worker paused.
    if (isClosing) return false;
    const work = heard(order, lane, id);
    running.add(work);
    await work.finally(() => running.delete(work));
    return true;
  }

  const workers = laneNames.map((lane) => {
    const concurrency = lane === 'work' ? order.concurrency : shortAtOnce;
    const worker = backend.receiver(lane, ({ id }) => listen(lane, id), { concurrency, ...liveness });
    worker.on('error', (error) => order.log.warn({ lane, err: error }, 'queue worker had trouble'));
    return worker;
  });
  await Promise.all(workers.map((worker) => worker.waitUntilReady()));

  return {
    close: async () => {
      isClosing = true;
      await within(closeMs, Promise.all(workers.map(stopTaking)));
      await within(graceMs, Promise.allSettled([...running]));
      const force = running.size > 0;
      await within(closeMs, Promise.all(workers.map((worker) => worker.close(force))));
    },
  };
}

/** A paused worker would finish waiting for a job before it looks up. */
async function stopTaking(worker: Receiver): Promise<void> {
  await worker.pause(true);
  await worker.getBackend().disconnectBlocking(true);
}

async function heard({ listeners, log }: WorkerOrder, lane: LaneName, id: string): Promise<void> {
  try {
    await told(listeners, lane, id);
  } catch (error) {
    if (error instanceof Failure) log.warn({ lane, id, err: error }, 'message failed');
    else log.error({ lane, id, err: error }, 'message failed by a bug');
    throw error;
  }
}

/** Messages carry the ids that `openQueue` was given. */
async function told(listeners: Listeners, lane: LaneName, id: string): Promise<void> {
  switch (lane) {
    case 'admit':
      return listeners.admit(Number(id));
    case 'advance':
      return listeners.advance(id as RunId);
    case 'quick':
    case 'work':
      return listeners.perform(id as EffectId);
    default:
      return lane satisfies never;
  }
}

/** Waits for the work, but not longer than that. */
async function within(ms: number, work: Promise<unknown>): Promise<void> {
  const abort = new AbortController();
  await Promise.race([work, pause(ms, undefined, { signal: abort.signal }).catch(() => undefined)]).finally(() =>
    abort.abort(),
  );
}
