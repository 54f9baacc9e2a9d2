// The agent CLIs that `npm run test:agents` drives, installed once into .cache/agents.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache/agents', import.meta.url));
const limitMs = 10 * 60_000;

/** Says `engines: node >= 22` and runs on 20 all the same: its binary needs no Node. */
const claude = { name: '@anthropic-ai/claude-code', version: '2.1.329' };

/** Installs Claude Code unless the cache has it; resolves to the folder to put on PATH and what `claude --version` says. */
export async function installClaude() {
  const folder = join(cache, `claude-code-${claude.version}`);
  const programs = join(folder, 'node_modules/.bin');
  if (!existsSync(folder)) await install(folder);
  const { stdout } = await run(join(programs, 'claude'), ['--version'], { env: { HOME: folder }, timeout: 15_000 });
  return { programs, version: stdout.trim() };
}

async function install(folder) {
  // Under another name until it is whole, so that an interrupted download does not stay.
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const options = [
      '--prefix',
      partial,
      '--ignore-scripts',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
    ];
    await run('npm', ['install', ...options, `${claude.name}@${claude.version}`], { timeout: limitMs });
    // Its own install script only puts the binary of this machine in place.
    const script = join(partial, 'node_modules', claude.name, 'install.cjs');
    await run(process.execPath, [script], { timeout: limitMs });
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
