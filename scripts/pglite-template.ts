// Makes dist/store/template: the folder of an empty, migrated embedded database, which the first start copies instead of creating one.
// Run by the build, at its end; what was made before from the same migrations and packages is taken from a cache.
import { createHash } from 'node:crypto';
import { cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { localMigrations } from '../src/forge/local/migrations.js';
import { prepareQueue } from '../src/queue/backend.js';
import { openDatabase } from '../src/store/database.js';
import { migrate } from '../src/store/migrate.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const template = join(root, 'dist/store/template');
const cache = join(root, 'node_modules/.cache/fleet');
/** What the template is made from. */
const inputs = [
  ...['src/store/migrations.ts', 'src/store/embedded.ts', 'src/forge/local/migrations.ts'],
  ...['node_modules/@electric-sql/pglite/package.json', 'node_modules/bullmq/package.json'],
];

/** Templates that nobody has used for so long are removed. */
const unusedMs = 24 * 3_600_000;

/** The folder of the template in the cache, made when it is not there. */
export async function cachedTemplate(): Promise<string> {
  const hash = createHash('sha256');
  for (const input of inputs) hash.update(readFileSync(join(root, input)));
  const cached = join(cache, `template-${hash.digest('hex').slice(0, 16)}`);
  if (!existsSync(cached)) await make(cached);
  const now = new Date();
  utimesSync(cached, now, now);
  removeUnused(now.getTime());
  return cached;
}

/** Another checkout may share the cache, and be copying its own. */
function removeUnused(nowMs: number): void {
  const folders = readdirSync(cache).filter((name) => /^template-[0-9a-f]+$/.test(name));
  for (const folder of folders.map((name) => join(cache, name))) {
    const { mtimeMs = nowMs } = statSync(folder, { throwIfNoEntry: false }) ?? {};
    if (nowMs - mtimeMs > unusedMs) rmSync(folder, { recursive: true, force: true });
  }
}

/** Makes the folder under another name first: others must not see half of it. */
async function make(to: string): Promise<void> {
  const folder = `${to}.${process.pid}`;
  const database = await openDatabase({ kind: 'embedded', folder, template: '' });
  await migrate(database, [localMigrations]);
  await prepareQueue(database.pool);
  await database.close();
  try {
    renameSync(join(folder, 'database'), to);
  } catch (error) {
    // Somebody else was faster.
    if (!existsSync(to)) throw error;
  }
  rmSync(folder, { recursive: true });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const cached = await cachedTemplate();
  rmSync(template, { recursive: true, force: true });
  cpSync(cached, template, { recursive: true });
}
