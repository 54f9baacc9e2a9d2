import { laneOf } from '../domain/effect.js';
import type { Loop } from './loop.js';

/** Rows that one sweep queues at most; the next one goes on. */
const batch = 1_000;

/** Queues again whatever waits: messages may be lost, rows are not. At boot, then every 30 s. */
export async function sweep(loop: Loop): Promise<void> {
  const { store, queue, clock } = loop.ports;
  const nowMs = clock.nowMs();
  const [waiting, due] = [await store.inbox.allWaiting(batch), await store.outbox.due(nowMs, batch)];
  const granted = await store.runs.grantSlots(loop.settings.limits, nowMs);
  const unread = await store.runs.withUnread();
  for (const inboxId of waiting) await queue.admit(inboxId);
  for (const { id, effect } of due) await queue.perform({ id, lane: laneOf(effect.type), delayMs: 0 });
  for (const run of new Set([...granted, ...unread])) await queue.advance(run);
}
