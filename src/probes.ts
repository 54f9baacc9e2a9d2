import { discoverAgents, type Place, preflight } from './agent/discover.js';
import { findLogin } from './agent/login.js';
import type { AgentFinding, DoctorProbes, FleetMain, GitHubFinding, GitLabFinding } from './cli/fleet-port.js';
import type { Config } from './config/config.js';
import type { AgentSpec } from './domain/agent.js';
import { createLog } from './log/log.js';
import { findContainment } from './process/containment.js';
import { openQueue } from './queue/open-queue.js';
import { openDatabase } from './store/database.js';

/** What the GitHub App must be allowed, as in app.yml. */
const neededPermissions = { metadata: 'read', contents: 'write', issues: 'write', pull_requests: 'write' } as const;

// A forge's SDK is large: it is loaded when that forge is asked.

/** What doctor looks at; nothing is opened before a probe is called. */
export function probesFor(config: Config): DoctorProbes {
  return {
    containment: () => findContainment(),
    agents: () => agentFindings(config),
    database: () => reachDatabase(config),
    redis: () => reachRedis(config),
    github: () => askGitHub(config),
    gitlab: () => askGitLab(config),
  };
}

async function agentFindings(config: Config): Promise<readonly AgentFinding[]> {
  const specs = config.source === 'file' ? config.agents : discoverAgents(config.searchPath, config.home);
  const place = { containment: await findContainment(), path: config.searchPath };
  return Promise.all(specs.map((spec) => agentFinding(place, spec)));
}

async function agentFinding(place: Place, spec: AgentSpec): Promise<AgentFinding> {
  const { name, dialect, account, model } = spec;
  const facts = { name, dialect, account, ...(model === undefined ? {} : { model }) };
  const [found, login] = await Promise.all([preflight(place, spec), findLogin(place, spec)]);
  if ('version' in found) return { ...facts, login, ...found };
  return { ...facts, login, problem: { what: found.problem, mend: 'install it, or correct its entry under agents' } };
}

async function reachDatabase({ databaseUrl }: Config): Promise<void> {
  if (databaseUrl === undefined) return;
  const database = await openDatabase({ kind: 'postgres', url: databaseUrl });
  try {
    await database.pool.query('select 1');
  } finally {
    await database.close();
  }
}

async function reachRedis({ redisUrl }: Config): Promise<void> {
  if (redisUrl === undefined) return;
  const queue = await openQueue({ kind: 'redis', url: redisUrl });
  try {
    await queue.ping();
  } finally {
    await queue.close();
  }
}

async function askGitHub({ github }: Config): Promise<GitHubFinding> {
  if (github === undefined) return { app: 'not set up', missing: [] };
  const { createGitHub } = await import('./forge/github/github.js');
  const client = await createGitHub({ ...github, spacing: 'off', ...quiet() });
  const { mention, permissions } = await client.identity();
  const missing = Object.entries(neededPermissions).flatMap(([name, level]) => {
    const granted = permissions[name];
    return granted === level || granted === 'write' || granted === 'admin' ? [] : [`${name}: ${level}`];
  });
  return { app: mention, missing };
}

async function askGitLab({ gitlab }: Config): Promise<GitLabFinding> {
  if (gitlab === undefined) return { account: 'not set up', missing: [], projects: [] };
  const { examineGitLab } = await import('./forge/gitlab/examine.js');
  return examineGitLab({ ...gitlab, ...quiet() });
}

/** Makes a GitLab project's webhook and label, once, with a token that is not Fleet's own. */
export const connectGitLab: FleetMain['connectGitLab'] = async ({ url, token: own }, { token, ...order }) => {
  const { connectProject } = await import('./forge/gitlab/connect.js');
  return connectProject({ maintainer: { url, token, ...quiet() }, fleet: { url, token: own, ...quiet() } }, order);
};

function quiet() {
  const log = createLog({ level: 'silent', pretty: false, stream: process.stderr });
  return { clock: { nowMs: () => Date.now() }, log };
}
