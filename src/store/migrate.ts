import { sql, type Kysely, type Migration } from 'kysely';
import type { Database } from './database.js';
import { fleetMigrations } from './migrations.js';

/** Any number, the same in every Fleet. */
const advisoryLock = 4_203_071;

interface MigrationTables {
  migrations: { readonly name: string };
}

/** Brings the schema `fleet` up to date: Fleet's own tables, then those of `others`. Several processes may start at once. */
export async function migrate(
  database: Database,
  others: readonly Readonly<Record<string, Migration>>[] = [],
): Promise<void> {
  const tables = (database.kysely as Kysely<MigrationTables>).withSchema('fleet');
  await tables.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(transaction);
    await sql`
      create schema if not exists fleet;
      create table if not exists fleet.migrations (name text primary key, done_at timestamptz not null default now());
    `.execute(transaction);
    const rows = await transaction.selectFrom('migrations').select('name').execute();
    const done = new Set(rows.map(({ name }) => name));
    for (const [name, migration] of [fleetMigrations, ...others].flatMap(Object.entries<Migration>)) {
      if (done.has(name)) continue;
      await migration.up(transaction);
      await transaction.insertInto('migrations').values({ name }).execute();
    }
  });
}
