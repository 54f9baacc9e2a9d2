// `npm run check`: every tool that keeps the doors, one line each, stopping at the first that fails.
// `npm run check -- eslint knip` runs only those named.
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureInstalled } from './ensure-installed.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

const tools = [
  { name: 'tsc', args: ['-p', 'tsconfig.check.json'] },
  { name: 'eslint', args: ['--max-warnings', '0', '.'] },
  { name: 'prettier', args: ['--check', '--log-level', 'warn', '.'] },
  { name: 'depcruise', args: ['--config', '.dependency-cruiser.cjs', '--output-type', 'err-long', 'src'] },
  { name: 'knip', args: ['--no-progress', '--no-config-hints'] },
  { name: 'type-coverage', args: ['--project', 'tsconfig.json', '--strict', '--at-least', '99', '--detail'] },
];

ensureInstalled();
process.exitCode = check(process.argv.slice(2));

function check(names) {
  const unknown = names.filter((name) => tools.every((tool) => tool.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`No such check: ${unknown.join(', ')}. There are ${tools.map((t) => t.name).join(', ')}.\n`);
    return 2;
  }
  const chosen = tools.filter((tool) => names.length === 0 || names.includes(tool.name));
  return chosen.every(passes) ? 0 : 1;
}

function passes({ name, args }) {
  const startedMs = performance.now();
  const done = spawnSync(join(root, 'node_modules/.bin', name), args, {
    cwd: root,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1).padStart(6);
  const passed = done.status === 0;
  process.stdout.write(`${name.padEnd(14)}${passed ? 'ok    ' : 'FAILED'}${seconds} s\n`);
  if (!passed) process.stdout.write(`\n${done.stdout ?? ''}${done.stderr ?? ''}${done.error?.message ?? ''}\n`);
  return passed;
}
