import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { beforeAll } from 'vitest';
import { createLocalForge } from '../../../src/forge/local/local-forge.js';
import { localMigrations } from '../../../src/forge/local/migrations.js';
import type { LocalTables } from '../../../src/forge/local/tables.js';
import type { Delivery } from '../../../src/ports/store.js';
import type { Database } from '../../../src/store/database.js';
import { migrate } from '../../../src/store/migrate.js';
import { gitRunner } from '../../../src/workspace/run-git.js';
import { startMs } from '../../support/builders.js';
import { embeddedDatabase } from '../../support/databases.js';
import { temporaryFolder } from '../../support/temp.js';

/** One embedded database for the tests of a file. */
export function sharedDatabase(): () => Database {
  let database: Database | undefined;
  beforeAll(async () => {
    database = await embeddedDatabase('file');
    await migrate(database, [localMigrations]);
  }, 60_000);
  return () => database!;
}

let nextId = 0;

/** A local forge of its own on the database; deliveries are collected. The owner is ada. */
export function aLocalForge(database: Database, sink?: (delivery: Delivery) => Promise<void>) {
  const deliveries: Delivery[] = [];
  const folder = join(temporaryFolder(), 'bare');
  let nowMs = startMs;
  const local = createLocalForge({
    kysely: database.kysely,
    clock: { nowMs: () => (nowMs += 1) },
    ids: { next: () => `id${String((nextId += 1)).padStart(6, '0')}` },
    folder,
    git: gitRunner({ PATH: process.env['PATH']! }),
    owner: 'ada',
    branchPrefix: 'fleet/',
    sink: sink ?? (async (delivery) => void deliveries.push(delivery)),
  });
  const tables = (database.kysely as Kysely<LocalTables>).withSchema('fleet');
  return { ...local, deliveries, tables, folder };
}

const quiet = {
  ...{
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_AUTHOR_NAME: 'Ada',
    GIT_AUTHOR_EMAIL: 'ada@example.com',
  },
  ...{ GIT_COMMITTER_NAME: 'Ada', GIT_COMMITTER_EMAIL: 'ada@example.com' },
};

/** git in a folder, as Ada; trimmed output. */
export function gitIn(folder: string, ...args: readonly string[]): string {
  return execFileSync('git', args, {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, ...quiet },
    stdio: 'pipe',
  }).trim();
}

/** A repository with a checked out branch `trunk`. */
export function aCheckout(...init: readonly string[]): string {
  const folder = join(temporaryFolder(), 'shop');
  mkdirSync(join(folder, 'docs'), { recursive: true });
  gitIn(folder, 'init', '--quiet', '--initial-branch=trunk', ...init);
  writeFileSync(join(folder, 'README.md'), '# Sample\n');
  writeFileSync(join(folder, 'docs/über uns.md'), 'grüße\n');
  gitIn(folder, 'add', '.');
  gitIn(folder, 'commit', '--quiet', '-m', 'Begin');
  return folder;
}

/** Puts a branch with one more commit, changing one file, on top of another; no file of the checkout is touched. */
export function addBranch(folder: string, name: string, file: { readonly path: string; readonly text: string }): void {
  pushCommit(folder, name, { [file.path]: file.text }, 'trunk');
}

/** Puts one more commit on a branch, which begins at `trunk` where it is not there; no file of the checkout is touched. Its sha. */
export function pushCommit(
  folder: string,
  branch: string,
  files: Readonly<Record<string, string | undefined>>,
  from = gitIn(folder, 'for-each-ref', '--format=%(refname)', `refs/heads/${branch}`) || 'trunk',
): string {
  const index = { ...process.env, ...quiet, GIT_INDEX_FILE: join(temporaryFolder(), 'index') };
  const run = (args: readonly string[], input = ''): string =>
    execFileSync('git', args, { cwd: folder, encoding: 'utf8', env: index, input }).trim();
  run(['read-tree', from]);
  for (const [path, text] of Object.entries(files)) {
    if (text === undefined) run(['update-index', '--force-remove', path]);
    else {
      const blob = run(['hash-object', '-w', '--stdin'], text);
      run(['update-index', '--add', '--cacheinfo', `100644,${blob},${path}`]);
    }
  }
  const message = `Change ${Object.keys(files).join(', ')}`;
  const commit = run(['commit-tree', run(['write-tree']), '-p', run(['rev-parse', from]), '-m', message]);
  run(['update-ref', `refs/heads/${branch}`, commit]);
  return commit;
}
