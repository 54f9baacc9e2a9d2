import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import type { StartedFleet, StartOptions } from '../../src/cli/fleet-port.js';
import type { Phase, Run } from '../../src/domain/run.js';
import { startFleet } from '../../src/main.js';
import { GitHubStandIn } from '../support/github/stand-in.js';
import type { IssueState, RepositoryState } from '../support/github/state.js';
import { temporaryFolder } from '../support/temp.js';

const scriptedAgent = resolve(import.meta.dirname, '../support/agents/scripted.mjs');

/** A small repository with a bug that its one test finds. */
export const brokenRepository = {
  'package.json': '{ "name": "sample", "type": "module", "scripts": { "test": "node --test" } }\n',
  'slug.js': "export const slug = (text) => text.toLowerCase().replace(/[^a-z]+/g, '-');\n",
  'slug.test.js': `import { equal } from 'node:assert';
import { test } from 'node:test';
import { slug } from './slug.js';

test('keeps digits', () => equal(slug('Area 51'), 'area-51'));
`,
  'README.md': '# Sample\n',
  'LICENSE': 'MIT\n',
};

/** Fleet with the scripted agent, in this process, served by the GitHub stand-in. */
export interface GitHubFleet {
  readonly gitHub: GitHubStandIn;
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  fleet: StartedFleet;
  start(): Promise<void>;
  close(): Promise<void>;
}

export interface GitHubFleetOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** More of fleet.config.yml. */
  readonly config?: string;
  readonly life?: 'file' | 'test';
  readonly options?: Partial<StartOptions>;
}

/** Starts a stand-in and a Fleet for it. */
export async function gitHubFleet({ env = {}, config = '', life = 'file', options }: GitHubFleetOptions = {}): Promise<GitHubFleet> {
  const folder = temporaryFolder(life);
  const gitHub = await GitHubStandIn.start({ folder: join(folder, 'github') });
  writeFileSync(
    join(folder, 'fleet.config.yml'),
    `agents:\n  - { name: script, dialect: command, command: [node, ${scriptedAgent}], maxConcurrent: 8, timeouts: { silence: 20s, wall: 20s } }\n${config}`,
  );
  const variables = {
    PATH: process.env['PATH'] ?? '',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env['FLEET_TEST_LOG'] ?? 'silent',
    FLEET_DATA_DIR: join(folder, 'data'),
    APP_ID: String(gitHub.appId),
    PRIVATE_KEY: gitHub.privateKey,
    WEBHOOK_SECRET: gitHub.webhookSecret,
    GHE_HOST: gitHub.host,
    GHE_PROTOCOL: 'http',
    ...env,
  };
  const start = async (): Promise<StartedFleet> => {
    const loaded = loadConfig({ use: 'server', env: variables, cwd: folder });
    if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
    const fleet = await startFleet(loaded.config, { role: 'all', listen: true, spacing: 'off', ...options });
    gitHub.people.webhookUrl = `${fleet.address ?? ''}/api/github/webhooks`;
    return fleet;
  };
  const world: GitHubFleet = {
    gitHub,
    folder,
    env: variables,
    fleet: await start(),
    start: async () => {
      world.fleet = await start();
    },
    close: async () => {
      await world.fleet.close();
      await gitHub.close();
    },
  };
  return world;
}

let repositories = 0;

/** A repository of its own for a test: `mona` may write, `eve` may not. */
export function aRepositoryFor(world: GitHubFleet, files: Readonly<Record<string, string>> = brokenRepository, defaultBranch = 'main'): RepositoryState {
  repositories += 1;
  return world.gitHub.addRepository({
    path: `acme/sample-${repositories}`,
    defaultBranch,
    files,
    people: { mona: 'write', eve: 'read' },
  });
}

/** mona opens an issue and puts the label on it. */
export async function labelled(world: GitHubFleet, repository: RepositoryState, behaviour = ''): Promise<IssueState> {
  const { people } = world.gitHub;
  const issue = people.openIssue(repository, 'olga', 'slug drops digits', `\`Area 51\` should give \`area-51\`. ${behaviour}`);
  await people.labelIssue(repository, issue.number, 'fleet', 'mona');
  return issue;
}

/** Waits until a run of the repository is as wanted, woken by its journal. Fails when that takes more than `withinMs`. */
export async function reached(world: GitHubFleet, repository: RepositoryState, wanted: Phase['name'] | ((run: Run) => boolean), withinMs = 15_000): Promise<Run> {
  const isWanted = typeof wanted === 'function' ? wanted : (run: Run): boolean => run.phase.name === wanted;
  const deadline = performance.now() + withinMs;
  let run: Run | undefined;
  let after = 0;
  while (performance.now() < deadline) {
    const { runs } = await world.fleet.control({ op: 'list', limit: 1_000, open: false });
    run = runs.find((each) => each.repository.id === String(repository.id));
    if (run !== undefined && isWanted(run)) return run;
    // Waits for the journal's next entry; before there is a run, any answer of the store is a turn of the loop.
    if (run === undefined) continue;
    const { entries } = await world.fleet.control({ op: 'log', run: run.id, after, waitMs: 200 });
    after = entries.at(-1)?.seq ?? after;
  }
  throw new Error(`not reached within ${withinMs} ms: ${String(wanted)}; the run is ${JSON.stringify(run?.phase) ?? 'not there'}`);
}
