import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { loadConfig } from '../../src/config/load.js';
import type { StartedFleet } from '../../src/cli/fleet-port.js';
import { startFleet } from '../../src/main.js';
import { placeDatabase } from '../support/databases.js';
import { GitHubStandIn } from '../support/github/stand-in.js';
import type { IssueState, RepositoryState } from '../support/github/state.js';
import { GitLabStandIn } from '../support/gitlab/stand-in.js';
import { temporaryFolder } from '../support/temp.js';

const scriptedAgent = resolve(import.meta.dirname, '../support/agents/scripted.mjs');
const limitedAgent = resolve(import.meta.dirname, '../support/agents/limited.mjs');

/** A small program with a bug that its one test finds. */
const program = {
  'slug.js': "export const slug = (text) => text.toLowerCase().replace(/[^a-z]+/g, '-');\n",
  'slug.test.js': `import { slug } from './slug.js';

const got = slug('Area 51');
console.log(got === 'area-51' ? 'digits are kept' : import.meta.filename + ': expected area-51, got ' + got);
process.exitCode = got === 'area-51' ? 0 : 1;
`,
  'README.md': '# Sample\n',
};

/** A repository whose check Fleet finds itself. */
export const detectedRepository = {
  ...program,
  'package.json': '{ "name": "sample", "type": "module", "scripts": { "test": "node slug.test.js" } }\n',
};

/** A repository that names its check, which costs no start of npm. */
export const namedRepository = {
  ...program,
  'package.json': '{ "type": "module" }\n',
  '.fleet/config.yml': 'checks: { test: node slug.test.js }\n',
};

/** Fleet with the scripted agent, and the folder that it lives in. */
export interface Fleet {
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
  fleet: StartedFleet;
  /** Starts Fleet again, on the same data. */
  start(): Promise<void>;
}

/** Fleet, served by the GitHub stand-in. */
export interface GitHubFleet extends Fleet {
  readonly gitHub: GitHubStandIn;
  close(): Promise<void>;
}

/** Fleet, served by the GitLab stand-in. */
export interface GitLabFleet extends Fleet {
  readonly gitLab: GitLabStandIn;
  close(): Promise<void>;
}

export type Start = (env: Readonly<Record<string, string>>, folder: string) => Promise<StartedFleet>;

export interface FleetOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Of the agent, as in fleet.config.yml. */
  readonly timeouts?: string;
  /** Names of agents, all scripted; the first has every role that no repository gives to another. */
  readonly agents?: readonly string[];
  /** All of them stand behind providers that may limit them: see test/support/agents/limited.mjs. Every agent has every role. */
  readonly isLimited?: boolean;
  /** More lines of fleet.config.yml. */
  readonly config?: string;
  readonly life?: 'file' | 'test';
  /** By default in this process. */
  readonly start?: Start;
}

export interface GitHubFleetOptions extends FleetOptions {
  /** Another Fleet's, when several are served. */
  readonly gitHub?: GitHubStandIn;
  /** What the app was granted beyond app.yml. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write'>>;
}

/** Starts a stand-in and a Fleet for it. */
export async function gitHubFleet(options: GitHubFleetOptions = {}): Promise<GitHubFleet> {
  const folder = temporaryFolder(options.life ?? 'file');
  const { permissions = {} } = options;
  const gitHub = options.gitHub ?? (await GitHubStandIn.start({ folder: join(folder, 'github'), permissions }));
  const { people } = gitHub;
  const variables = {
    APP_ID: String(gitHub.appId),
    PRIVATE_KEY: gitHub.privateKey,
    WEBHOOK_SECRET: gitHub.webhookSecret,
    GHE_HOST: gitHub.host,
    GHE_PROTOCOL: 'http',
  };
  const fleet = await startedFleet(folder, variables, options, (address) => {
    people.webhookUrl = `${address}/api/github/webhooks`;
  });
  const close = async (): Promise<void> => {
    await fleet.fleet.close();
    if (options.gitHub === undefined) await gitHub.close();
  };
  return Object.assign(fleet, { gitHub, close });
}

/** Starts a stand-in and a Fleet for it. */
export async function gitLabFleet(options: FleetOptions = {}): Promise<GitLabFleet> {
  const folder = temporaryFolder(options.life ?? 'file');
  const gitLab = await GitLabStandIn.start({ folder: join(folder, 'gitlab') });
  const variables = {
    GITLAB_URL: gitLab.web.url,
    GITLAB_TOKEN: gitLab.token,
    GITLAB_WEBHOOK_SECRET: gitLab.webhookSecret,
  };
  const fleet = await startedFleet(folder, variables, options, (address) => {
    gitLab.people.webhookUrl = `${address}/api/gitlab/webhooks`;
  });
  const close = async (): Promise<void> => {
    await fleet.fleet.close();
    await gitLab.close();
  };
  return Object.assign(fleet, { gitLab, close });
}

async function startedFleet(
  folder: string,
  variables: Readonly<Record<string, string>>,
  {
    env = {},
    timeouts = '{ silence: 60s, wall: 60s }',
    start = startHere,
    config = '',
    agents = ['script'],
    isLimited = false,
  }: FleetOptions,
  listens: (address: string) => void,
): Promise<Fleet> {
  for (const name of ['prompts', 'gates']) mkdirSync(join(folder, name));
  await placeDatabase(join(folder, 'data'));
  writeFileSync(
    join(folder, 'fleet.config.yml'),
    `agents:
${agents
  .map(
    (name) => `  - name: ${name}
    dialect: command
    command: [node, ${isLimited ? limitedAgent : scriptedAgent}]
    events: ${String(isLimited)}
    maxConcurrent: 8
    timeouts: ${timeouts}
    env: { AGENT: ${name}, PROMPTS: ${join(folder, 'prompts')}, GATES: ${join(folder, 'gates')} }
`,
  )
  .join('')}roles: { default: [${isLimited ? agents.join(', ') : String(agents[0])}] }
${config}`,
  );
  const all = {
    PATH: process.env['PATH'] ?? '',
    HOME: folder,
    TMPDIR: process.env['TMPDIR'] ?? '',
    HOST: '127.0.0.1',
    PORT: '0',
    LOG_LEVEL: process.env['FLEET_TEST_LOG'] ?? 'silent',
    FLEET_DATA_DIR: join(folder, 'data'),
    ...variables,
    ...env,
  };
  const startAgain = async (): Promise<StartedFleet> => {
    const fleet = await start(all, folder);
    listens(fleet.address ?? '');
    return fleet;
  };
  const world: Fleet = {
    folder,
    env: all,
    fleet: await startAgain(),
    start: async () => {
      world.fleet = await startAgain();
    },
  };
  return world;
}

async function startHere(env: Readonly<Record<string, string>>, folder: string): Promise<StartedFleet> {
  const loaded = loadConfig({ use: 'server', env, cwd: folder });
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  return startFleet(loaded.config, { role: 'all', listen: true, spacing: 'off' });
}

let repositories = 0;

/** A repository of its own for a test: `mona` may write, `eve` may not. */
export function aRepositoryFor(
  world: Pick<GitHubFleet, 'gitHub'>,
  files: Readonly<Record<string, string>> = namedRepository,
  defaultBranch = 'main',
): RepositoryState {
  repositories += 1;
  return world.gitHub.addRepository({
    path: `acme/sample-${repositories}`,
    defaultBranch,
    files,
    people: { mona: 'write', eve: 'read', olga: 'read' },
  });
}

/** olga opens an issue. `behaviour` tells the scripted agent what to do, e.g. `[[developer: red]]`. */
export function anIssueIn(world: GitHubFleet, repository: RepositoryState, behaviour = ''): IssueState {
  const body = `\`Area 51\` should give \`area-51\`. ${behaviour}`.trim();
  return world.gitHub.people.openIssue(repository, 'olga', 'slug drops digits', body);
}

/** olga opens an issue, and mona puts the label on it. */
export async function labelled(world: GitHubFleet, repository: RepositoryState, behaviour = ''): Promise<IssueState> {
  const issue = anIssueIn(world, repository, behaviour);
  await world.gitHub.people.labelIssue(repository, issue.number, 'fleet', 'mona');
  return issue;
}
