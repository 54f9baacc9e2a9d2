import { sql } from 'kysely';
import type { Store } from '../ports/store.js';
import type { Database } from './database.js';
import { accountsIn } from './accounts.js';
import { attemptsIn } from './attempts.js';
import { inboxIn } from './inbox.js';
import { journalIn } from './journal.js';
import { outboxIn } from './outbox.js';
import { repositoriesIn } from './repositories.js';
import { runsIn } from './runs.js';
import { tablesOf } from './tables.js';

/** The `Store` port on a migrated database; closing it closes the database. */
export function storeOn(database: Database): Store {
  const tables = tablesOf(database);
  return {
    inbox: inboxIn(tables),
    runs: runsIn(tables),
    outbox: outboxIn(tables),
    journal: journalIn(tables),
    repositories: repositoriesIn(tables),
    accounts: accountsIn(tables),
    attempts: attemptsIn(tables),
    ping: async () => {
      await sql`select 1`.execute(tables);
    },
    close: () => database.close(),
  };
}
