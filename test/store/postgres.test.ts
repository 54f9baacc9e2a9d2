import { afterAll, describe, expect, test } from 'vitest';
import { sql } from 'kysely';
import { Failure } from '../../src/domain/failure.js';
import { Secret } from '../../src/domain/secret.js';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { postgresDatabase, postgresUrl } from '../support/databases.js';
import { storeContract } from './contract.js';

const skipped = postgresUrl === undefined;

describe.skipIf(skipped)(
  `store on PostgreSQL${skipped ? ' (SKIPPED: FLEET_TEST_DATABASE_URL is not set)' : ''}`,
  () => {
    let url: Secret;

    storeContract(async () => {
      url = await postgresDatabase('file');
      const [database, second] = await Promise.all([
        openDatabase({ kind: 'postgres', url }),
        openDatabase({ kind: 'postgres', url }),
      ]);
      afterAll(() => Promise.all([database.close(), second.close()]));
      // Several processes start at once.
      await Promise.all([migrate(database), migrate(second), migrate(database)]);
      return { database, second };
    });

    test('a connection that is cut in a transaction is retryLater, and the next one works', async () => {
      const database = await openDatabase({ kind: 'postgres', url });
      try {
        const cut = database.kysely.transaction().execute(async (transaction) => {
          const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(transaction);
          await database.pool.query('select pg_terminate_backend($1)', [rows[0]!.pid]);
          await sql`select pg_sleep(5)`.execute(transaction);
        });
        const error: unknown = await cut.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(Failure);
        expect((error as Failure).reason).toEqual({ kind: 'retryLater' });
        await sql`select 1`.execute(database.kysely);
      } finally {
        await database.close();
      }
    });

    test('a server that is not there is retryLater and names the variable, never the password', async () => {
      const opening = openDatabase({ kind: 'postgres', url: new Secret('postgres://fleet:hush@127.0.0.1:1/fleet') });
      const error: unknown = await opening.catch((thrown: unknown) => thrown);
      expect(error).toBeInstanceOf(Failure);
      expect((error as Failure).reason).toEqual({ kind: 'retryLater' });
      expect((error as Failure).message).toContain('DATABASE_URL');
      expect((error as Failure).message).not.toContain('hush');
    });
  },
);
