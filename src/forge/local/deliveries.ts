import type { Transaction } from 'kysely';
import type { ForgeEvent } from '../../domain/forge.js';
import type { Clock, Ids } from '../../ports.js';
import type { Delivery } from '../../ports/store.js';
import type { LocalDatabase, LocalTables } from './tables.js';

/** Takes what people did; the same delivery may be handed over twice. */
export type Sink = (delivery: Delivery) => Promise<void>;

/** Hands what people did to Fleet, at least once: written with the act itself, and removed when it was taken. */
export interface Deliveries {
  /** Runs the act in a transaction together with the events that it returns, then hands them over. */
  act<T>(act: (database: Transaction<LocalTables>) => Promise<Acted<T>>): Promise<T>;
  /** Hands over what a process that died has left. */
  redeliver(): Promise<void>;
}

export interface Acted<T> {
  readonly result: T;
  readonly events: readonly ForgeEvent[];
}

export function createDeliveries(database: LocalDatabase, ids: Ids, clock: Clock, sink: Sink): Deliveries {
  async function redeliver(): Promise<void> {
    const rows = await database.selectFrom('local_deliveries').selectAll().orderBy('at_ms').orderBy('id').execute();
    for (const row of rows) {
      await sink({ source: 'local', delivery: row.id, event: row.event, atMs: Number(row.at_ms) });
      await database.deleteFrom('local_deliveries').where('id', '=', row.id).execute();
    }
  }

  return {
    redeliver,
    act: async (act) => {
      const { result, events } = await database.transaction().execute(async (transaction) => {
        const acted = await act(transaction);
        for (const event of acted.events) {
          const row = { id: ids.next(), event: JSON.stringify(event), at_ms: clock.nowMs() };
          await transaction.insertInto('local_deliveries').values(row).execute();
        }
        return acted;
      });
      if (events.length > 0) await redeliver();
      return result;
    },
  };
}
