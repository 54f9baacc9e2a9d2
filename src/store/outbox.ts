import type { Expression, ExpressionBuilder, SqlBool } from 'kysely';
import type { Claim, Outbox } from '../ports/store.js';
import { deliver } from './inbox.js';
import { storable, type FleetTables, type Tables } from './tables.js';

type Row = ExpressionBuilder<Tables, 'outbox'>;

/** True where the claim still holds: nobody claimed the effect since, and it was neither given back nor settled. */
function isHeld(row: Row, { effectId, epoch }: Claim): Expression<SqlBool> {
  return row.and([
    row('id', '=', effectId),
    row('epoch', '=', epoch),
    row('worker', 'is not', null),
    row('settled_at', 'is', null),
  ]);
}

/** True where somebody may claim the effect now. */
function isDue(row: Row, nowMs: number): Expression<SqlBool> {
  return row.and([
    row('settled_at', 'is', null),
    row('cancelled_at', 'is', null),
    row('due_at_ms', '<=', nowMs),
    row.or([row('worker', 'is', null), row('claimed_until_ms', '<=', nowMs)]),
  ]);
}

const givenBack = { worker: null, claimed_until_ms: null };

export function outboxIn(tables: FleetTables): Outbox {
  return {
    claim: (...order) => claimEffect(tables, ...order),

    renew: (...order) => renewClaims(tables, ...order),

    settle: (claim, event) =>
      tables.transaction().execute(async (transaction) => {
        const settled = await transaction
          .updateTable('outbox')
          .set({ settled_at: 'now', ...givenBack })
          .where((eb) => isHeld(eb, claim))
          .returning('id')
          .executeTakeFirst();
        if (settled === undefined) return false;
        if (event !== undefined) await deliver(transaction, [{ run: claim.runId, event, delivery: claim.effectId }]);
        return true;
      }),

    postpone: async (claim, dueAtMs, why) => {
      await tables
        .updateTable('outbox')
        .set({ due_at_ms: dueAtMs, postponed_because: storable(why), ...givenBack })
        .where((eb) => isHeld(eb, claim))
        .execute();
    },

    due: async (nowMs, limit) =>
      tables
        .selectFrom('outbox')
        .select(['id', 'effect'])
        .where((eb) => isDue(eb, nowMs))
        .orderBy('due_at_ms')
        .orderBy('id')
        .limit(limit)
        .execute(),

    release: async (worker) => {
      await tables
        .updateTable('outbox')
        .set(givenBack)
        .where('worker', '=', worker)
        .where('settled_at', 'is', null)
        .execute();
    },
  };
}

async function claimEffect(
  tables: FleetTables,
  ...[effectId, worker, nowMs, forMs]: Parameters<Outbox['claim']>
): Promise<Claim | undefined> {
  const row = await tables
    .updateTable('outbox')
    .set((eb) => ({
      worker,
      claimed_until_ms: nowMs + forMs,
      epoch: eb('epoch', '+', 1),
      tries: eb('tries', '+', 1),
    }))
    .where('id', '=', effectId)
    .where((eb) => isDue(eb, nowMs))
    .returning(['run', 'epoch', 'effect', 'tries'])
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { run, ...claimed } = row;
  return { effectId, runId: run, ...claimed };
}

async function renewClaims(
  tables: FleetTables,
  ...[claims, nowMs, forMs]: Parameters<Outbox['renew']>
): ReturnType<Outbox['renew']> {
  if (claims.length === 0) return { lost: [], cancelled: [] };
  const rows = await tables
    .updateTable('outbox')
    .set({ claimed_until_ms: nowMs + forMs })
    .where((eb) => eb.or(claims.map((claim) => isHeld(eb, claim))))
    .returning(['id', 'cancelled_at'])
    .execute();
  const held = new Set(rows.map(({ id }) => id));
  return {
    lost: claims.map(({ effectId }) => effectId).filter((id) => !held.has(id)),
    cancelled: rows.filter((row) => row.cancelled_at !== null).map(({ id }) => id),
  };
}
