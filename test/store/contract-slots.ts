import { expect, test } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { aRepository, aPerson, startMs } from '../support/builders.js';
import type { Subject } from './contract.js';
import { aChange, after, id, runOf } from './sample.js';

const generous = { runs: 100, runsPerRepository: 100, runsPerDay: 100, runsPerRequesterPerDay: 100 };
const preparing = { name: 'queued', step: 'preparing', resume: { to: 'planning' } } as const;
const dayMs = 86_400_000;

async function waitingRuns({ store }: Subject, count: number, change: (index: number) => Partial<Run> = () => ({})) {
  for (let index = 0; index < count; index += 1) {
    await store.runs.commit(aChange(runOf(`r${index}`, index, { createdAtMs: startMs + index, ...change(index) })));
  }
}

/** The run reads that it has its slot, and begins. */
async function begin({ store }: Subject, name: string): Promise<Run> {
  const { run, unread } = (await store.runs.load(id(name)))!;
  expect(unread.map(({ event }) => event.type)).toEqual(['slotGranted']);
  const next = after(run, { phase: preparing });
  await store.runs.commit(aChange(next, { read: unread.map(({ inboxId }) => inboxId) }));
  return next;
}

export function slotsContract(subject: () => Subject): void {
  test('slots go to the oldest; a grant that is not read yet counts as taken, one that is read as well', async () => {
    const { store } = subject();
    await waitingRuns(subject(), 4);
    const limits = { ...generous, runs: 2 };
    expect(await store.runs.grantSlots(limits, startMs)).toEqual(['r0', 'r1']);
    expect(await store.runs.grantSlots(limits, startMs)).toEqual([]);
    const begun = await begin(subject(), 'r0');
    expect(await store.runs.grantSlots(limits, startMs)).toEqual([]);
    await store.runs.commit(aChange(after(begun, { phase: { name: 'cancelled', why: 'stopped' } })));
    expect(await store.runs.grantSlots(limits, startMs)).toEqual(['r2']);
    expect((await store.runs.load(id('r2')))?.unread.map(({ event }) => event)).toEqual([
      { type: 'slotGranted', atMs: startMs },
    ]);
  });

  test('two that grant at once give no slot twice', async () => {
    const { store, other } = subject();
    await waitingRuns(subject(), 12);
    const limits = { ...generous, runs: 5 };
    const granted = await Promise.all(
      Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? store : other).runs.grantSlots(limits, startMs)),
    );
    expect(granted.flat().sort()).toEqual(['r0', 'r1', 'r2', 'r3', 'r4']);
  });

  test('a repository at its limit lets the others pass', async () => {
    const { store } = subject();
    await waitingRuns(subject(), 4, (index) => ({ repository: aRepository({ id: index < 3 ? 'busy' : 'other' }) }));
    expect(await store.runs.grantSlots({ ...generous, runsPerRepository: 1 }, startMs)).toEqual(['r0', 'r3']);
  });

  test('starts of the last 24 hours are limited, in all and per requester', async () => {
    const { store } = subject();
    await waitingRuns(subject(), 5, (index) => ({ requester: aPerson(index === 4 ? 'olga' : 'mona') }));
    const limits = { ...generous, runsPerDay: 4, runsPerRequesterPerDay: 2 };
    expect(await store.runs.grantSlots(limits, startMs)).toEqual(['r0', 'r1', 'r4']);
    expect(await store.runs.grantSlots(limits, startMs + dayMs - 1)).toEqual([]);
    expect(await store.runs.grantSlots({ ...limits, runsPerDay: 3 }, startMs + dayMs)).toEqual(['r2', 'r3']);
  });

  test('a run that waits again after its grant was read is granted again', async () => {
    const { store } = subject();
    await waitingRuns(subject(), 1);
    expect(await store.runs.grantSlots(generous, startMs)).toEqual(['r0']);
    const begun = await begin(subject(), 'r0');
    await store.runs.commit(aChange(after(begun, { phase: { ...preparing, step: 'waiting' } })));
    expect(await store.runs.grantSlots(generous, startMs + 1)).toEqual(['r0']);
  });
  test('a run that has begun goes on before others begin, and has started once', async () => {
    const { store } = subject();
    await waitingRuns(subject(), 3, (index) => ({ createdAtMs: startMs + (index === 2 ? -1 : index) }));
    const limits = { ...generous, runs: 1, runsPerDay: 1, runsPerRequesterPerDay: 1 };
    expect(await store.runs.grantSlots({ ...limits, runs: 1 }, startMs)).toEqual(['r2']);
    const begun = await begin(subject(), 'r2');
    await store.runs.commit(aChange(after(begun, { phase: { ...preparing, step: 'waiting' } })));
    expect(await store.runs.grantSlots({ ...limits, runs: 3 }, startMs + 1)).toEqual(['r2']);
    expect(await store.runs.grantSlots({ ...limits, runs: 3, runsPerDay: 2 }, startMs + 1)).toEqual([]);
    const most = { ...limits, runs: 3, runsPerDay: 2, runsPerRequesterPerDay: 2 };
    expect(await store.runs.grantSlots(most, startMs + 1)).toEqual(['r0']);
  });
}
