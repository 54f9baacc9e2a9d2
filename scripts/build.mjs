// Compiles src into dist and copies the files that are not TypeScript. `--if-stale` builds only when something changed.
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = join(root, 'src');
const dist = join(root, 'dist');
const stamp = join(dist, '.built');
/** tsc writes only what changed since its last run; what it remembers of that run lies beside what it wrote, and goes with it. */
const remembered = '.tsbuildinfo';
const inputs = ['package-lock.json', 'tsconfig.json', 'scripts/build.mjs'];

/** Builds dist; returns the exit code. */
export function build({ ifStale = false } = {}) {
  if (ifStale && !isStale()) return 0;
  const startedMs = performance.now();
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  if (!existsSync(tsc)) {
    process.stderr.write('build  dist is missing or older than src, and TypeScript is not installed: run `npm ci`\n');
    return 1;
  }
  const startedAt = new Date();
  rmSync(stamp, { force: true });
  const done = spawnSync(process.execPath, [tsc, '-p', join(root, 'tsconfig.json')], { cwd: root, stdio: 'inherit' });
  if (done.status !== 0) return done.status ?? 1;
  // Listed after tsc: what was added meanwhile is compiled, and must not count as without source.
  const sources = filesIn(src);
  copyAssets(sources);
  removeOutputsWithoutSource(sources);
  const made = spawnSync(process.execPath, ['--import', 'tsx', 'scripts/pglite-template.ts'], {
    cwd: root,
    stdio: 'inherit',
  });
  if (made.status !== 0) return made.status ?? 1;
  if (existsSync(join(dist, 'cli.js'))) chmodSync(join(dist, 'cli.js'), 0o755);
  writeFileSync(stamp, '');
  // Dated at the start, so that what changed during the build is built by the next one.
  utimesSync(stamp, startedAt, startedAt);
  process.stdout.write(`build  ${((performance.now() - startedMs) / 1000).toFixed(1)} s\n`);
  return 0;
}

function isStale() {
  if (!existsSync(src)) return false; // An image holds dist only.
  if (!existsSync(stamp)) return true;
  const builtMs = statSync(stamp).mtimeMs;
  const paths = [
    src,
    ...readdirSync(src, { recursive: true }).map((name) => join(src, name)),
    ...inputs.map((name) => join(root, name)),
  ];
  return paths.some((path) => existsSync(path) && statSync(path).mtimeMs > builtMs);
}

function filesIn(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1));
}

function copyAssets(sources) {
  for (const name of sources.filter((source) => !source.endsWith('.ts'))) {
    mkdirSync(dirname(join(dist, name)), { recursive: true });
    cpSync(join(src, name), join(dist, name));
  }
}

function removeOutputsWithoutSource(sources) {
  const expected = new Set(
    sources.flatMap((name) =>
      name.endsWith('.ts') ? [name.replace(/ts$/, 'js'), name.replace(/ts$/, 'js.map')] : [name],
    ),
  );
  expected.add(remembered);
  for (const name of filesIn(dist)) if (!expected.has(name)) rmSync(join(dist, name));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.exitCode = build({ ifStale: process.argv.includes('--if-stale') });
}
