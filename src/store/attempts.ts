import { sql } from 'kysely';
import type { Attempts } from '../ports/accounts.js';
import { storable, type FleetTables } from './tables.js';

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

    fares: (of) => faresOf(tables, of),
  };
}

async function faresOf(
  tables: FleetTables,
  { forge, repositoryId, kind = '', role }: Parameters<Attempts['fares']>[0],
): ReturnType<Attempts['fares']> {
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
}
