import { expect, test } from 'vitest';
import { aMergeRequest, aPerson, aPlanningPhase, aRepository, aWorkingPhase, startMs } from '../support/builders.js';
import type { Subject } from './contract.js';
import { expectLostRace } from './lost-race.js';
import { aChange, aDelivery, after, anEffect, id, runOf } from './sample.js';

const stopped = { name: 'cancelled', why: 'stopped' } as const;

export function runsContract(subject: () => Subject): void {
  test('a run is given back as it was written, with what it has not read', async () => {
    const { store } = subject();
    const run = runOf('r1', 1, { phase: aWorkingPhase(), statusComment: 'c\0' } as never);
    await store.runs.commit(aChange(run));
    expect(await store.runs.load(run.id)).toEqual({ run: { ...run, statusComment: 'c\ufffd' }, unread: [] });
    expect(await store.runs.load(id('nobody'))).toBeUndefined();
  });

  test('a creation admits its delivery in the same transaction, and loses when somebody else did', async () => {
    const { store } = subject();
    const { inboxId } = await store.inbox.receive(aDelivery('d1'));
    const admits = { inboxId, because: 'labelled' };
    await store.runs.commit(aChange(runOf('r1', 1), { admits }));
    expect(await store.inbox.waiting(inboxId)).toBeUndefined();
    await expectLostRace(store.runs.commit(aChange(runOf('r2', 2), { admits })));
    expect(await store.runs.load(id('r2'))).toBeUndefined();
  });

  test('an issue has at most one open run, whoever creates them', async () => {
    const { store, other } = subject();
    const results = await Promise.allSettled(
      ['r1', 'r2', 'r3', 'r4'].map((name, index) =>
        (index % 2 === 0 ? store : other).runs.commit(aChange(runOf(name, 1))),
      ),
    );
    expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    await expectLostRace(store.runs.commit(aChange(runOf('r5', 1))));
    const [open] = await store.runs.ofIssue('github', aRepository().id, 1);
    await store.runs.commit(aChange(after(open!, { phase: stopped })));
    await store.runs.commit(aChange(runOf('r9', 1, { createdAtMs: startMs + 1 })));
    expect((await store.runs.ofIssue('github', aRepository().id, 1)).map((run) => run.id)).toEqual(['r9', open!.id]);
  });

  test('of two that commit from the same revision one does, and nothing of the other is kept', async () => {
    const { store, other } = subject();
    const run = runOf('r1', 1);
    await store.runs.commit(aChange(run));
    const next = after(run, { phase: aPlanningPhase() });
    const entry = { run: run.id, atMs: startMs, kind: 'decided', text: 'planning', fields: {} } as const;
    const change = aChange(next, { effects: [anEffect(next, 0, 'react')], journal: [entry] });
    const results = await Promise.allSettled([store.runs.commit(change), other.runs.commit(change)]);
    expect(results.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
    await expectLostRace(store.runs.commit(change));
    expect((await store.runs.load(run.id))?.run).toEqual(next);
    expect(await store.outbox.due(startMs, 10)).toHaveLength(1);
    expect(await store.journal.read(run.id, 0, 10)).toHaveLength(1);
  });

  test('what was read is not unread any more; what came later is', async () => {
    const { store } = subject();
    const run = runOf('r1', 1);
    await store.runs.commit(aChange(run));
    const events = ['d1', 'd2'].map((name) => ({
      name,
      event: { type: 'issueClosed', by: aPerson(), atMs: startMs } as const,
    }));
    for (const { name, event } of events) {
      const { inboxId } = await store.inbox.receive(aDelivery(name));
      await store.inbox.admit(inboxId, 'closed', [{ run: run.id, event }]);
    }
    const loaded = await store.runs.load(run.id);
    const [first, second] = loaded!.unread;
    await store.runs.commit(aChange(after(run, { phase: stopped }), { read: [first!.inboxId] }));
    expect((await store.runs.load(run.id))?.unread).toEqual([second]);
    // What comes late is read by an ended run, too.
    expect(await store.runs.withUnread()).toEqual([run.id]);
  });

  test('lists are newest first and narrowed by phase and repository', async () => {
    const { store } = subject();
    const elsewhere = aRepository({ id: '9002', path: 'acme/other' });
    await store.runs.commit(aChange(runOf('r1', 1, { createdAtMs: startMs })));
    await store.runs.commit(aChange(runOf('r2', 2, { createdAtMs: startMs + 2, phase: aPlanningPhase() })));
    await store.runs.commit(aChange(runOf('r3', 3, { createdAtMs: startMs + 1, repository: elsewhere })));
    const ids = async (filter: Parameters<typeof store.runs.list>[0]) =>
      (await store.runs.list(filter)).map((run) => run.id);
    expect(await ids({ limit: 10 })).toEqual(['r2', 'r3', 'r1']);
    expect(await ids({ limit: 2 })).toEqual(['r2', 'r3']);
    expect(await ids({ limit: 10, phases: ['queued', 'blocked'] })).toEqual(['r3', 'r1']);
    expect(await ids({ limit: 10, phases: ['queued'], repositoryId: '9001' })).toEqual(['r1']);
  });

  test('the open run of a merge request is found', async () => {
    const { store } = subject();
    const run = runOf('r1', 1, { mergeRequest: aMergeRequest({ number: 8 }) });
    await store.runs.commit(aChange(run));
    expect(await store.runs.ofMergeRequest('github', aRepository().id, 8)).toEqual(run);
    expect(await store.runs.ofMergeRequest('gitlab', aRepository().id, 8)).toBeUndefined();
    await store.runs.commit(aChange(after(run, { phase: { name: 'merged' } })));
    expect(await store.runs.ofMergeRequest('github', aRepository().id, 8)).toBeUndefined();
  });
}
