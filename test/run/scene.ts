import type { Comment, MergeRequest, Person } from '../../src/domain/forge.js';
import type { Run } from '../../src/domain/run.js';
import type { Log, Ports } from '../../src/ports.js';
import type { Agents } from '../../src/ports/agent.js';
import type { Forge } from '../../src/ports/forge.js';
import type { LoadedRun, Store } from '../../src/ports/store.js';
import { createAccountHealth } from '../../src/run/account-health.js';
import { HeldClaims } from '../../src/run/held-claims.js';
import type { Loop } from '../../src/run/loop.js';
import { createPool, type PoolOptions } from '../../src/run/pool.js';
import type { Database } from '../../src/store/database.js';
import { storeOn } from '../../src/store/store.js';
import { createLocks } from '../../src/workspace/locks.js';
import { anAgentSpec, settingsOf, startMs } from '../support/builders.js';

/** What the forge answers; a test changes it. */
export interface Answers {
  writers: readonly string[];
  comments: readonly Comment[];
  mergeRequest: MergeRequest | undefined;
  /** `.fleet/config.yml` */
  label: string | undefined;
  /** What becomes of a reaction. */
  react: () => Promise<void>;
}

/** The loop on a real store, with the outside at hand. */
export interface Scene {
  readonly loop: Loop;
  readonly store: Store;
  readonly answers: Answers;
  nowMs: number;
  /** What the queue was told, e.g. `perform r1.1.0 after 1000`. */
  readonly told: string[];
  /** `level: message`, with the error's stack where there is one. */
  readonly logged: string[];
  /** What the agent does. */
  runAgent: Agents['run'];
  /** What an account answers. */
  probe: (agent: string) => ReturnType<Agents['probe']>;
  close(): void;
}

/** Who there is to work. */
type SceneAgents = Pick<PoolOptions, 'agents' | 'accounts' | 'routing'>;

/** Sets the scene on an emptied database. */
export async function sceneOn(
  database: Database,
  { agents = [anAgentSpec({ name: 'opus' })], accounts = {}, routing = 'ordered' }: Partial<SceneAgents> = {},
): Promise<Scene> {
  await database.pool.query(
    'truncate fleet.inbox, fleet.runs, fleet.outbox, fleet.journal, fleet.repositories, fleet.accounts, fleet.attempts cascade',
  );
  const store = storeOn(database);
  const answers: Answers = {
    writers: ['mona'],
    comments: [],
    mergeRequest: undefined,
    label: undefined,
    react: () => Promise.resolve(),
  };
  const told: string[] = [];
  const logged: string[] = [];
  const clock = { nowMs: (): number => scene.nowMs };
  const log = logInto(logged);
  let ids = 0;
  const ports: Ports = {
    clock,
    ids: { next: () => `new${(ids += 1)}` },
    log,
    store,
    queue: {
      admit: (inboxId) => say(told, `admit ${inboxId}`),
      advance: (run) => say(told, `advance ${run}`),
      perform: ({ id, delayMs }) => say(told, `perform ${id} after ${delayMs}`),
    },
    forges: new Map([['github', forgeThatAnswers(answers)]]),
    reviews: new Map(),
    workspaces: only('workspaces', {
      find: () => Promise.resolve({ path: '/worktree', gitDirectories: [] }),
      restore: () => Promise.resolve(),
    }),
    judging: only('judging', {}),
    remover: only('remover', {}),
    checks: only('checks', {}),
    gates: only('gates', {}),
    agents: only('agents', { run: (order) => scene.runAgent(order), probe: (agent) => scene.probe(agent) }),
    rules: () =>
      Promise.resolve({
        base: 'main',
        policy: () => Promise.reject(new Error('no run is prepared here')),
        ...(answers.label === undefined ? {} : { label: answers.label }),
      }),
  };
  const health = createAccountHealth(ports);
  const pool = createPool({ ports, health, agents, accounts, routing });
  const held = new HeldClaims(store.outbox, clock, log);
  const scene: Scene = {
    loop: {
      ...{ ports, settings: settingsOf(), worker: 'w1', held, pool, health },
      ...{ logins: new Map([['github', 'fleet-test']]), inOrder: createLocks() },
    },
    store,
    answers,
    nowMs: startMs,
    told,
    logged,
    runAgent: () => Promise.reject(new Error('no agent is expected')),
    probe: () => Promise.reject(new Error('no question is expected')),
    close: () => held.close(),
  };
  return scene;
}

/** The run as it is in the store. */
export async function loaded({ store }: Scene, id: Run['id']): Promise<LoadedRun> {
  const run = await store.runs.load(id);
  if (run === undefined) throw new Error(`no run ${id}`);
  return run;
}

function forgeThatAnswers(answers: Answers): Forge {
  return only('forge', {
    name: 'github',
    canWrite: (_repository, { login }: Person) => Promise.resolve(answers.writers.includes(login)),
    comments: () => Promise.resolve(answers.comments),
    mergeRequest: () => Promise.resolve(answers.mergeRequest),
    react: () => answers.react(),
  });
}

function logInto(logged: string[]): Log {
  const at =
    (level: string) =>
    (fields: object, message: string): void => {
      const error: unknown = 'error' in fields ? fields.error : undefined;
      logged.push(`${level}: ${message}${error instanceof Error ? `\n${error.stack ?? ''}` : ''}`);
    };
  const log: Log = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}

function say(told: string[], words: string): Promise<void> {
  told.push(words);
  return Promise.resolve();
}

/** A part of the outside of which a test has business with some members only. */
function only<T extends object>(name: string, members: Partial<NoInfer<T>>): T {
  const get = (_: unknown, member: string): unknown =>
    Reflect.get(members, member) ?? (() => Promise.reject(new Error(`not expected: ${name}.${member}`)));
  return new Proxy({}, { get }) as T;
}
