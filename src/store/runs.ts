import { sql, type SelectQueryBuilder } from 'kysely';
import type { Run } from '../domain/run.js';
import type { LoadedRun, Runs } from '../ports/store.js';
import { commit } from './commit.js';
import { grantSlots } from './grant-slots.js';
import type { FleetTables, Tables } from './tables.js';

export function runsIn(tables: FleetTables): Runs {
  return {
    load: async (id) => {
      // In one statement, so that run and events are of the same moment.
      const unread = sql<LoadedRun['unread']>`coalesce(
        (select jsonb_agg(jsonb_build_object('inboxId', inbox.id, 'event', inbox.event) order by inbox.id)
         from fleet.inbox where inbox.run = ${id} and inbox.read_at is null), '[]')`;
      return tables
        .selectFrom('runs')
        .select(['run', unread.as('unread')])
        .where('id', '=', id)
        .executeTakeFirst();
    },

    commit: (change) => commit(tables, change),

    list: ({ phases, repositoryId, limit }) => {
      let query = tables.selectFrom('runs').select('run').limit(limit);
      if (phases !== undefined) query = query.where(sql<boolean>`phase = any(${phases})`);
      if (repositoryId !== undefined) query = query.where('repository_id', '=', repositoryId);
      return newestFirst(query);
    },

    ofIssue: (forge, repositoryId, issueNumber) =>
      newestFirst(
        tables
          .selectFrom('runs')
          .select('run')
          .where('forge', '=', forge)
          .where('repository_id', '=', repositoryId)
          .where('issue_number', '=', issueNumber),
      ),

    ofMergeRequest: async (forge, repositoryId, number) => {
      const row = await tables
        .selectFrom('runs')
        .select('run')
        .where('forge', '=', forge)
        .where('repository_id', '=', repositoryId)
        .where('merge_request_number', '=', number)
        .where('open', '=', true)
        .executeTakeFirst();
      return row?.run;
    },

    withUnread: async () => {
      const rows = await tables
        .selectFrom('inbox')
        .select('run')
        .distinct()
        .where('run', 'is not', null)
        .where('read_at', 'is', null)
        .execute();
      return rows.flatMap(({ run }) => run ?? []);
    },

    grantSlots: (limits, nowMs) => grantSlots(tables, limits, nowMs),
  };
}

async function newestFirst(query: SelectQueryBuilder<Tables, 'runs', { run: Run }>): Promise<readonly Run[]> {
  const rows = await query.orderBy('created_at_ms', 'desc').orderBy('id', 'desc').execute();
  return rows.map(({ run }) => run);
}
