import { existsSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { AgentSpec } from '../domain/agent.js';
import { Secret } from '../domain/secret.js';
import { vendorOf } from '../domain/vendor.js';
import { completeRoles, type Config, type Notify } from './config.js';
import { crossProblems } from './cross-check.js';
import { readEnvironment, type Environment, type Use } from './environment.js';
import { operatorSchema, type CheckedConfig } from './operator-schema.js';
import { checkShape, readYaml } from './parse.js';
import { shownValue, type Parsed, type Problem } from './problem.js';
import { unbuiltKeys } from './unbuilt.js';
import { VariableReader, type Variables } from './variables.js';

/** What configuration is read from; by default what this process was given. */
export interface Origin {
  readonly use: Use;
  readonly env?: Variables;
  readonly cwd?: string;
}

/** Reads the configuration file and the environment; tells every problem of both at once. */
export function loadConfig({
  use,
  env: given = process.env,
  cwd = process.cwd(),
}: Origin): { readonly config: Config } | { readonly problems: readonly Problem[] } {
  const env = use === 'server' ? { ...dotEnv(cwd), ...given } : given;
  const reader = new VariableReader(env, cwd);
  const path = reader.path('FLEET_CONFIG') ?? resolve(cwd, 'fleet.config.yml');
  const file = readConfigFile(path, { named: reader.isSet('FLEET_CONFIG'), env });
  const webhooks = 'problems' in file || file.value.checked.webhooks;
  const environment = readEnvironment(reader, { use, cwd, webhooks });
  const problems = [...('problems' in file ? file.problems : []), ...reader.problems];
  if ('problems' in file || problems.length > 0) return { problems };
  return { config: complete(file.value, environment, { path, env }) };
}

/** What the set-up of the GitHub App wrote into `.env`; variables that are set win over it. */
function dotEnv(cwd: string): Variables {
  const path = resolve(cwd, '.env');
  return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
}

interface ConfigFile {
  readonly there: boolean;
  readonly written: unknown;
  readonly checked: CheckedConfig;
}

function readConfigFile(path: string, { named, env }: { named: boolean; env: Variables }): Parsed<ConfigFile> {
  const there = existsSync(path);
  if (!there && named) {
    return { problems: [{ path: 'FLEET_CONFIG', value: shownValue('', path), expected: 'a file that is there' }] };
  }
  const text = there ? textOf(path) : { value: '' };
  const yaml = 'problems' in text ? text : readYaml(text.value);
  if ('problems' in yaml) return { problems: inFile(path, yaml.problems) };
  const shape = checkShape(operatorSchema, yaml.value);
  const problems = [...('problems' in shape ? shape.problems : []), ...crossProblems(yaml.value, env)];
  if ('problems' in shape || problems.length > 0) return { problems: inFile(path, problems) };
  return { value: { there, written: yaml.value, checked: shape.value } };
}

function textOf(path: string): Parsed<string> {
  try {
    return { value: readFileSync(path, 'utf8') };
  } catch (error) {
    const expected = `a file that can be read (${error instanceof Error ? error.message : String(error)})`;
    return { problems: [{ path: 'whole file', value: 'an error', expected }] };
  }
}

function inFile(path: string, problems: readonly Problem[]): readonly Problem[] {
  return problems.map((problem) => ({ ...problem, path: `${basename(path)}: ${problem.path}` }));
}

function complete(file: ConfigFile, environment: Environment, { path, env }: { path: string; env: Variables }): Config {
  const { agents, roles, accounts, limits, sandbox, retention, forges, notify, ...rest } = file.checked;
  return {
    ...environment,
    source: file.there ? 'file' : 'discovered',
    configFile: path,
    agents: agents.map((agent) => specOf(agent, dirname(path), env)),
    settings: {
      labels: { github: forges.github.label, gitlab: forges.gitlab.label, local: 'fleet' },
      markerPrefix: rest.markerPrefix,
      branchPrefix: rest.branchPrefix,
      limits,
      roles: completeRoles(
        roles,
        agents.map(({ name }) => name),
      ),
      ...(rest.publicUrl === undefined ? {} : { publicUrl: rest.publicUrl }),
    },
    routing: rest.routing,
    accounts,
    sandbox: { mode: sandbox.mode, memoryBytes: sandbox.memory, pids: sandbox.pids, network: sandbox.network },
    webhooks: rest.webhooks,
    questionDeadlineMs: rest.questionDeadline,
    retention: { streamsMs: retention.streams, worktreesMs: retention.worktrees },
    commanders: { github: commandersOf(forges.github), gitlab: commandersOf(forges.gitlab) },
    resyncMs: rest.resync,
    notify: withSecrets(notify, env),
    unbuilt: unbuiltKeys(file.written),
  };
}

type CheckedAgent = CheckedConfig['agents'][number];

function specOf(agent: CheckedAgent, folder: string, env: Variables): AgentSpec {
  const { name, dialect, timeouts, command = [], ...rest } = agent;
  return {
    ...rest,
    name,
    dialect,
    account: agent.account ?? name,
    vendor: agent.vendor ?? vendorOf(agent),
    command: command.map((argument, index) => resolved(argument, index, folder)),
    env: Object.fromEntries(
      Object.entries(agent.env).map(([key, value]) => [
        key,
        typeof value === 'string' ? value : secretFrom(value, env),
      ]),
    ),
    timeouts: { silenceMs: timeouts.silence, wallMs: timeouts.wall },
  };
}

/** A path of the configuration's folder in absolute form: what looks like one, and what names a file there. */
function resolved(argument: string, index: number, folder: string): string {
  if (isAbsolute(argument)) return argument;
  const path = join(folder, argument);
  const isPath = /^\.\.?\//.test(argument) || (index === 0 ? argument.includes('/') : isFile(path));
  return isPath ? path : argument;
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

function commandersOf({ allow, deny }: { readonly allow: readonly number[]; readonly deny: readonly number[] }) {
  return { allow: allow.map(String), deny: deny.map(String) };
}

function withSecrets(notify: CheckedConfig['notify'], env: Variables): Notify {
  const { slack, telegram, email, webhook, ...rest } = notify;
  return {
    ...rest,
    ...(slack && { slack: { ...slack, token: secretFrom(slack.token, env) } }),
    ...(telegram && { telegram: { ...telegram, token: secretFrom(telegram.token, env) } }),
    ...(email && { email: { ...email, smtp: secretFrom(email.smtp, env) } }),
    ...(webhook && { webhook: { ...webhook, secret: secretFrom(webhook.secret, env) } }),
  };
}

/** That the variable is set was checked before. */
function secretFrom({ fromEnv }: { readonly fromEnv: string }, env: Variables): Secret {
  return new Secret(env[fromEnv] ?? '');
}
