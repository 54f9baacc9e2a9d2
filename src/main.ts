import { readFileSync } from 'node:fs';
import type { Server } from 'node:http';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { discoverAgents } from './agent/discover.js';
import type { StartedFleet, StartOptions } from './cli/fleet-port.js';
import { withAgents, type Config } from './config/config.js';
import { createControl } from './control/control.js';
import { serveControl } from './control/socket.js';
import { needsPerson, retryLater } from './domain/failure.js';
import type { ForgeName } from './domain/forge.js';
import type { Run } from './domain/run.js';
import type { Snapshot } from './domain/work.js';
import { createServer, listen } from './ingress/server.js';
import { setUpPages } from './ingress/set-up.js';
import { createLog } from './log/log.js';
import type { Log, Ports } from './ports.js';
import type { Delivery } from './ports/store.js';
import { connectGitLab, probesFor } from './probes.js';
import { createAccountHealth } from './run/account-health.js';
import { admit } from './run/admit.js';
import { advance } from './run/advance.js';
import { HeldClaims } from './run/held-claims.js';
import type { Loop } from './run/loop.js';
import { perform } from './run/perform.js';
import { createPool } from './run/pool.js';
import { startResync } from './run/resync.js';
import { sweep } from './run/sweep.js';
import { FolderLocked, lockFolder } from './store/folder-lock.js';
import { createLocks } from './workspace/locks.js';
import { openPorts, receive, type Opened, type Wiring } from './wiring.js';

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** A resync that is all there is looks this often. */
const resyncAloneEveryMs = 30_000;

/** A webhook comes within this time, or is found by the resync. */
const webhookMs = 10_000;

/** How often rows that no message told of are looked for. */
const sweepEveryMs = 30_000;

export { connectGitLab, probesFor };

/** Opens the stores and starts what the role asks for. Throws `Failure`; what was opened before is closed again. */
export async function startFleet(written: Config, options: StartOptions): Promise<StartedFleet> {
  const config = withAgent(withDiscovered(written), options.agent);
  refuseHalf(config, options);
  const log = createLog({
    level: config.logLevel,
    pretty: process.stdout.isTTY,
    stream: options.listen ? process.stdout : process.stderr,
  });
  const closers: (() => Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const end of closers.splice(0).reverse()) await end();
  };
  try {
    return await start({ config, options, log, closers }, close);
  } catch (error) {
    await close();
    if (error instanceof FolderLocked) throw retryLater(error.message, undefined, error);
    throw error;
  }
}

async function start(wiring: Wiring, close: () => Promise<void>): Promise<StartedFleet> {
  const { config, options, log, closers } = wiring;
  const startedAtMs = Date.now();
  const opened = await openPorts(wiring);
  const { ports, people } = opened;
  await people.redeliver();
  const logins = loginsOf(opened, log);
  const health = createAccountHealth(ports);
  if (options.role === 'all' || options.role === 'worker') await startWork(wiring, opened, { logins, health });
  const server = options.listen ? await serveHttp(wiring, opened) : undefined;
  const address = server === undefined ? {} : { address: addressOf(server, config.host) };
  const control = createControl({
    store: ports.store,
    people,
    clock: ports.clock,
    label: config.settings.labels.local,
    diff: (run) => diffOf(ports, run),
    accounts: config.agents.map(({ account }) => account),
    ready: (account) => health.ready(account),
    facts: { version, pid: process.pid, role: options.role, startedAtMs, ...address },
  });
  if (options.role !== 'none') {
    const socket = await serveControl(control, config.dataFolder);
    if (socket !== undefined) closers.push(() => socket.close());
  }
  log.info({ role: options.role, ...address, agents: config.agents.map(({ name }) => name) }, 'fleet started');
  return { control, ...address, close };
}

/** The embedded database has one process: a web role on it would acknowledge what nobody ever works on. */
function refuseHalf({ databaseUrl }: Config, { role }: StartOptions): void {
  if (databaseUrl !== undefined || (role !== 'web' && role !== 'worker')) return;
  throw needsPerson('configurationBroken', [
    `--role ${role} needs DATABASE_URL, which the other role shares: set it, or start without --role`,
  ]);
}

/** Where no configuration file is there, the agents are those that are found on PATH. */
function withDiscovered(config: Config): Config {
  if (config.source === 'file' || config.agents.length > 0) return config;
  return withAgents(config, discoverAgents(config.searchPath, config.home));
}

/** The one agent for every role, when the command line names one. */
function withAgent(config: Config, name: string | undefined): Config {
  if (name === undefined) return config;
  const agents = config.agents.filter((agent) => agent.name === name);
  if (agents.length > 0) return withAgents(config, agents);
  const known = config.agents.map((agent) => agent.name).join(', ') || 'none';
  throw needsPerson('configurationBroken', [
    `there is no agent ${name} (known: ${known}): name one in ${config.configFile}, or install its CLI`,
  ]);
}

/** What a run changes so far, as a unified diff. */
async function diffOf({ workspaces }: Ports, run: Run): Promise<string> {
  const head = headOf(run);
  return run.prepared === undefined || head === undefined
    ? ''
    : workspaces.diff(run.id, run.prepared.baseSha, head.commit);
}

/** The last commit of the run's branch, while its workspace is there. */
function headOf({ phase }: Run): Snapshot | undefined {
  if ('head' in phase) return phase.head;
  return phase.name === 'blocked' && 'head' in phase.resume ? phase.resume.head : undefined;
}

/** Pieces of work of one run that may be under way at once: agents and checks of tasks side by side. */
const lanesPerRun = 2;

/** Workers, and the sweep that finds what no message told of. */
async function startWork(
  { config, options, log, closers }: Wiring,
  { ports, queue, lookouts }: Opened,
  { logins, health }: Pick<Loop, 'logins' | 'health'>,
): Promise<void> {
  const held = new HeldClaims(ports.store.outbox, ports.clock, log);
  const { worker, release } = workerName(config);
  const { agents, accounts, routing } = config;
  const pool = createPool({ ports, health, agents, accounts, routing });
  const { settings } = config;
  const loop: Loop = { ports, settings, worker, held, pool, health, logins, inOrder: createLocks() };
  await ports.store.outbox.release(worker);
  await health.restarted();
  const workers = await queue.startWorkers({
    listeners: {
      admit: (inboxId) => admit(loop, inboxId),
      advance: (run) => advance(loop, run),
      perform: (effect) => perform(loop, effect),
    },
    concurrency: config.settings.limits.runs * lanesPerRun,
    log,
  });
  const look = (): void => void sweep(loop).catch((error: unknown) => log.warn({ error }, 'sweep failed'));
  const timer = setInterval(look, sweepEveryMs);
  look();
  closers.push(async () => {
    clearInterval(timer);
    held.close();
    await workers.close();
    release();
  });
  // A single command does its own work and ends.
  if (!options.listen && options.role === 'all') return;
  const resync = startResync(
    {
      ...{ loop, lookouts },
      graceMs: config.webhooks ? webhookMs : 0,
      receive: (deliveries) => receive(ports.store, queue.queue, deliveries),
    },
    config.webhooks ? config.resyncMs : Math.min(config.resyncMs, resyncAloneEveryMs),
  );
  closers.push(() => resync.close());
}

/** A name that is the same after a restart, and that no two living workers share: the embedded store has one worker, others take the first free number of their folder. */
function workerName(config: Config): { readonly worker: string; readonly release: () => void } {
  if (config.databaseUrl === undefined) return { worker: 'embedded', release: () => undefined };
  for (let number = 0; ; number += 1) {
    const folder = join(config.dataFolder, 'workers', String(number));
    try {
      const lock = lockFolder(folder);
      return { worker: `${hostname()}:${folder}`, release: () => lock.release() };
    } catch (error) {
      if (!(error instanceof FolderLocked)) throw error;
    }
  }
}

/** What people mention Fleet by, once the forges say so; until then mentions are not understood, and `/fleet` always is. */
function loginsOf({ github, gitlab }: Opened, log: Log): ReadonlyMap<ForgeName, string> {
  const logins = new Map<ForgeName, string>();
  const keep = (forge: ForgeName, asked: Promise<string> | undefined): void =>
    void asked?.then(
      (login) => logins.set(forge, login),
      (error: unknown) => log.warn({ forge, error }, 'forge did not say who fleet is'),
    );
  keep(
    'github',
    github?.identity().then(({ mention }) => mention),
  );
  keep(
    'gitlab',
    gitlab?.identity().then(({ login }) => login),
  );
  return logins;
}

async function serveHttp({ config, log, closers }: Wiring, { ports, queue, github, gitlab }: Opened): Promise<Server> {
  const { clock, store } = ports;
  const intake = {
    ...{ clock, log },
    known: async () => (await store.repositories.list()).map(({ repository }) => repository),
    sink: (deliveries: readonly Delivery[]) => receive(store, queue.queue, deliveries),
  };
  const app = createServer({
    log,
    readiness: { store: () => store.ping().then(() => true), queue: () => queue.ping().then(() => true) },
    ...(github === undefined
      ? {
          setUp: await setUpPages({
            envFile: join(process.cwd(), '.env'),
            log,
            done: () => log.warn({}, 'github app is set up: start fleet again'),
          }),
        }
      : { github: { ...intake, verify: github.verify, parse: github.parse } }),
    ...(gitlab === undefined ? {} : { gitlab: { ...intake, verify: gitlab.verify, parse: gitlab.parse } }),
  });
  const server = await listen(app, { port: config.port, host: config.host });
  closers.push(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return server;
}

function addressOf(server: Server, host: string): string {
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : address;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port ?? ''}`;
}
