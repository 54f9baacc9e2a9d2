import type { Role } from './agent.js';
import type { ForgeName } from './forge.js';

/** What the loop needs of the operator's configuration. */
export interface Settings {
  /** The label that starts a run, per forge; a repository may name its own. */
  readonly labels: Readonly<Record<ForgeName, string>>;
  readonly markerPrefix: string;
  readonly branchPrefix: string;
  readonly limits: SlotLimits;
  /** Names of agents in order of preference, for every role; empty when no agent is configured. */
  readonly roles: Readonly<Record<Role, readonly string[]>>;
  /** For links; without it Fleet links to the forge only. */
  readonly publicUrl?: string;
}

/** How much runs at once and in all. */
export interface SlotLimits {
  readonly runs: number;
  readonly runsPerRepository: number;
  readonly runsPerDay: number;
  readonly runsPerRequesterPerDay: number;
}
