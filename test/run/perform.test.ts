import { once } from 'node:events';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Effect } from '../../src/domain/effect.js';
import type { RunEvent } from '../../src/domain/event.js';
import { lostRace, needsPerson, retryLater } from '../../src/domain/failure.js';
import type { EffectId } from '../../src/domain/run.js';
import { advance } from '../../src/run/advance.js';
import { HeldClaims } from '../../src/run/held-claims.js';
import { perform } from '../../src/run/perform.js';
import type { Claim } from '../../src/ports/store.js';
import type { Database } from '../../src/store/database.js';
import {
  aPerson,
  aPlanningPhase,
  aPrepared,
  aRun,
  anAssignment,
  aSnapshot,
  aUsage,
  startMs,
} from '../support/builders.js';
import { embeddedDatabase } from '../support/databases.js';
import { aDelivery } from '../store/sample.js';
import { loaded, sceneOn, type Scene } from './scene.js';

let database: Database;
let scene: Scene;
beforeAll(async () => {
  database = await embeddedDatabase('file');
}, 60_000);
beforeEach(async () => {
  scene = await sceneOn(database);
});
afterEach(() => scene.close());

const runId = aRun().id;
const effectId = 'r1.1.0' as EffectId;

/** The run with one effect that waits to be performed. */
async function given(effect: Effect): Promise<void> {
  const run = aRun(effect.type === 'runAgent' ? { phase: aPlanningPhase(), prepared: aPrepared() } : {});
  const effects = [{ id: effectId, effect, dueAtMs: startMs }];
  await scene.store.runs.commit({ fromRevision: 0, run, effects, journal: [], read: [], cancelsWork: false });
}

const reaction: Effect = { type: 'react', target: { kind: 'issue', number: 7 } };
const planning: Effect = { type: 'runAgent', assignment: anAssignment() };
const eventsOf = async (): Promise<readonly unknown[]> => (await loaded(scene, runId)).unread.map(({ event }) => event);
const isDue = async (): Promise<boolean> => (await scene.store.outbox.due(scene.nowMs, 10)).length > 0;

/** Performs until nothing is due again, letting the time pass that each try asked for; gives the pauses. */
async function performAll(): Promise<readonly number[]> {
  const pauses: number[] = [];
  for (;;) {
    await perform(scene.loop, effectId);
    const pauseMs = Number(/after (\d+)$/.exec(scene.told.pop() ?? '')?.[1] ?? NaN);
    if (Number.isNaN(pauseMs)) return pauses;
    pauses.push(pauseMs);
    scene.nowMs += pauseMs - 1;
    expect(await isDue()).toBe(false);
    scene.nowMs += 1;
    expect(await isDue()).toBe(true);
  }
}

describe('what is thrown', () => {
  it('nothing: the effect is settled once', async () => {
    let times = 0;
    scene.answers.react = () => Promise.resolve(void (times += 1));
    await given(reaction);
    await Promise.all([perform(scene.loop, effectId), perform(scene.loop, effectId)]);
    await perform(scene.loop, effectId);
    expect({ times, due: await isDue(), events: await eventsOf() }).toEqual({ times: 1, due: false, events: [] });
  });

  it('retryLater with a delay: again after that delay', async () => {
    const answers = [() => Promise.reject(retryLater('a limit', 90_000)), () => Promise.resolve()];
    scene.answers.react = () => (answers.shift() ?? Promise.resolve)();
    await given(reaction);
    expect(await performAll()).toEqual([90_000]);
    expect(await eventsOf()).toEqual([]);
  });

  it('retryLater: after 1 s, 2 s, 4 s … 5 min; after 18 tries the run is told', async () => {
    scene.answers.react = () => Promise.reject(retryLater('the forge is away'));
    await given(reaction);
    const doubling = [1, 2, 4, 8, 16, 32, 64, 128, 256].map((seconds) => seconds * 1_000);
    expect(await performAll()).toEqual([...doubling, ...Array.from({ length: 8 }, () => 300_000)]);
    const details = ['react was tried 18 times: the forge is away'];
    expect(await eventsOf()).toEqual([
      { type: 'effectFailed', effect: 'react', obstacle: { kind: 'spent', details }, atMs: scene.nowMs },
    ]);
    expect(scene.logged.filter((line) => line.startsWith('error'))).toEqual([]);
  });

  it('needsPerson: the run is told at once, with the obstacle', async () => {
    scene.answers.react = () => Promise.reject(needsPerson('forgeRefused', ['the app may not']));
    await given(reaction);
    await perform(scene.loop, effectId);
    expect(await eventsOf()).toEqual([
      {
        type: 'effectFailed',
        effect: 'react',
        obstacle: { kind: 'forgeRefused', details: ['the app may not'] },
        atMs: startMs,
      },
    ]);
    expect({ told: scene.told, due: await isDue() }).toEqual({ told: ['advance r1'], due: false });
  });

  it('lostRace: again after a second', async () => {
    const answers = [() => Promise.reject(lostRace('somebody else pushed')), () => Promise.resolve()];
    scene.answers.react = () => (answers.shift() ?? Promise.resolve)();
    await given(reaction);
    expect(await performAll()).toEqual([1_000]);
  });

  it('anything else: a bug, logged with its stack; after 4 tries the run is told', async () => {
    scene.answers.react = () => Promise.reject(new TypeError('x is not a function'));
    await given(reaction);
    expect(await performAll()).toEqual([1_000, 2_000, 4_000]);
    const details = ['react was tried 4 times: x is not a function'];
    expect(await eventsOf()).toMatchObject([{ type: 'effectFailed', obstacle: { kind: 'spent', details } }]);
    const bugs = scene.logged.filter((line) => line.startsWith('error'));
    expect(bugs).toHaveLength(4);
    expect(bugs[0]).toMatch(
      /^error: effect failed by a bug\nTypeError: x is not a function\n {4}at .*perform\.test\.ts/,
    );
  });
});

describe('whoever does not hold the claim any more settles nothing', () => {
  it('the claim ran out while it was performed: the other worker settles', async () => {
    await given(reaction);
    let other: Claim | undefined;
    scene.answers.react = async () => {
      scene.nowMs += 30_001;
      other = await scene.store.outbox.claim(effectId, 'w2', scene.nowMs, 30_000);
      throw needsPerson('forgeRefused', ['too late to say so']);
    };
    await perform(scene.loop, effectId);
    expect(await eventsOf()).toEqual([]);
    expect(scene.told).toEqual([]);
    expect(other).toMatchObject({ effectId, tries: 2 });
    expect(other !== undefined && (await scene.store.outbox.settle(other, undefined))).toBe(true);
  });

  it('the worker ends: the effect is performed again from the beginning, once its claims are given back', async () => {
    await given(planning);
    scene.runAgent = ({ signal }) =>
      new Promise((_, reject) => {
        signal.addEventListener('abort', () => reject(new Error('the process was killed')));
        scene.close();
      });
    await perform(scene.loop, effectId);
    expect({ events: await eventsOf(), told: scene.told, due: await isDue() }).toEqual({
      events: [],
      told: [],
      due: false,
    });
    await scene.store.outbox.release('w1');
    expect(await isDue()).toBe(true);
  });
});

describe('a run that is stopped while its agent works', () => {
  const elsewhere = (): HeldClaims => new HeldClaims(scene.store.outbox, scene.loop.ports.clock, scene.loop.ports.log);
  it.each([
    ['by this worker: at once', () => scene.loop.held, true],
    ['by another one: with the next renewal of the claim', elsewhere, false],
  ])('%s: the agent is told to end, and what it used is counted', async (_, heldBy, isAtOnce) => {
    await given(planning);
    const works = new Promise<AbortSignal>((resolve) => {
      scene.runAgent = async ({ signal }) => {
        resolve(signal);
        await once(signal, 'abort');
        const times = { startedAtMs: startMs, endedAtMs: startMs + 5 };
        return { outcome: { kind: 'stopped' }, usage: aUsage(), unknown: {}, ...times, artifacts: '/artifacts' };
      };
    });
    const performed = perform(scene.loop, effectId);
    const signal = await works;
    await commanded('stop');
    const held = heldBy();
    await advance({ ...scene.loop, held }, runId);
    if (isAtOnce) expect(signal.aborted).toBe(true);
    await performed;
    held.close();
    await advance(scene.loop, runId);
    const { run } = await loaded(scene, runId);
    expect(run.phase).toEqual({ name: 'cancelled', why: 'stopped', by: aPerson() });
    expect(run.attempts).toMatchObject([{ role: 'planner', outcome: { kind: 'stopped' }, usage: aUsage() }]);
    expect(await scene.store.outbox.claim(effectId, 'w2', scene.nowMs + 60_000, 30_000)).toBeUndefined();
  });
});

describe('a decision that the store refuses', () => {
  it('is a bug that is logged, and a person is asked: the run does not stand still', async () => {
    const head = aSnapshot();
    const run = aRun({ phase: { name: 'verifying', step: 'crossing', head }, prepared: aPrepared() });
    await scene.store.runs.commit({ fromRevision: 0, run, effects: [], journal: [], read: [], cancelsWork: false });
    await happens({ type: 'crossed', head, problems: [], notes: [], atMs: startMs });
    await advance(scene.loop, runId);
    const after = await loaded(scene, runId);
    expect([after.run.phase, after.run.revision, after.unread]).toEqual([
      {
        name: 'blocked',
        obstacle: {
          kind: 'receiptMissing',
          details: ['run r1 may not go on to delivering', 'no receipt for test'],
        },
        resume: { to: 'verifying', head },
      },
      2,
      [],
    ]);
    expect(scene.logged.filter((line) => line.includes('decision was refused by the store'))).toHaveLength(1);
  });
});

async function happens(event: RunEvent): Promise<void> {
  const { inboxId } = await scene.store.inbox.receive(aDelivery(event.type));
  await scene.store.inbox.admit(inboxId, 'for the test', [{ run: runId, event }]);
}

async function commanded(name: 'stop'): Promise<void> {
  const told = { by: aPerson(), command: { name }, commentId: 'c1', place: 'issue', atMs: startMs } as const;
  await happens({ type: 'commanded', ...told });
}
