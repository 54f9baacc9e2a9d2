import { sql } from 'kysely';
import type { Health } from '../domain/account.js';
import type { Accounts, Attempts } from '../ports/accounts.js';
import { deliver } from './inbox.js';
import { jsonb, storable, type FleetTables } from './tables.js';

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

export function attemptsIn(tables: FleetTables): Attempts {
  return {
    record: async (attempt, { run, forge, repositoryId, kind = '', account }, isAccepted) => {
      const { id, role, agent, task = '', outcome, usage, startedAtMs, endedAtMs } = attempt;
      const failed =
        outcome.kind === 'failed' ? { failure: outcome.failure, limit_kind: outcome.limit?.kind ?? null } : {};
      await tables
        .insertInto('attempts')
        .values({
          ...{ id, run, role, agent, task, forge, repository_id: repositoryId, kind: storable(kind), account },
          ...{ outcome: outcome.kind, failure: null, limit_kind: null, ...failed, accepted: isAccepted },
          ...{ started_at_ms: startedAtMs, ended_at_ms: endedAtMs, cost_usd: usage.costUsd },
          tokens: Math.round(usage.inputTokens + usage.outputTokens),
        })
        .onConflict((known) => known.doNothing())
        .execute();
    },

    accept: async ({ run, role, task }) => {
      const last = tables
        .selectFrom('attempts')
        .select('id')
        .where('run', '=', run)
        .where('role', '=', role)
        .where('task', '=', task)
        .where('outcome', '=', 'finished')
        .orderBy('ended_at_ms', 'desc')
        .limit(1);
      await tables.updateTable('attempts').set({ accepted: true }).where('id', 'in', last).execute();
    },

    tokensSince: async (atMs) => {
      const rows = await tables
        .selectFrom('attempts')
        .select(['account', sql<string>`sum(tokens)`.as('tokens')])
        .where('ended_at_ms', '>=', atMs)
        .groupBy('account')
        .execute();
      return new Map(rows.map(({ account, tokens }) => [account, Number(tokens)]));
    },

    fares: async ({ forge, repositoryId, kind = '', role }) => {
      const rows = await tables
        .selectFrom('attempts')
        .select([
          'agent',
          sql<string>`count(*)`.as('attempts'),
          sql<string>`count(*) filter (where accepted)`.as('accepted'),
          sql<string>`sum(cost_usd)`.as('costUsd'),
          sql<string>`sum(tokens)`.as('tokens'),
        ])
        .where('forge', '=', forge)
        .where('repository_id', '=', repositoryId)
        .where('kind', '=', storable(kind))
        .where('role', '=', role)
        .groupBy('agent')
        .orderBy('agent')
        .execute();
      return rows.map(({ agent, attempts, accepted, costUsd, tokens }) => ({
        ...{ agent, attempts: Number(attempts), accepted: Number(accepted) },
        ...{ costUsd: Number(costUsd), tokens: Number(tokens) },
      }));
    },
  };
}
