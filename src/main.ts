import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import type { Server } from 'node:http';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { createAgents } from './agent/create-agents.js';
import { builtDialects } from './agent/dialect/known.js';
import { discoverAgents } from './agent/discover.js';
import { createChecks } from './check/create-checks.js';
import { detectChecks } from './check/detect-checks.js';
import { createRules } from './check/rules.js';
import type { StartedFleet, StartOptions } from './cli/fleet-port.js';
import { withAgents, type Config } from './config/config.js';
import { problemLine } from './config/problem.js';
import { parseRepositoryConfig } from './config/repository.js';
import { createControl } from './control/control.js';
import { serveControl } from './control/socket.js';
import { needsPerson, retryLater } from './domain/failure.js';
import type { ForgeName } from './domain/forge.js';
import type { Run } from './domain/run.js';
import { createGitHub, type GitHub } from './forge/github/github.js';
import { createLocalForge } from './forge/local/local-forge.js';
import type { LocalPeople } from './forge/local/people.js';
import { localMigrations } from './forge/local/migrations.js';
import { createServer, listen } from './ingress/server.js';
import { setUpPages } from './ingress/set-up.js';
import { createLog } from './log/log.js';
import type { Delivery, Forge, Ids, Log, Ports, Store } from './ports.js';
import { findContainment } from './process/containment.js';
import { probesFor } from './probes.js';
import { openQueue, type OpenQueue } from './queue/open-queue.js';
import { admit } from './run/admit.js';
import { advance } from './run/advance.js';
import { HeldClaims } from './run/held-claims.js';
import type { Loop } from './run/loop.js';
import { perform } from './run/perform.js';
import { sweep } from './run/sweep.js';
import { openDatabase } from './store/database.js';
import { FolderLocked, lockFolder } from './store/folder-lock.js';
import { migrate } from './store/migrate.js';
import { storeOn } from './store/store.js';
import { createWorkspaces } from './workspace/create-workspaces.js';
import { gitRunner } from './workspace/run-git.js';

/** Fleet's own commits; an address that can belong to nobody. */
const identity = { name: 'Fleet', email: 'fleet@noreply.invalid' };

const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
  readonly version: string;
};

/** How often rows that no message told of are looked for. */
const sweepEveryMs = 30_000;

export { probesFor };

/** Opens the stores and starts what the role asks for. Throws `Failure`; what was opened before is closed again. */
export async function startFleet(written: Config, options: StartOptions): Promise<StartedFleet> {
  const config = withAgent(withDiscovered(written), options.agent);
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
    return await start({ config, options, log, closers, close });
  } catch (error) {
    await close();
    throw error instanceof FolderLocked ? retryLater(error.message, undefined, error) : error;
  }
}

interface Starting {
  readonly config: Config;
  readonly options: StartOptions;
  readonly log: Log;
  /** Ended in reverse order. */
  readonly closers: (() => Promise<void>)[];
  readonly close: () => Promise<void>;
}

async function start(starting: Starting): Promise<StartedFleet> {
  const { config, options, log, closers, close } = starting;
  const startedAtMs = Date.now();
  const opened = await openPorts(starting);
  const { ports, people } = opened;
  if (options.role === 'all' || options.role === 'worker') await startWork(starting, opened);
  const server = options.listen ? await serveHttp(starting, opened) : undefined;
  const address = server === undefined ? {} : { address: addressOf(server, config.host) };
  const control = createControl({
    store: ports.store,
    people,
    clock: ports.clock,
    label: config.settings.labels.local,
    diff: (run) => diffOf(ports, run),
    facts: { version, pid: process.pid, role: options.role, startedAtMs, ...address },
  });
  if (options.role !== 'none') {
    const socket = await serveControl(control, config.dataFolder);
    if (socket !== undefined) closers.push(() => socket.close());
  }
  log.info({ role: options.role, ...address, agents: config.agents.map(({ name }) => name) }, 'fleet started');
  return { control, ...address, close };
}

/** Where no configuration file is there, the agents are those that are found on PATH and whose dialect is built. */
function withDiscovered(config: Config): Config {
  if (config.source === 'file') return config;
  const found = discoverAgents(config.searchPath, config.home).filter(({ dialect }) => builtDialects.includes(dialect));
  return withAgents(config, found);
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
  if (run.prepared === undefined || !('head' in run.phase)) return '';
  return workspaces.diff(run.id, run.prepared.baseSha, run.phase.head.commit);
}

interface Opened {
  readonly ports: Ports;
  readonly people: LocalPeople;
  readonly queue: OpenQueue;
  readonly github: GitHub | undefined;
}

async function openPorts({ config, options, log, closers }: Starting): Promise<Opened> {
  await mkdir(config.dataFolder, { recursive: true });
  const database = await openDatabase(
    config.databaseUrl === undefined
      ? { kind: 'embedded', folder: config.dataFolder }
      : { kind: 'postgres', url: config.databaseUrl },
  );
  closers.push(() => database.close());
  await migrate(database, [localMigrations]);
  const store = storeOn(database);
  const queue = await openQueue(
    config.redisUrl === undefined
      ? { kind: 'database', pool: database.pool, alone: database.kind === 'embedded' }
      : { kind: 'redis', url: config.redisUrl },
  );
  closers.push(() => queue.close());
  const clock = { nowMs: () => Date.now() };
  const environment = { PATH: config.searchPath, HOME: config.home };
  const workspaces = createWorkspaces({
    folder: config.dataFolder,
    clock,
    log,
    identity,
    environment,
    plainHttp: config.github?.protocol === 'http',
  });
  closers.push(() => workspaces.close());
  const local = createLocalForge({
    kysely: database.kysely,
    clock,
    ids,
    folder: join(config.dataFolder, 'local'),
    git: gitRunner(environment),
    owner: userInfo().username,
    branchPrefix: config.settings.branchPrefix,
    sink: (delivery) => receive(store, queue.queue, [delivery]),
  });
  const github =
    config.github === undefined ? undefined : await createGitHub({ ...config.github, spacing: options.spacing ?? 'probot', clock, log });
  const containment = await findContainment();
  const { planner, developer } = config.settings.roles;
  const ports: Ports = {
    clock,
    ids,
    log,
    store,
    queue: queue.queue,
    forges: new Map<ForgeName, Forge>([
      ['local', local.forge],
      ...(github === undefined ? [] : [['github', github.forge] as const]),
    ]),
    workspaces,
    remover: workspaces,
    checks: createChecks({ containment, clock, folder: config.dataFolder, path: config.searchPath }),
    agents: createAgents({
      agents: config.agents,
      accounts: limitsOf(config),
      containment,
      clock,
      dataFolder: config.dataFolder,
      path: config.searchPath,
    }),
    rules: createRules({ parse: parseRules, detect: detectChecks, agents: { planner, developer } }),
  };
  return { ports, people: local.people, queue, github };
}

/** Short, sortable by time to the millisecond: eight characters of time, four of chance. */
const ids: Ids = {
  next: () =>
    Date.now().toString(36).padStart(8, '0') + (randomBytes(4).readUInt32BE() % 36 ** 4).toString(36).padStart(4, '0'),
};

/** Keeps deliveries, then tells the queue of the new ones; a message that is lost here is found by the sweep. */
async function receive(
  store: Store,
  queue: Pick<Ports['queue'], 'admit'>,
  deliveries: readonly Delivery[],
): Promise<void> {
  for (const delivery of deliveries) {
    const { inboxId, fresh } = await store.inbox.receive(delivery);
    if (fresh) await queue.admit(inboxId);
  }
}

function limitsOf(config: Config): ReadonlyMap<string, { readonly maxConcurrent: number }> {
  const limited = Object.entries(config.accounts).flatMap(([name, { maxConcurrent }]) =>
    maxConcurrent === undefined ? [] : [[name, { maxConcurrent }] as const],
  );
  return new Map(limited);
}

function parseRules(text: string): ReturnType<Parameters<typeof createRules>[0]['parse']> {
  const parsed = parseRepositoryConfig(text);
  return 'value' in parsed ? parsed : { problems: parsed.problems.map(problemLine) };
}

/** Workers, and the sweep that finds what no message told of. */
async function startWork({ config, log, closers }: Starting, { ports, queue, github }: Opened): Promise<void> {
  const held = new HeldClaims(ports.store.outbox, ports.clock, log);
  const { worker, release } = workerName(config);
  const loop: Loop = { ports, settings: config.settings, worker, held, logins: await loginsOf(github, log) };
  await ports.store.outbox.release(worker);
  const workers = await queue.startWorkers({
    listeners: {
      admit: (inboxId) => admit(loop, inboxId),
      advance: (run) => advance(loop, run),
      perform: (effect) => perform(loop, effect),
    },
    concurrency: config.settings.limits.runs,
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

/** What people mention Fleet by. Without an answer mentions are not understood until the next start; `/fleet` always is. */
async function loginsOf(github: GitHub | undefined, log: Log): Promise<ReadonlyMap<ForgeName, string>> {
  if (github === undefined) return new Map();
  try {
    return new Map([['github', (await github.identity()).mention]]);
  } catch (error) {
    log.warn({ error }, 'github did not say who the app is');
    return new Map();
  }
}

async function serveHttp({ config, log, closers }: Starting, { ports, queue, github }: Opened): Promise<Server> {
  const { clock, store } = ports;
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
      : {
          github: {
            clock,
            log,
            verify: (body: Buffer, signature: string) => github.verify(body, signature),
            parse: (delivery: Parameters<GitHub['parse']>[0]) => github.parse(delivery),
            known: async () => (await store.repositories.list()).map(({ repository }) => repository),
            sink: (deliveries: readonly Delivery[]) => receive(store, queue.queue, deliveries),
          },
        }),
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
