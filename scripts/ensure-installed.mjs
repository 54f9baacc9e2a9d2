// Runs `npm ci` when node_modules is missing or is not what package-lock.json says. Plain Node, no package.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));

/** Installs the dependencies if needed and prints one line. Exits the process when they cannot be installed. */
export function ensureInstalled() {
  const reason = whyNotInstalled();
  if (reason === undefined) {
    process.stdout.write('dependencies  as package-lock.json says\n');
    return;
  }
  const startedMs = performance.now();
  const done = spawnSync('npm', ['ci', '--include=dev', '--no-audit', '--no-fund'], { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (done.status !== 0) {
    process.stderr.write(`${done.stdout ?? ''}${done.stderr ?? ''}\n`);
    process.stdout.write(`dependencies  npm ci failed after ${seconds} s (${reason})\n`);
    process.exit(1);
  }
  process.stdout.write(`dependencies  npm ci, ${seconds} s (${reason})\n`);
}

/** The reason why `npm ci` is due, undefined when what is installed is what the lock says. */
function whyNotInstalled() {
  const wanted = packagesOf('package-lock.json');
  if (wanted === undefined) throw new Error('package-lock.json is missing');
  const present = packagesOf('node_modules/.package-lock.json');
  if (present === undefined) return 'nothing installed';
  for (const [path, entry] of Object.entries(wanted)) {
    if (path === '') continue;
    const found = present[path];
    // npm leaves out optional packages made for other machines.
    if (found === undefined && entry.optional !== true && entry.devOptional !== true) return `${path} is missing`;
    if (found !== undefined && (found.version !== entry.version || found.integrity !== entry.integrity)) {
      return `${path} is another version`;
    }
  }
  const surplus = Object.keys(present).find((path) => wanted[path] === undefined);
  return surplus === undefined ? undefined : `${surplus} is not in the lock`;
}

function packagesOf(lockPath) {
  try {
    return JSON.parse(readFileSync(join(root, lockPath), 'utf8')).packages;
  } catch {
    // Absent or half written: both mean that there is nothing to rely on.
    return undefined;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) ensureInstalled();
