// An issue in, a merge request out, with the real CLI in the middle: `fleet run` on a sample repository, the model on loopback.
import { execFile, execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startModel } from '../../test/support/model/stand-in.mjs';
import { files, issue, script } from './script.mjs';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));
const key = 'dummy-key-for-loopback';
const limitMs = 90_000;

/** Runs the loop once and resolves to everything that can be seen of it. Throws only when it cannot be started. */
export async function runWholeLoop(programs) {
  const folder = mkdtempSync(join(tmpdir(), 'fleet-agents-'));
  const model = await startModel({ key, script });
  try {
    const place = prepare(folder, model.url);
    const before = stateOf(place.repository);
    const fleet = await runFleet(place, programs);
    const lines = fleet.stdout.split('\n').flatMap(parsed);
    return {
      ...{ fleet, lines, last: lines.at(-1) ?? {}, turns: model.turns, unexpected: model.unexpected },
      ...{
        before,
        after: stateOf(place.repository),
        homeEntries: readdirSync(place.home),
        survivors: survivorsIn(folder),
      },
      git: (...args) => git(place.repository, ...args),
      close: () => rmSync(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  } finally {
    await model.close();
  }
}

function prepare(folder, url) {
  const place = {
    ...{ folder, repository: join(folder, 'sample'), home: join(folder, 'home'), dataFolder: join(folder, 'data') },
    ...{ config: join(folder, 'fleet.config.yml'), issue: join(folder, 'issue.md') },
  };
  for (const path of [place.home, place.repository]) mkdirSync(path);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(place.repository, name)), { recursive: true });
    writeFileSync(join(place.repository, name), text);
  }
  git(place.repository, 'init', '--quiet', '--initial-branch=main');
  git(place.repository, 'add', '--all');
  git(
    place.repository,
    '-c',
    'user.name=Test',
    '-c',
    'user.email=test@example.com',
    'commit',
    '--quiet',
    '-m',
    'Start',
  );
  writeFileSync(place.issue, issue);
  // JSON is YAML, too.
  const agent = {
    ...{ name: 'claude', dialect: 'claude', model: 'claude-sonnet-4-5' },
    ...{ env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key }, timeouts: { silence: '30s', wall: '60s' } },
  };
  writeFileSync(place.config, JSON.stringify({ agents: [agent] }));
  return place;
}

function runFleet({ folder, repository, home, dataFolder, config, issue: issueFile }, programs) {
  const path = `${programs}:${dirname(process.execPath)}:/usr/local/bin:/usr/bin:/bin`;
  const env = { PATH: path, HOME: home, FLEET_CONFIG: config, FLEET_DATA_DIR: dataFolder, LOG_LEVEL: 'warn' };
  const args = [cli, 'run', '--repo', repository, '--issue', issueFile, '--json'];
  const options = { cwd: folder, env, timeout: limitMs, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : (error.code ?? error.signal), stdout, stderr });
    });
  });
}

/** What the caller has of the repository: nothing of it may change. */
function stateOf(repository) {
  return [
    git(repository, 'status', '--porcelain'),
    git(repository, 'rev-parse', 'HEAD'),
    git(repository, 'branch', '--show-current'),
  ];
}

function git(repository, ...args) {
  const env = { PATH: process.env.PATH, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', ['-C', repository, ...args], { encoding: 'utf8', env, timeout: 10_000 });
}

function parsed(line) {
  try {
    return [JSON.parse(line)];
  } catch {
    return []; // Not for machines.
  }
}

/** Processes that still work below the folder. */
function survivorsIn(folder) {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => [name, contentOf(`/proc/${name}/cmdline`), contentOf(`/proc/${name}/environ`)])
    .filter(([, ...traces]) => traces.some((trace) => trace.includes(folder)))
    .map(([pid, command]) => `${pid} ${command.replaceAll('\0', ' ')}`);
}

function contentOf(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return ''; // It ended meanwhile.
  }
}
