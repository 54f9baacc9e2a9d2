import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll } from 'vitest';
import { Secret } from '../../src/domain/secret.js';
import { openDatabase, type Database } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { temporaryFolder } from './temp.js';

/** Variables that `npm test` and `node scripts/servers.mjs` set; suites that need a server are skipped without. */
export const postgresUrl = process.env['FLEET_TEST_DATABASE_URL'];
export const redisUrl = process.env['FLEET_TEST_REDIS_URL'];

const built = fileURLToPath(new URL('../../dist/store/template', import.meta.url));
/** The build's template where there is one: with it the first start takes a tenth of the time. */
export const template = existsSync(built) ? { template: built } : {};

/** A migrated embedded database for one test file, closed and removed after it; call it in beforeAll. */
export async function embeddedDatabase(): Promise<Database> {
  const folder = temporaryFolder('file');
  const database = await openDatabase({ kind: 'embedded', folder, ...template });
  afterAll(() => database.close());
  await migrate(database);
  return database;
}

/** Makes a database of its own for one test file on the test server, removed after it; call it in beforeAll. */
export async function postgresDatabase(): Promise<Secret> {
  const name = `fleet_test_${randomBytes(6).toString('hex')}`;
  await onServer(`create database ${name}`);
  afterAll(() => onServer(`drop database ${name} with (force)`));
  const url = new URL(postgresUrl ?? '');
  url.pathname = `/${name}`;
  return new Secret(url.href);
}

async function onServer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
