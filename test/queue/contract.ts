import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeAll, expect, test } from 'vitest';
import type { EffectId, RunId } from '../../src/domain/run.js';
import type { Listeners } from '../../src/ports.js';
import type { QueueOptions } from '../../src/queue/backend.js';
import { openQueue, type OpenQueue } from '../../src/queue/open-queue.js';
import type { Workers } from '../../src/queue/workers.js';
import { recordingLog } from './recording-log.js';

/** A promise and what settles it. */
function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open };
}

/** Short, so that tests see what happens when a lock runs out. */
const lockMs = 1_500;

const run = (name: string): RunId => name as RunId;
const effect = (name: string): EffectId => name as EffectId;

/** What every queue must do. Each test takes ids of its own, since what a test leaves may be heard in the next. */
export function queueContract(connect: () => Promise<QueueOptions>): void {
  let options: QueueOptions;
  let open: OpenQueue;
  const log = recordingLog();
  const started: Workers[] = [];

  beforeAll(async () => {
    options = await connect();
    open = await openQueue(options);
    return () => open.close();
  }, 60_000);
  afterEach(async () => {
    for (const workers of started.splice(0)) await workers.close();
    log.lines.splice(0);
  });

  const silent: Listeners = { admit: async () => {}, advance: async () => {}, perform: async () => {} };
  const listen = async (listeners: Partial<Listeners>, concurrency = 4): Promise<Workers> => {
    const workers = await open.startWorkers({ listeners: { ...silent, ...listeners }, concurrency, log, lockMs });
    started.push(workers);
    return workers;
  };
  /** Resolves with what was heard once `count` messages were. */
  const hear = (count: number): { readonly heard: Promise<readonly string[]>; readonly listeners: Listeners } => {
    const messages: string[] = [];
    const { opened, open: full } = gate();
    const note = async (message: string): Promise<void> => {
      messages.push(message);
      if (messages.length === count) full();
    };
    return {
      heard: opened.then(() => messages),
      listeners: {
        admit: (inboxId) => note(`admit ${inboxId}`),
        advance: (id) => note(`advance ${id}`),
        perform: (id) => note(`perform ${id}`),
      },
    };
  };

  test('every message reaches its listener', async () => {
    const { heard, listeners } = hear(4);
    await listen(listeners);
    await open.queue.admit(12);
    await open.queue.advance(run('r1'));
    await open.queue.perform({ id: effect('r1.1.0'), lane: 'quick', delayMs: 0 });
    await open.queue.perform({ id: effect('r1.1.1'), lane: 'work', delayMs: 0 });
    expect([...(await heard)].sort()).toEqual(['admit 12', 'advance r1', 'perform r1.1.0', 'perform r1.1.1']);
  });

  test('what was queued before a worker started is taken, once per id', async () => {
    for (let times = 0; times < 5; times += 1) await open.queue.advance(run('early'));
    const { heard, listeners } = hear(1);
    await listen(listeners);
    expect(await heard).toEqual(['advance early']);
  });

  test('a run is advanced one at a time, and the last request is always followed by an advance', async () => {
    const runs = Array.from({ length: 5 }, (_, index) => run(`many${index}`));
    const requested = new Map<RunId, number>();
    const covered = new Map<RunId, number>();
    const active = new Map<RunId, number>();
    let most = 0;
    const { opened: allCovered, open: done } = gate();
    await listen({
      advance: async (id) => {
        const saw = requested.get(id) ?? 0;
        active.set(id, (active.get(id) ?? 0) + 1);
        most = Math.max(most, active.get(id) ?? 0);
        await pause(3);
        active.set(id, (active.get(id) ?? 0) - 1);
        covered.set(id, saw);
        if (runs.every((each) => covered.get(each) === 40)) done();
      },
    });
    await Promise.all(
      runs.map(async (id) => {
        for (let times = 1; times <= 40; times += 1) {
          requested.set(id, times);
          await open.queue.advance(id);
        }
      }),
    );
    await allCovered;
    expect(most).toBe(1);
  });

  test('a retry that is asked for while the effect is being performed comes after it, and after its delay', async () => {
    const times: number[] = [];
    const { opened: second, open: heardTwice } = gate();
    await listen({
      perform: async (id) => {
        times.push(performance.now());
        if (times.length === 2) heardTwice();
        else await open.queue.perform({ id, lane: 'quick', delayMs: 300 });
      },
    });
    await open.queue.perform({ id: effect('again.1.0'), lane: 'quick', delayMs: 0 });
    await second;
    expect(times[1]! - times[0]!).toBeGreaterThanOrEqual(290);
    expect(times[1]! - times[0]!).toBeLessThan(3_000);
  });

  test('a long job keeps neither short ones nor other long ones waiting', async () => {
    const { opened: end, open: endLong } = gate();
    const { heard, listeners } = hear(3);
    await listen({
      ...listeners,
      perform: async (id) => {
        await listeners.perform(id);
        if (id === 'long.1.0') await end;
      },
    });
    await open.queue.perform({ id: effect('long.1.0'), lane: 'work', delayMs: 0 });
    await open.queue.perform({ id: effect('long.1.1'), lane: 'work', delayMs: 0 });
    await open.queue.perform({ id: effect('long.1.2'), lane: 'quick', delayMs: 0 });
    expect([...(await heard)].sort()).toEqual(['perform long.1.0', 'perform long.1.1', 'perform long.1.2']);
    endLong();
  });

  test('a listener that throws is logged with its stack, and the worker goes on', async () => {
    const { heard, listeners } = hear(1);
    await listen({
      ...listeners,
      advance: async (id) => {
        if (id === 'broken') throw new TypeError('x is undefined');
        await listeners.advance(id);
      },
    });
    await open.queue.advance(run('broken'));
    await open.queue.advance(run('whole'));
    expect(await heard).toEqual(['advance whole']);
    const [line] = log.lines;
    expect(line).toMatchObject({ level: 'error', message: 'message failed by a bug', lane: 'advance', id: 'broken' });
    expect((line?.['err'] as Error).stack).toContain('contract.ts');
  });

  test('closing waits for what runs, and takes nothing new', async () => {
    const { opened: begun, open: begin } = gate();
    const { opened: end, open: finish } = gate();
    let isDone = false;
    const workers = await listen({
      advance: async () => {
        begin();
        await end;
        isDone = true;
      },
    });
    await open.queue.advance(run('closing'));
    await begun;
    const closing = workers.close();
    await open.queue.advance(run('later'));
    finish();
    await closing;
    expect(isDone).toBe(true);
    const { heard, listeners } = hear(1);
    await listen(listeners);
    expect(await heard).toEqual(['advance later']);
  });

  test('ping answers', async () => {
    await expect(open.ping()).resolves.toBeUndefined();
  });

  test('closing does not wait for ever; what such a worker leaves comes to another, once its lock has run out', async () => {
    const { opened: begun, open: begin } = gate();
    const never = gate();
    const dying = await listen({
      advance: async () => {
        begin();
        await never.opened;
      },
    });
    await open.queue.advance(run('orphan'));
    await begun;
    await open.queue.advance(run('orphan'));
    const startedMs = performance.now();
    await dying.close();
    expect(performance.now() - startedMs).toBeLessThan(9_000);
    const { heard, listeners } = hear(2);
    await listen(listeners);
    expect(await heard).toEqual(['advance orphan', 'advance orphan']);
    never.open();
  });

  test('a job that lasts much longer than its lock is not taken for stalled', async () => {
    let starts = 0;
    const { opened: ended, open: end } = gate();
    await listen({
      perform: async () => {
        starts += 1;
        await pause(4 * lockMs);
        end();
      },
    });
    await open.queue.perform({ id: effect('hour.1.0'), lane: 'work', delayMs: 0 });
    await ended;
    expect(starts).toBe(1);
    expect(log.lines).toEqual([]);
  });
}
