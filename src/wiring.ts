import { randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createAgents } from './agent/create-agents.js';
import { createChecks } from './check/create-checks.js';
import { detectChecks } from './check/detect-checks.js';
import { gates } from './check/gate.js';
import { createRules } from './check/rules.js';
import type { StartOptions } from './cli/fleet-port.js';
import type { Config } from './config/config.js';
import { problemLine } from './config/problem.js';
import { parseRepositoryConfig } from './config/repository.js';
import type { ForgeName } from './domain/forge.js';
import type { GitHub } from './forge/github/github.js';
import type { GitLab } from './forge/gitlab/gitlab.js';
import { createLocalForge } from './forge/local/local-forge.js';
import { localMigrations } from './forge/local/migrations.js';
import type { LocalPeople } from './forge/local/people.js';
import type { Clock, Ids, Log, Ports } from './ports.js';
import type { Forge } from './ports/forge.js';
import type { Lookout } from './ports/lookout.js';
import type { Reviews } from './ports/review.js';
import type { Delivery, Store } from './ports/store.js';
import { type Containment, findContainment } from './process/containment.js';
import { openQueue, type OpenQueue } from './queue/open-queue.js';
import { openDatabase } from './store/database.js';
import { migrate } from './store/migrate.js';
import { storeOn } from './store/store.js';
import { createWorkspaces } from './workspace/create-workspaces.js';
import { allDone } from './workspace/locks.js';
import { gitRunner } from './workspace/run-git.js';
import { startApart, startHere } from './workspace/starter.js';

/** Fleet's own commits; an address that can belong to nobody. */
const identity = { name: 'Fleet', email: 'fleet@noreply.invalid' };

/** What is being put together; `closers` are ended in reverse order. */
export interface Wiring {
  readonly config: Config;
  readonly options: StartOptions;
  readonly log: Log;
  readonly closers: (() => Promise<void>)[];
}

/** Everything outside that Fleet works with. */
export interface Opened {
  readonly ports: Ports;
  readonly people: LocalPeople;
  readonly queue: OpenQueue;
  readonly github: GitHub | undefined;
  readonly gitlab: GitLab | undefined;
  /** Of the forges that can be looked at. */
  readonly lookouts: ReadonlyMap<ForgeName, Lookout>;
}

/** Opens stores, forges and whatever else the loop needs; what needs an end is put among the closers. */
export async function openPorts(wiring: Wiring): Promise<Opened> {
  const { config, log } = wiring;
  await mkdir(config.dataFolder, { recursive: true });
  // What the machine allows is tried, and SDKs are loaded, while the database opens; the former before that has made the process large.
  const [{ database, store, queue }, containment, { github, gitlab }] = await allDone([
    openStores(wiring),
    findContainment(),
    openForges(wiring),
  ]);
  const environment = { PATH: config.searchPath, HOME: config.home };
  const local = createLocalForge({
    kysely: database.kysely,
    clock,
    ids,
    folder: join(config.dataFolder, 'local'),
    git: gitRunner(environment),
    owner: config.user,
    branchPrefix: config.settings.branchPrefix,
    sink: (delivery) => receive(store, queue.queue, [delivery]),
  });
  const opened = [local, github, gitlab].filter((one) => one !== undefined);
  const ports: Ports = {
    clock,
    ids,
    log,
    store,
    queue: queue.queue,
    forges: new Map<ForgeName, Forge>(opened.map(({ forge }) => [forge.name, forge])),
    reviews: new Map<ForgeName, Reviews>(opened.map(({ forge, reviews }) => [forge.name, reviews])),
    ...openWorkshop(wiring, environment, containment),
  };
  const lookouts = new Map<ForgeName, Lookout>(opened.map(({ forge, lookout }) => [forge.name, lookout]));
  return { ports, people: local.people, queue, github, gitlab, lookouts };
}

/** The forges that are configured; their SDKs are large, so they are loaded for those only. */
async function openForges({ config, options, log }: Wiring): Promise<Pick<Opened, 'github' | 'gitlab'>> {
  let github: GitHub | undefined;
  let gitlab: GitLab | undefined;
  if (config.github !== undefined) {
    const { createGitHub } = await import('./forge/github/github.js');
    github = await createGitHub({ ...config.github, spacing: options.spacing ?? 'probot', clock, log });
  }
  if (config.gitlab !== undefined) {
    const { createGitLab } = await import('./forge/gitlab/gitlab.js');
    gitlab = createGitLab({ ...config.gitlab, clock, log });
  }
  return { github, gitlab };
}

async function openStores({ config, closers }: Wiring) {
  const { databaseUrl, redisUrl } = config;
  const database = await openDatabase(
    databaseUrl === undefined
      ? { kind: 'embedded', folder: config.dataFolder }
      : { kind: 'postgres', url: databaseUrl },
  );
  closers.push(() => database.close());
  await migrate(database, [localMigrations]);
  const queue = await openQueue(
    redisUrl === undefined
      ? { kind: 'database', pool: database.pool, alone: database.kind === 'embedded' }
      : { kind: 'redis', url: redisUrl },
  );
  closers.push(() => queue.close());
  return { database, store: storeOn(database), queue };
}

/** Where the work is done: git, checks and agents. */
function openWorkshop(
  { config, log, closers }: Wiring,
  environment: Readonly<Record<string, string>>,
  containment: Containment,
) {
  const { dataFolder, searchPath: path, agents } = config;
  const plainHttp = config.github?.protocol === 'http' || config.gitlab?.url.startsWith('http:') === true;
  // The embedded database makes this process too large to start programs quickly.
  const starter = config.databaseUrl === undefined ? startApart() : startHere;
  const workspaces = createWorkspaces({ folder: dataFolder, clock, log, identity, environment, plainHttp, starter });
  closers.push(() => workspaces.close());
  const { questionDeadlineMs, sandbox } = config;
  const tree = { memoryBytes: sandbox.memoryBytes, processes: sandbox.pids };
  const { auditor: _, ...stages } = config.settings.roles;
  const vendors = Object.fromEntries(agents.map(({ name, vendor }) => [name, vendor]));
  return {
    workspaces,
    judging: workspaces,
    remover: workspaces,
    checks: createChecks({ containment, clock, folder: dataFolder, path }),
    gates,
    agents: createAgents({ agents, tree, containment, clock, dataFolder, path }),
    rules: createRules({ parse: parseRules, detect: detectChecks, agents: stages, vendors, questionDeadlineMs }),
  };
}

const clock: Clock = { nowMs: () => Date.now() };

/** Short, sortable by time to the millisecond: eight characters of time, four of chance. */
const ids: Ids = {
  next: () =>
    Date.now().toString(36).padStart(8, '0') + (randomBytes(4).readUInt32BE() % 36 ** 4).toString(36).padStart(4, '0'),
};

/** Keeps deliveries, then tells the queue of the new ones; a message that is lost here is found by the sweep. */
export async function receive(
  store: Store,
  queue: Pick<Ports['queue'], 'admit'>,
  deliveries: readonly Delivery[],
): Promise<void> {
  for (const delivery of deliveries) {
    const { inboxId, fresh } = await store.inbox.receive(delivery);
    if (fresh) await queue.admit(inboxId);
  }
}

function parseRules(text: string): ReturnType<Parameters<typeof createRules>[0]['parse']> {
  const parsed = parseRepositoryConfig(text);
  return 'value' in parsed ? parsed : { problems: parsed.problems.map(problemLine) };
}
