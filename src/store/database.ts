import { Kysely, PostgresDialect, type PostgresPool, type PostgresPoolClient } from 'kysely';
import type { Secret } from '../domain/secret.js';
import { openEmbeddedPool, type EmbeddedOptions } from './embedded.js';
import { translated } from './errors.js';
import { openPostgresPool } from './postgres-pool.js';
import type { SqlPool } from './sql-pool.js';

export type DatabaseOptions =
  ({ readonly kind: 'embedded' } & EmbeddedOptions) | { readonly kind: 'postgres'; readonly url: Secret };

export interface Database {
  readonly kind: DatabaseOptions['kind'];
  /** Throws `retryLater` for trouble that passes. Inside a transaction use only the transaction: the embedded database has one session. */
  readonly kysely: Kysely<unknown>;
  /** For BullMQ, which wants the driver's own errors. */
  readonly pool: SqlPool;
  close(): Promise<void>;
}

/** Opens the database; throws `FolderLocked` (embedded) or `retryLater` (PostgreSQL). */
export async function openDatabase(options: DatabaseOptions): Promise<Database> {
  const { pool, release } =
    options.kind === 'embedded'
      ? await openEmbeddedPool(options)
      : { pool: await openPostgresPool(options.url), release: () => undefined };
  const kysely = new Kysely<unknown>({ dialect: new PostgresDialect({ pool: translating(pool) }) });
  let closing: Promise<void> | undefined;
  return {
    kind: options.kind,
    kysely,
    pool,
    close: () =>
      (closing ??= kysely
        .destroy()
        .then(() => pool.end())
        .finally(release)),
  };
}

/** The pool for kysely: its errors are what the caller does next. */
function translating(pool: SqlPool): PostgresPool {
  const connect = async (): Promise<PostgresPoolClient> => {
    const client = await pool.connect().catch(rethrow);
    // A connection that is cut fails its query; without a listener it would end the process, too.
    client.on('error', ignore);
    return {
      query: (text: unknown, parameters?: readonly unknown[]) =>
        client.query(text as string, parameters).catch(rethrow),
      release: () => {
        client.off('error', ignore);
        client.release();
      },
    } as PostgresPoolClient;
  };
  return { connect, end: () => Promise.resolve() };
}

function rethrow(error: unknown): never {
  throw translated(error);
}

function ignore(): void {
  // The query says it.
}
