import type { AgentSpec, Role } from '../domain/agent.js';
import type { Secret } from '../domain/secret.js';
import type { Settings } from '../domain/settings.js';
import type { Environment } from './environment.js';
import type { UnbuiltKey } from './unbuilt.js';

/** Everything that Fleet is told by its operator: durations in ms, sizes in bytes, every field present. */
export interface Config extends Environment {
  /** `discovered`: no configuration file is there, and `agents` waits for `withAgents`. */
  readonly source: 'file' | 'discovered';
  /** Absolute path of the configuration file, whether it is there or not. */
  readonly configFile: string;
  /** Empty when none is configured: Fleet starts, and cannot work. */
  readonly agents: readonly AgentSpec[];
  readonly settings: Settings;
  readonly routing: 'ordered' | 'learned';
  readonly accounts: Readonly<Record<string, AccountLimits>>;
  readonly sandbox: {
    readonly mode: 'bubblewrap' | 'off';
    readonly memoryBytes: number;
    readonly pids: number;
    readonly network: readonly string[];
  };
  /** False: no webhooks come, repositories are looked at instead. */
  readonly webhooks: boolean;
  readonly questionDeadlineMs: number;
  readonly retention: { readonly streamsMs: number; readonly worktreesMs: number };
  readonly commanders: { readonly github: Commanders; readonly gitlab: Commanders };
  readonly resyncMs: number;
  readonly notify: Notify;
  /** What was written and has no effect yet. */
  readonly unbuilt: readonly UnbuiltKey[];
}

/** What an account may use. */
export interface AccountLimits {
  readonly maxConcurrent?: number;
  readonly tokensPerDay?: number;
  /** Share of 1 that is kept for review rounds. */
  readonly reserveForReview: number;
  readonly quiet?: { readonly at: string; readonly share: number };
}

/** Ids of people and bots who may command beside those with write access, or never. */
export interface Commanders {
  readonly allow: readonly string[];
  readonly deny: readonly string[];
}

/** Where people are told. */
export interface Notify {
  readonly slack?: { readonly token: Secret; readonly channel: string };
  readonly telegram?: { readonly token: Secret; readonly chat: string };
  readonly email?: { readonly smtp: Secret; readonly from: string; readonly to: readonly string[] };
  readonly webhook?: { readonly url: string; readonly secret: Secret };
  readonly events: readonly ('ready' | 'needsPerson' | 'merged' | 'budget' | 'account' | 'audit' | 'daily')[];
  readonly quiet?: string;
}

/** The configuration with these agents for every role: what was found on PATH, or what a command line names. */
export function withAgents(config: Config, agents: readonly AgentSpec[]): Config {
  return {
    ...config,
    agents,
    settings: {
      ...config.settings,
      roles: completeRoles(
        {},
        agents.map(({ name }) => name),
      ),
    },
  };
}

/** Agents for every role: its own, else those of `default`, else all. */
export function completeRoles(
  written: Readonly<Partial<Record<Role | 'default', readonly string[]>>>,
  all: readonly string[],
): Settings['roles'] {
  const { default: rest = all, ...own } = written;
  return {
    triager: rest,
    researcher: rest,
    planner: rest,
    critic: rest,
    developer: rest,
    verifier: rest,
    auditor: rest,
    ...own,
  };
}
