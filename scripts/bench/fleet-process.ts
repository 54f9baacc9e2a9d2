import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

/** For a look inside: BENCH_NODE_OPTIONS='--cpu-prof --cpu-prof-dir=/tmp/profiles'. */
const nodeOptions = (process.env['BENCH_NODE_OPTIONS'] ?? '').split(' ').filter((option) => option !== '');

const root = fileURLToPath(new URL('../..', import.meta.url));
const readyWithinMs = 60_000;
const stopWithinMs = 20_000;

const living = new Set<ChildProcess>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

export interface FleetOrder {
  /** Working directory; what Fleet logs goes into `fleet.log` there. */
  readonly folder: string;
  readonly variables: Readonly<Record<string, string>>;
  /** `cli`: as people start it; `daemon`: with probot's spacing of writes off. */
  readonly program: 'cli' | 'daemon';
}

/** A Fleet from the build, in a process of its own. */
export interface FleetProcess {
  readonly address: string;
  /** From the spawn to the first 200 of `/readyz`. */
  readonly readyMs: number;
  /** Resident memory in MB, with that of its children: an idle Fleet has none but the one that starts programs for it. */
  residentMb(): number;
  stop(): Promise<void>;
}

export async function startFleetProcess({ folder, variables, program }: FleetOrder): Promise<FleetProcess> {
  const port = await freePort();
  const log = openSync(join(folder, 'fleet.log'), 'a');
  const [script = '', ...args] = program === 'cli' ? ['dist/cli.js', 'start'] : ['scripts/bench/daemon.mjs'];
  const address = `http://127.0.0.1:${port}`;
  const startedMs = performance.now();
  const child = spawn(process.execPath, [...nodeOptions, join(root, script), ...args], {
    cwd: folder,
    env: { ...variables, HOST: '127.0.0.1', PORT: String(port) },
    stdio: ['ignore', log, log],
  });
  closeSync(log);
  living.add(child);
  child.once('exit', () => living.delete(child));
  await untilReady(child, address, folder);
  const readyMs = performance.now() - startedMs;
  return {
    address,
    readyMs,
    residentMb: () => residentMb(child.pid ?? 0),
    stop: () => stop(child),
  };
}

function residentMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const own = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  return children.map(Number).reduce((total, each) => total + residentMb(each), own);
}

async function untilReady(child: ChildProcess, address: string, folder: string): Promise<void> {
  const deadline = performance.now() + readyWithinMs;
  while (performance.now() < deadline && child.exitCode === null) {
    const status = await fetch(`${address}/readyz`).then(
      async (response) => {
        await response.text();
        return response.status;
      },
      // Nobody listens yet.
      () => 0,
    );
    if (status === 200) return;
    await delay(5);
  }
  throw new Error(`Fleet did not become ready:\n${readFileSync(join(folder, 'fleet.log'), 'utf8').slice(-4000)}`);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const killed = setTimeout(() => child.kill('SIGKILL'), stopWithinMs);
  await ended;
  clearTimeout(killed);
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
