import { expect, test } from 'vitest';
import { aPerson, startMs } from '../support/builders.js';
import type { Subject } from './contract.js';
import { aChange, aDelivery, aForgeEvent, id, runOf } from './sample.js';

const unlabelled = { type: 'unlabelled', by: aPerson(), atMs: startMs } as const;

export function inboxContract(subject: () => Subject): void {
  test('a delivery that comes a hundred times, over two connections, is one row and fresh once', async () => {
    const { store, other, database } = subject();
    const received = await Promise.all(
      Array.from({ length: 100 }, (_, index) => (index % 2 === 0 ? store : other).inbox.receive(aDelivery('d1'))),
    );
    expect(new Set(received.map(({ inboxId }) => inboxId)).size).toBe(1);
    expect(received.filter(({ fresh }) => fresh)).toHaveLength(1);
    expect((await database.pool.query('select 1 from fleet.inbox')).rows).toHaveLength(1);
  });

  test('the same delivery id of another forge is another delivery', async () => {
    const { store } = subject();
    const first = await store.inbox.receive(aDelivery('d1'));
    const second = await store.inbox.receive({ ...aDelivery('d1'), source: 'gitlab' });
    expect(second.fresh).toBe(true);
    expect(await store.inbox.allWaiting(10)).toEqual([first.inboxId, second.inboxId]);
    expect(await store.inbox.allWaiting(1)).toEqual([first.inboxId]);
  });

  test('a delivery waits until it is admitted, and is given back as it came', async () => {
    const { store } = subject();
    const { inboxId } = await store.inbox.receive(aDelivery('d1'));
    expect(await store.inbox.waiting(inboxId)).toEqual({ inboxId, ...aDelivery('d1') });
    expect(await store.inbox.admit(inboxId, 'the label starts nothing', [])).toBe(true);
    expect(await store.inbox.waiting(inboxId)).toBeUndefined();
    expect(await store.inbox.allWaiting(10)).toEqual([]);
    expect(await store.inbox.receive(aDelivery('d1'))).toEqual({ inboxId, fresh: false });
  });

  test('of two that admit a delivery one does, and its events arrive once, in order', async () => {
    const { store, other } = subject();
    await store.runs.commit(aChange(runOf('r1', 1)));
    await store.runs.commit(aChange(runOf('r2', 2)));
    const { inboxId } = await store.inbox.receive(aDelivery('d1'));
    const closed = { type: 'issueClosed', by: aPerson(), atMs: startMs } as const;
    const events = [
      { run: id('r1'), event: unlabelled },
      { run: id('r1'), event: closed },
      { run: id('r2'), event: closed },
    ];
    const admitted = await Promise.all([
      store.inbox.admit(inboxId, 'unlabelled', events),
      other.inbox.admit(inboxId, 'unlabelled', events),
    ]);
    expect([...admitted].sort()).toEqual([false, true]);
    expect((await store.runs.load(id('r1')))?.unread.map(({ event }) => event)).toEqual([unlabelled, closed]);
    expect([...(await store.runs.withUnread())].sort()).toEqual(['r1', 'r2']);
    expect(await store.inbox.allWaiting(10)).toEqual([]);
  });

  test('text that PostgreSQL cannot hold is kept all the same, with replacements', async () => {
    const { store } = subject();
    const event = { ...aForgeEvent(), label: 'a\0b\ud800c \\u0000 \u{1f600}' };
    const { inboxId } = await store.inbox.receive({ ...aDelivery('d1'), event });
    const waiting = await store.inbox.waiting(inboxId);
    expect(waiting?.event).toEqual({ ...aForgeEvent(), label: 'a\ufffdb\ufffdc \\u0000 \u{1f600}' });
    expect(await store.inbox.admit(inboxId, 'because\0', [])).toBe(true);
  });
}
