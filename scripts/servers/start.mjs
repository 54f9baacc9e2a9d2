import { spawn, spawnSync } from 'node:child_process';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

const readyWithinMs = 30_000;
const stopWithinMs = 10_000;
/** Another process may take the free port between the look and the start. */
const tries = 3;

/** Starts PostgreSQL on loopback with nothing kept safe; resolves to { url, version, stop }. */
export async function startPostgres({ postgresFolder, setpriv, account }, folder) {
  if (postgresFolder === undefined) throw new Error('not installed and could not be installed');
  if (account !== undefined && setpriv === undefined)
    throw new Error('setpriv is missing, and it refuses to run as root');
  const home = join(folder, 'postgres');
  const cluster = join(home, 'cluster');
  const [initdb, ...initdbArgs] = asAccount({ setpriv, account }, [
    join(postgresFolder, 'initdb'),
    ...['-D', cluster, '-U', 'fleet', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'],
  ]);
  const made = spawnSync(initdb, initdbArgs, { cwd: home, encoding: 'utf8' });
  if (made.status !== 0) throw new Error(`initdb failed: ${made.stderr}`);
  const settings = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'max_connections=200'];
  const server = await startOnFreePort(
    (port) => [
      ...asAccount({ setpriv, account, deathSignal: 'QUIT' }, [join(postgresFolder, 'postgres')]),
      ...['-D', cluster, '-p', String(port), '-k', home, '-h', '127.0.0.1'],
      ...settings.flatMap((setting) => ['-c', setting]),
    ],
    // A booting server answers the start-up message with E, one that lets us in with R.
    { cwd: home, stopSignal: 'SIGINT', question: postgresHello(), isReady: (answer) => answer.startsWith('R') },
  );
  const url = `postgres://fleet@127.0.0.1:${server.port}/postgres`;
  return { url, version: versionOf(join(postgresFolder, 'postgres')), stop: server.stop };
}

/** Starts Redis on loopback without persistence; resolves to { url, version, stop }. */
export async function startRedis({ redis, setpriv }, folder) {
  if (redis === undefined) throw new Error('not installed and could not be installed');
  const home = join(folder, 'redis');
  const server = await startOnFreePort(
    (port) => [
      ...asAccount({ setpriv, deathSignal: 'KILL' }, [redis]),
      ...['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', home],
    ],
    { cwd: home, stopSignal: 'SIGTERM', question: 'PING\r\n', isReady: (answer) => answer.startsWith('+PONG') },
  );
  return { url: `redis://127.0.0.1:${server.port}`, version: versionOf(redis), stop: server.stop };
}

/** Prefixes a command with setpriv, where there is one: another account, and an end together with its parent. */
function asAccount({ setpriv, account, deathSignal }, command) {
  if (setpriv === undefined) return command;
  const identity = account === undefined ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, '--clear-groups'];
  const death = deathSignal === undefined ? [] : ['--pdeathsig', deathSignal];
  return identity.length + death.length === 0 ? command : [setpriv, ...identity, ...death, ...command];
}

async function startOnFreePort(commandFor, options) {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    const server = launch(commandFor(port), options);
    try {
      await untilReady(server, port, options);
      return { port, stop: server.stop };
    } catch (error) {
      await server.stop();
      if (attempt === tries) throw error;
    }
  }
}

function launch([command, ...args], { cwd, stopSignal }) {
  // Detached: an interrupt from the terminal must not end it before those who use it.
  const child = spawn(command, args, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const state = { ended: false, output: '' };
  const ended = new Promise((resolve) => {
    const settle = () => {
      state.ended = true;
      resolve();
    };
    child.once('exit', settle);
    child.once('error', (error) => {
      state.output += error.message;
      settle();
    });
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk) => (state.output = (state.output + chunk).slice(-4000)));
  }
  const stop = async () => {
    if (!state.ended) child.kill(stopSignal);
    await Promise.race([ended, delay(stopWithinMs, undefined, { ref: false })]);
    if (!state.ended) child.kill('SIGKILL');
    await ended;
  };
  return { state, stop };
}

async function untilReady({ state }, port, { question, isReady }) {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline) {
    if (state.ended) throw new Error(`ended while starting: ${state.output.trim()}`);
    if (isReady(await ask(port, question))) return;
    await delay(25);
  }
  throw new Error(`not ready within ${readyWithinMs / 1000} s: ${state.output.trim()}`);
}

/** Sends bytes and resolves to the beginning of the answer, '' when there is none. */
function ask(port, question) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: '127.0.0.1' });
    const finish = (answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(2000, () => finish(''));
    socket.once('error', () => finish(''));
    socket.once('close', () => finish(''));
    socket.once('data', (chunk) => finish(chunk.toString('latin1')));
    socket.write(question);
  });
}

/** The protocol's start-up message, version 3.0. */
function postgresHello() {
  const body = Buffer.from('\0\x03\0\0user\0fleet\0database\0postgres\0\0', 'latin1');
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([length, body]);
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

function versionOf(program) {
  const text = spawnSync(program, ['--version'], { encoding: 'utf8' }).stdout;
  return /\d+\.\d+(\.\d+)?/.exec(text)?.[0] ?? 'of unknown version';
}
