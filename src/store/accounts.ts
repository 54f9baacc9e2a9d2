import { sql } from 'kysely';
import type { Health } from '../domain/account.js';
import type { Accounts } from '../ports/accounts.js';
import { deliver } from './inbox.js';
import { jsonb, type FleetTables } from './tables.js';

const well: Health = { kind: 'ok' };

export function accountsIn(tables: FleetTables): Accounts {
  return {
    list: () => tables.selectFrom('accounts').select(['name', 'health']).orderBy('name').execute(),

    change: (name, by) =>
      tables.transaction().execute(async (transaction) => {
        await transaction
          .insertInto('accounts')
          .values({ name, health: jsonb(well) })
          .onConflict((known) => known.doNothing())
          .execute();
        const { health: before } = await transaction
          .selectFrom('accounts')
          .select('health')
          .where('name', '=', name)
          .forUpdate()
          .executeTakeFirstOrThrow();
        const after = by(before);
        await transaction
          .updateTable('accounts')
          .set({ health: jsonb(after) })
          .where('name', '=', name)
          .execute();
        return { before, after };
      }),

    wake: (nowMs) =>
      tables.transaction().execute(async (transaction) => {
        const waiting = await transaction
          .selectFrom('runs')
          .select(['id', 'revision'])
          .where((eb) =>
            eb.or([
              eb('phase', '=', 'awaitingAgent'),
              sql<boolean>`phase = 'blocked' and run->'phase'->'obstacle'->>'kind' = 'agentsAway'`,
            ]),
          )
          .execute();
        const event = { type: 'agentsBack', atMs: nowMs } as const;
        await deliver(
          transaction,
          waiting.map(({ id, revision }) => ({ run: id, event, delivery: `agents.${id}.${revision}` })),
        );
        return waiting.map(({ id }) => id);
      }),
  };
}
