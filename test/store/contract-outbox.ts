import { expect, test } from 'vitest';
import type { WorkEvent } from '../../src/domain/event.js';
import type { EffectId, Run } from '../../src/domain/run.js';
import { startMs } from '../support/builders.js';
import type { Subject } from './contract.js';
import { aChange, after, anEffect, id, runOf } from './sample.js';

const claimMs = 30_000;
const shown: WorkEvent = { type: 'statusShown', commentId: 'c1', atMs: startMs };
const effect = 'r1.1.0' as EffectId;

async function runWithEffect({ store }: Subject): Promise<Run> {
  const run = runOf('r1', 1);
  await store.runs.commit(aChange(run, { effects: [anEffect(run, 0, 'showStatus')] }));
  return run;
}

export function outboxContract(subject: () => Subject): void {
  test('of ten that claim an effect one gets it; settled, it is due no more and its event arrives once', async () => {
    const { store, other } = subject();
    await runWithEffect(subject());
    expect(await store.outbox.due(startMs - 1, 10)).toEqual([]);
    expect(await store.outbox.claim(effect, 'w', startMs - 1, claimMs)).toBeUndefined();
    expect(await store.outbox.due(startMs, 10)).toEqual([{ id: effect, effect: { type: 'showStatus' } }]);
    const claims = await Promise.all(
      Array.from({ length: 10 }, (_, index) =>
        (index % 2 === 0 ? store : other).outbox.claim(effect, `w${index}`, startMs, claimMs),
      ),
    );
    const [claim, ...more] = claims.filter((each) => each !== undefined);
    expect(more).toEqual([]);
    expect(claim).toEqual({ effectId: effect, runId: 'r1', epoch: 1, effect: { type: 'showStatus' }, tries: 1 });
    expect(await store.outbox.due(startMs, 10)).toEqual([]);
    const settled = await Promise.all([store.outbox.settle(claim!, shown), other.outbox.settle(claim!, shown)]);
    expect([...settled].sort()).toEqual([false, true]);
    expect((await store.runs.load(id('r1')))?.unread.map(({ event }) => event)).toEqual([shown]);
    expect(await store.outbox.claim(effect, 'w', startMs + 10 * claimMs, claimMs)).toBeUndefined();
    expect(await store.outbox.due(startMs + 10 * claimMs, 10)).toEqual([]);
  });

  test('a claim that ran out is taken over; the worker that was taken for dead changes nothing any more', async () => {
    const { store, other } = subject();
    await runWithEffect(subject());
    const dead = await store.outbox.claim(effect, 'dead', startMs, claimMs);
    expect(await other.outbox.claim(effect, 'next', startMs + claimMs - 1, claimMs)).toBeUndefined();
    const next = await other.outbox.claim(effect, 'next', startMs + claimMs, claimMs);
    expect(next).toEqual({ ...dead, epoch: 2, tries: 2 });
    expect(await store.outbox.settle(dead!, shown)).toBe(false);
    await store.outbox.postpone(dead!, startMs + 1, 'too late');
    expect(await store.outbox.renew([dead!], startMs, 10 * claimMs)).toEqual({ lost: [effect], cancelled: [] });
    expect((await store.runs.load(id('r1')))?.unread).toEqual([]);
    expect(await other.outbox.settle(next!, shown)).toBe(true);
  });

  test('a renewed claim holds longer', async () => {
    const { store } = subject();
    await runWithEffect(subject());
    const claim = await store.outbox.claim(effect, 'w', startMs, claimMs);
    expect(await store.outbox.renew([claim!], startMs + 20_000, claimMs)).toEqual({ lost: [], cancelled: [] });
    expect(await store.outbox.claim(effect, 'other', startMs + 49_999, claimMs)).toBeUndefined();
    expect(await store.outbox.claim(effect, 'other', startMs + 50_000, claimMs)).toMatchObject({ epoch: 2 });
    expect(await store.outbox.renew([], startMs, claimMs)).toEqual({ lost: [], cancelled: [] });
  });

  test('a postponed effect is due again then, and the claim is gone', async () => {
    const { store } = subject();
    await runWithEffect(subject());
    const claim = await store.outbox.claim(effect, 'w', startMs, claimMs);
    await store.outbox.postpone(claim!, startMs + 5_000, 'the forge rests\0');
    expect(await store.outbox.settle(claim!, shown)).toBe(false);
    expect(await store.outbox.due(startMs + 4_999, 10)).toEqual([]);
    expect(await store.outbox.claim(effect, 'w', startMs + 5_000, claimMs)).toEqual({ ...claim, epoch: 2, tries: 2 });
  });

  test('a worker that comes back gives its claims back, and only its own', async () => {
    const { store } = subject();
    const run = runOf('r1', 1);
    await store.runs.commit(aChange(run, { effects: [anEffect(run, 0, 'showStatus'), anEffect(run, 1, 'react')] }));
    const before = await store.outbox.claim(effect, 'crashed', startMs, claimMs);
    await store.outbox.claim('r1.1.1' as EffectId, 'alive', startMs, claimMs);
    await store.outbox.release('crashed');
    expect(await store.outbox.due(startMs, 10)).toEqual([{ id: effect, effect: { type: 'showStatus' } }]);
    expect(await store.outbox.settle(before!, shown)).toBe(false);
  });

  test('cancelling stops work of earlier revisions, but not what tells people', async () => {
    const { store } = subject();
    const run = runOf('r1', 1);
    const effects = [
      anEffect(run, 0, 'prepareWorkspace'),
      anEffect(run, 1, 'showStatus'),
      anEffect(run, 2, 'prepareWorkspace'),
    ];
    await store.runs.commit(aChange(run, { effects }));
    const claim = await store.outbox.claim(effects[0]!.id, 'w', startMs, claimMs);
    const next = after(run);
    const later = anEffect(next, 0, 'prepareWorkspace');
    await store.runs.commit(aChange(next, { effects: [later], cancelsWork: true }));
    expect((await store.outbox.due(startMs, 10)).map((row) => row.id)).toEqual(['r1.1.1', 'r1.2.0']);
    expect(await store.outbox.claim(effects[2]!.id, 'w', startMs, claimMs)).toBeUndefined();
    // Whoever performs it hears that it is over; what was used until then still counts.
    expect(await store.outbox.renew([claim!], startMs, claimMs)).toEqual({ lost: [], cancelled: [effects[0]!.id] });
    expect(await store.outbox.settle(claim!, shown)).toBe(true);
    expect((await store.runs.load(run.id))?.unread.map(({ event }) => event)).toEqual([shown]);
  });

  test('due effects come in the order of their times, at most as many as asked for', async () => {
    const { store } = subject();
    const run = runOf('r1', 1);
    const effects = [2, 0, 1].map((second, index) => anEffect(run, index, 'react', startMs + second));
    await store.runs.commit(aChange(run, { effects }));
    expect((await store.outbox.due(startMs + 9, 2)).map((row) => row.id)).toEqual(['r1.1.1', 'r1.1.2']);
  });
}
