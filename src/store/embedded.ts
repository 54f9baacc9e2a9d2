import { chmodSync, cpSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';
import { EmbeddedPool } from './embedded-pool.js';
import { lockFolder } from './folder-lock.js';
import { searchPath, type SqlPool } from './sql-pool.js';

/** PGlite's own 160 MB of shared buffers cost 130 MB of memory that Fleet's few rows never fill. The sizes of the log count at checkpoints. */
const settings = [`search_path=${searchPath}`, 'shared_buffers=16MB', 'max_wal_size=64MB', 'min_wal_size=32MB'];

/** PGlite has neither autovacuum nor checkpointer: without this, tables whose rows come and go and the log would grow for ever. */
const tidyEveryMs = 3_600_000;

/** Folder of an empty, migrated database, made by the build: the first start copies it instead of creating one, which takes seconds. */
const builtTemplate = fileURLToPath(new URL('./template', import.meta.url));

export interface EmbeddedOptions {
  readonly folder: string;
  /** Folder of a database for the first start; by default the one that the build made. It need not be there. */
  readonly template?: string;
}

/** Opens the embedded database in the folder, alone; throws `FolderLocked`. */
export async function openEmbeddedPool({ folder, template = builtTemplate }: EmbeddedOptions): Promise<{
  readonly pool: SqlPool;
  readonly release: () => void;
}> {
  const lock = lockFolder(folder);
  try {
    const database = await startedIn(folder, template);
    const pool = new EmbeddedPool(database);
    const timer = setInterval(() => void tidy(pool).catch(ignore), tidyEveryMs);
    timer.unref();
    const release = (): void => {
      clearInterval(timer);
      lock.release();
    };
    return { pool, release };
  } catch (error) {
    lock.release();
    throw error;
  }
}

/** Table by table, since each holds up the process. */
async function tidy(pool: SqlPool): Promise<void> {
  const { rows } = await pool.query<{ readonly name: string }>(
    "select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname in ('fleet', 'bullmq')",
  );
  for (const { name } of rows) await pool.query(`vacuum ${name}`);
  await pool.query('checkpoint');
}

/** A first start that is killed half-way is begun again by the next. */
async function startedIn(folder: string, template: string): Promise<PGlite> {
  const dataDir = join(folder, 'database');
  if (!existsSync(dataDir)) {
    const unfinished = `${dataDir}.unfinished`;
    rmSync(unfinished, { recursive: true, force: true });
    if (existsSync(template)) cpSync(template, unfinished, { recursive: true });
    else await (await startPGlite(unfinished)).close();
    // It holds what private repositories say.
    chmodSync(unfinished, 0o700);
    renameSync(unfinished, dataDir);
  }
  return startPGlite(dataDir);
}

async function startPGlite(dataDir: string): Promise<PGlite> {
  const startParams = [...PGlite.defaultStartParams, ...settings.flatMap((setting) => ['-c', setting])];
  return PGlite.create({ dataDir, startParams });
}

function ignore(): void {
  // What fails is tried again in an hour.
}
