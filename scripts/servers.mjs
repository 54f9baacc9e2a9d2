// Private PostgreSQL and Redis servers for tests and benchmarks, gone when the command ends.
//   node scripts/servers.mjs -- <command…>   runs it with FLEET_TEST_DATABASE_URL and FLEET_TEST_REDIS_URL set
import { spawn } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { fileURLToPath } from 'node:url';
import { startPostgres, startRedis } from './servers/start.mjs';
import { findPrograms } from './servers/programs.mjs';
import { folderPrefix, makeFolder } from './servers/folder.mjs';

let commandsRunning = 0;

/**
 * Starts both servers, installing them from Debian's packages where they are absent and that is possible.
 * Resolves to { environment, missing, stop }: variables for the tests, and lines about what could not be had.
 */
export async function startServers() {
  const startedMs = performance.now();
  removeFoldersOfTheDead();
  const programs = findPrograms();
  const folder = makeFolder(programs.account);
  const state = { running: [] };
  const stop = async () => {
    await Promise.all(state.running.map((server) => server.stop()));
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  };
  // While a command runs, runCommand hands the signal on and whoever called it stops the servers.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => commandsRunning > 0 || stop().finally(() => process.exit(130)));
  }
  const started = await Promise.all([
    attempt('PostgreSQL', 'FLEET_TEST_DATABASE_URL', () => startPostgres(programs, folder)),
    attempt('Redis', 'FLEET_TEST_REDIS_URL', () => startRedis(programs, folder)),
  ]);
  const running = started.filter((server) => server.url !== undefined);
  state.running = running;
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  if (running.length > 0) {
    process.stdout.write(`servers  ${running.map((s) => `${s.name} ${s.version}`).join(', ')}, ${seconds} s\n`);
  }
  return {
    environment: Object.fromEntries(running.map((server) => [server.variable, server.url])),
    missing: started.flatMap((server) => (server.problem === undefined ? [] : [`${server.name}: ${server.problem}`])),
    stop,
  };
}

/** Says loudly what will not be tested, if anything. */
export function announceMissing(missing) {
  if (missing.length === 0) return;
  const line = '!'.repeat(100);
  const rows = missing.map((text) => `!! ${text}`).join('\n');
  process.stdout.write(`${line}\n${rows}\n!! The store and queue suites that need it WILL NOT RUN.\n${line}\n`);
}

/** Runs a command in the foreground, handing signals on; resolves to its exit code. */
export async function runCommand([command, ...args], environment) {
  const child = spawn(command, args, { stdio: 'inherit', env: { ...process.env, ...environment } });
  // Stay until the child has ended, so that what was started is also stopped. A terminal signals the child by itself.
  const onInterrupt = () => process.stdin.isTTY || child.kill('SIGINT');
  const onTerminate = () => child.kill('SIGTERM');
  process.on('SIGINT', onInterrupt).on('SIGTERM', onTerminate).on('SIGHUP', onTerminate);
  commandsRunning++;
  try {
    return await new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 143)));
    });
  } finally {
    commandsRunning--;
    process.off('SIGINT', onInterrupt).off('SIGTERM', onTerminate).off('SIGHUP', onTerminate);
  }
}

async function attempt(name, variable, start) {
  try {
    return { name, variable, ...(await start()) };
  } catch (error) {
    return { name, variable, problem: error.message };
  }
}

/** Removes what a run that was killed with -9 could not; its servers went with it. */
function removeFoldersOfTheDead() {
  for (const parent of new Set([tmpdir(), '/tmp'])) {
    for (const name of readdirSync(parent)) {
      const pid = Number(name.startsWith(folderPrefix) ? name.slice(folderPrefix.length).split('-')[0] : NaN);
      if (Number.isInteger(pid) && !isAlive(pid)) rmSync(`${parent}/${name}`, { recursive: true, force: true });
    }
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

async function main() {
  const command = process.argv.slice(process.argv.indexOf('--') + 1);
  if (!process.argv.includes('--') || command.length === 0) {
    process.stderr.write('Usage: node scripts/servers.mjs -- <command…>\n');
    return 2;
  }
  const servers = await startServers();
  announceMissing(servers.missing);
  try {
    return await runCommand(command, servers.environment);
  } finally {
    await servers.stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) process.exitCode = await main();
