import type { Role } from './agent.js';
import type { Check } from './check.js';

/** What a run keeps to, frozen when its workspace was prepared. */
export interface RunPolicy {
  /** The target branch. */
  readonly base: string;
  readonly setup?: string;
  readonly checks: readonly Check[];
  readonly checkTimeoutMs: number;
  /** Globs of what a change may not touch. */
  readonly protectedPaths: readonly string[];
  /** Globs of what counts as a test; unset: what usually does. */
  readonly tests?: readonly string[];
  readonly review: ReviewPolicy;
  readonly budgets: Budgets;
  /** A run that got nowhere is tried anew by itself after a rest. */
  readonly retryBlocked: { readonly afterMs: number; readonly times: number };
  /** How many attempts of a stage may fail before a person is asked. */
  readonly failures: number;
  /** Tasks that are worked on side by side at most. */
  readonly parallelTasks: number;
  /** A plan is worked on once somebody with write access has approved it. */
  readonly planApproval: boolean;
  /** Questions are answered within this time, else the run goes on with its assumptions. */
  readonly questionDeadlineMs: number;
  /** Agents by role, in order of preference; a stage whose role has none is left out, but for planner and developer. */
  readonly agents: RoleAgents & { readonly planner: readonly string[]; readonly developer: readonly string[] };
  /** Who makes each agent. */
  readonly vendors: Readonly<Record<string, string>>;
  /** What triage may find an issue to be about, and who and what that calls for. */
  readonly intents: Readonly<Record<string, Intent>>;
}

/** The roles that work on an issue. */
export type StageRole = Exclude<Role, 'auditor'>;

/** Names of agents in order of preference. */
export type RoleAgents = { readonly [R in StageRole]?: readonly string[] };

/** What an issue may be about. */
export interface Intent {
  /** In the place of the usual agents of these roles. */
  readonly roles: RoleAgents;
  /** Names of `.fleet/skills/<name>.md`, which go into the prompts. */
  readonly skills: readonly string[];
}

/** What a run may cost before a person is asked. */
export interface Budgets {
  readonly attemptsPerTask: number;
  /** Of all attempts together. */
  readonly wallTimeMs: number;
  /** In and out, of all attempts together; what came from a cache costs little, and does not count. */
  readonly tokens: number;
  readonly costUsd: number;
  /** How often a round may be planned anew because a task of it got nowhere. */
  readonly replans: number;
}

/** How rounds of review are kept. */
export interface ReviewPolicy {
  /** A burst of comments is let settle for so long after its last one. */
  readonly settleMs: number;
  readonly maxRounds: number;
  /** Whether Fleet resolves the threads whose demand it has met. */
  readonly resolveThreads: boolean;
  /** How the base is brought in; people's commits are never rebased. */
  readonly conflicts: 'merge' | 'rebase';
}
