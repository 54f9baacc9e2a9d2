import pg from 'pg';
import { retryLater } from '../domain/failure.js';
import type { Secret } from '../domain/secret.js';
import { searchPath, type SqlPool } from './sql-pool.js';

/** Four workers of the queue hold one connection each; the others serve everything else. */
const connections = 16;
const connectWithinMs = 10_000;

/** Connects to PostgreSQL; throws `retryLater` when it cannot be reached or refuses. */
export async function openPostgresPool(url: Secret): Promise<SqlPool> {
  const types = new pg.TypeOverrides();
  // Like PGlite: Fleet's are ids and milliseconds.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url.reveal(),
    application_name: 'fleet',
    max: connections,
    keepAlive: true,
    connectionTimeoutMillis: connectWithinMs,
    types,
    onConnect,
  });
  // BullMQ adds listeners per queue and worker.
  pool.setMaxListeners(0);
  // An idle connection was cut: the pool drops it and the next query opens another. Without a listener the process would end.
  pool.on('error', () => undefined);
  try {
    await pool.query('select 1');
  } catch (error) {
    await pool.end();
    const why = error instanceof Error ? error.message : String(error);
    throw retryLater(
      `PostgreSQL cannot be used: ${why}. Check DATABASE_URL and that the server runs`,
      undefined,
      error,
    );
  }
  return pool;
}

/** Awaited by the pool before a new connection is used, though its type does not say so. */
function onConnect(client: pg.ClientBase): void {
  return client.query(`set search_path to ${searchPath}`) as unknown as undefined;
}
