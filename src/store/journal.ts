import type { JournalEntry } from '../domain/journal.js';
import type { Journal } from '../ports/store.js';
import { jsonb, storable, type FleetTables } from './tables.js';

/** Within a transaction that holds the rows of the runs, so that a run's entries become visible in the order of their numbers. */
export async function insertEntries(tables: FleetTables, entries: readonly JournalEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const rows = entries.map(({ run, atMs, kind, text, fields }) => ({
    run,
    at_ms: atMs,
    kind,
    text: storable(text),
    fields: jsonb(fields),
  }));
  await tables.insertInto('journal').values(rows).execute();
}

export function journalIn(tables: FleetTables): Journal {
  return {
    append: async (entries) => {
      const runs = [...new Set(entries.map(({ run }) => run))];
      if (runs.length === 0) return;
      await tables.transaction().execute(async (transaction) => {
        await transaction
          .selectFrom('runs')
          .select('id')
          .where('id', 'in', runs)
          .orderBy('id')
          .forNoKeyUpdate()
          .execute();
        await insertEntries(transaction, entries);
      });
    },

    read: async (run, afterSeq, limit) => {
      const rows = await tables
        .selectFrom('journal')
        .select(['seq', 'at_ms', 'kind', 'text', 'fields'])
        .where('run', '=', run)
        .where('seq', '>', afterSeq)
        .orderBy('seq')
        .limit(limit)
        .execute();
      return rows.map(({ seq, at_ms, kind, text, fields }) => ({ seq, run, atMs: at_ms, kind, text, fields }));
    },
  };
}
