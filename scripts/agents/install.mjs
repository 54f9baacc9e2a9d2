// The agent CLIs that `npm run test:agents` drives, installed once into .cache/agents.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const cache = fileURLToPath(new URL('../../.cache/agents', import.meta.url));
const limitMs = 10 * 60_000;

/** The CLIs, pinned. `script`: its own install script, which only puts the binary of this machine in place. */
const packages = {
  // Says `engines: node >= 22` and runs on 20 all the same: its binary needs no Node.
  claude: { name: '@anthropic-ai/claude-code', version: '2.1.329', script: 'install.cjs' },
  codex: { name: '@openai/codex', version: '0.169.0' },
  gemini: { name: '@google/gemini-cli', version: '0.61.0' },
  opencode: { name: 'opencode-ai', version: '1.18.33', script: 'postinstall.mjs' },
};

/** Installs a CLI unless the cache has it; resolves to the folder to put on PATH and what `--version` says. */
export async function installCli(cli) {
  const { name, version } = packages[cli];
  const folder = join(cache, `${name.split('/').at(-1)}-${version}`);
  const programs = join(folder, 'node_modules/.bin');
  if (!existsSync(folder)) await install(folder, packages[cli]);
  // A HOME of its own: some write there whatever they are asked.
  const home = mkdtempSync(join(cache, 'home-'));
  try {
    const env = { HOME: home, PATH: `${dirname(process.execPath)}:/usr/bin:/bin` };
    const { stdout } = await run(join(programs, cli), ['--version'], { env, timeout: 30_000 });
    return { programs, version: stdout.trim() };
  } finally {
    rmSync(home, { recursive: true, force: true });
  }
}

async function install(folder, { name, version, script }) {
  // Under another name until it is whole, so that an interrupted download does not stay.
  const partial = `${folder}.partial-${process.pid}`;
  mkdirSync(partial, { recursive: true });
  try {
    const quiet = ['--no-save', '--no-audit', '--no-fund', '--loglevel=error'];
    const args = ['install', '--prefix', partial, '--ignore-scripts', ...quiet, `${name}@${version}`];
    await run('npm', args, { timeout: limitMs });
    if (script !== undefined) {
      const cwd = join(partial, 'node_modules', name);
      await run(process.execPath, [script], { cwd, timeout: limitMs });
    }
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
  }
}
