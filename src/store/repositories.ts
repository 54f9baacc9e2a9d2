import type { KnownRepository, Repositories } from '../ports/store.js';
import { jsonb, type FleetTables } from './tables.js';

export function repositoriesIn(tables: FleetTables): Repositories {
  const known = tables.selectFrom('repositories').select(['repository', 'served', 'label_read', 'label']);
  return {
    see: async (repository, served) => {
      const seen = { repository: jsonb(repository), served };
      await tables
        .insertInto('repositories')
        .values({ forge: repository.forge, id: repository.id, ...seen })
        .onConflict((row) => row.columns(['forge', 'id']).doUpdateSet({ ...seen, seen_at: 'now' }))
        .execute();
    },

    find: async (forge, id) => {
      const row = await known.where('forge', '=', forge).where('id', '=', id).executeTakeFirst();
      return row === undefined ? undefined : knownFrom(row);
    },

    setLabel: async (forge, id, label) => {
      await tables
        .updateTable('repositories')
        .set({ label_read: true, label: label ?? null })
        .where('forge', '=', forge)
        .where('id', '=', id)
        .execute();
    },

    list: async () => (await known.orderBy('forge').orderBy('id').execute()).map(knownFrom),
  };
}

function knownFrom(row: {
  readonly repository: KnownRepository['repository'];
  readonly served: boolean;
  readonly label_read: boolean;
  readonly label: string | null;
}): KnownRepository {
  const { repository, served } = row;
  if (row.label !== null) return { repository, served, label: { name: row.label } };
  return { repository, served, label: row.label_read ? 'none' : 'unread' };
}
