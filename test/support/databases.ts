import { randomBytes } from 'node:crypto';
import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, onTestFinished } from 'vitest';
import { cachedTemplate } from '../../scripts/pglite-template.js';
import { Secret } from '../../src/domain/secret.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { temporaryFolder } from './temp.js';

/** Variables that `npm test` and `node scripts/servers.mjs` set; suites that need a server are skipped without. */
export const postgresUrl = process.env['FLEET_TEST_DATABASE_URL'];
export const redisUrl = process.env['FLEET_TEST_REDIS_URL'];

/** Puts an empty, migrated database into a data folder that has none, as an installed Fleet does: made from nothing, it takes seconds. */
export async function placeDatabase(dataFolder: string): Promise<void> {
  const folder = join(dataFolder, 'database');
  if (!existsSync(folder)) cpSync(await cachedTemplate(), folder, { recursive: true });
}

/** A migrated embedded database, closed and removed after the test, or with life 'file' (called in beforeAll) after the file. */
export async function embeddedDatabase(life: 'test' | 'file' = 'test'): Promise<Database> {
  const folder = temporaryFolder(life);
  const database = await openDatabase({ kind: 'embedded', folder, template: await cachedTemplate() });
  atEnd(life, () => database.close());
  await migrate(database);
  return database;
}

/** Makes a database on the test server, empty and removed likewise. */
export async function postgresDatabase(life: 'test' | 'file' = 'test'): Promise<Secret> {
  const name = `fleet_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  atEnd(life, () => onServer(`drop database ${name} with (force)`));
  const url = new URL(postgresUrl ?? '');
  url.pathname = `/${name}`;
  return new Secret(url.href);
}

/** Runs a statement on the test server, outside of any test's database. */
export async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

function atEnd(life: 'test' | 'file', end: () => Promise<void>): void {
  if (life === 'file') afterAll(end);
  else onTestFinished(end);
}
