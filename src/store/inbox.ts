import type { ForgeEvent, ForgeName } from '../domain/forge.js';
import type { RunEvent } from '../domain/event.js';
import type { RunId } from '../domain/run.js';
import type { Inbox } from '../ports/store.js';
import { jsonb, storable, type FleetTables } from './tables.js';

/** An event on its way into a run's inbox; `delivery` makes it count once. */
export interface Addressed {
  readonly run: RunId;
  readonly event: RunEvent;
  readonly delivery: string;
}

/** Puts events into the inboxes of runs; those that are there already stay as they are. */
export async function deliver(tables: FleetTables, events: readonly Addressed[]): Promise<void> {
  if (events.length === 0) return;
  const rows = events.map(({ run, event, delivery }) => ({
    source: 'fleet' as const,
    delivery,
    run,
    type: event.type,
    event: jsonb(event),
    at_ms: event.atMs,
  }));
  await tables
    .insertInto('inbox')
    .values(rows)
    .onConflict((known) => known.doNothing())
    .execute();
}

/** Ends a delivery's wait; false when it had ended before. */
export async function endWait(tables: FleetTables, inboxId: number, because: string): Promise<boolean> {
  const row = await tables
    .updateTable('inbox')
    .set({ read_at: 'now', because: storable(because) })
    .where('id', '=', inboxId)
    .where('run', 'is', null)
    .where('read_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  return row !== undefined;
}

export function inboxIn(tables: FleetTables): Inbox {
  return {
    receive: async ({ source, delivery, event, atMs }) => {
      const inserted = await tables
        .insertInto('inbox')
        .values({ source, delivery, run: null, type: event.type, event: jsonb(event), at_ms: atMs })
        .onConflict((known) => known.doNothing())
        .returning('id')
        .executeTakeFirst();
      if (inserted !== undefined) return { inboxId: inserted.id, fresh: true };
      const known = await tables
        .selectFrom('inbox')
        .select('id')
        .where('source', '=', source)
        .where('delivery', '=', delivery)
        .executeTakeFirstOrThrow();
      return { inboxId: known.id, fresh: false };
    },

    waiting: async (inboxId) => {
      const row = await tables
        .selectFrom('inbox')
        .select(['source', 'delivery', 'event', 'at_ms'])
        .where('id', '=', inboxId)
        .where('run', 'is', null)
        .where('read_at', 'is', null)
        .executeTakeFirst();
      if (row === undefined) return undefined;
      // Rows without a run are what `receive` wrote.
      const { source, event } = row as { readonly source: ForgeName; readonly event: ForgeEvent };
      return { inboxId, source, delivery: row.delivery, event, atMs: row.at_ms };
    },

    allWaiting: async (limit) => {
      const rows = await tables
        .selectFrom('inbox')
        .select('id')
        .where('run', 'is', null)
        .where('read_at', 'is', null)
        .orderBy('id')
        .limit(limit)
        .execute();
      return rows.map(({ id }) => id);
    },

    admit: (inboxId, because, events) =>
      tables.transaction().execute(async (transaction) => {
        if (!(await endWait(transaction, inboxId, because))) return false;
        await deliver(
          transaction,
          events.map((each, index) => ({ ...each, delivery: `inbox.${inboxId}.${index}` })),
        );
        return true;
      }),
  };
}
