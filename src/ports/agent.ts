import type { AttemptOutcome, Role, Usage } from '../domain/agent.js';
import type { Plan } from '../domain/plan.js';
import type { RunId } from '../domain/run.js';
import type { Workspace } from './workspace.js';

export interface AttemptOrder {
  /** Names the attempt's folders and stream; unique per try. */
  readonly id: string;
  readonly run: RunId;
  readonly role: Role;
  readonly agent: string;
  readonly task?: string;
  readonly workspace: Workspace;
  /** Builds the prompt once it is known where artifacts go. */
  readonly prompt: (place: { readonly artifacts: string; readonly schema: (name: 'plan') => string }) => string;
  readonly session?: string;
  readonly signal: AbortSignal;
  /** Told once a process runs, then every 30 s while it lives. */
  readonly heartbeat: (fields: Readonly<Record<string, string | number | boolean>>) => void;
}

export interface AttemptReport {
  readonly outcome: AttemptOutcome;
  readonly usage: Usage;
  readonly session?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Where the agent's artifacts are. */
  readonly artifacts: string;
}

/** A result, or every problem with it. */
export type Reading<T> = { readonly value: T } | { readonly problems: readonly string[] };

export interface Agents {
  /** Runs one attempt to its end, whatever that is: an agent that fails is a report, not an error. Afterwards no process of it lives. */
  run(order: AttemptOrder): Promise<AttemptReport>;
  /** Reads and checks `plan.json`. `paths`: the files of the base tree. */
  readPlan(artifacts: string, paths: readonly string[]): Promise<Reading<Plan>>;
  /** Removes what attempts of a run left: home, artifacts; streams stay for their retention. */
  forget(run: RunId): Promise<void>;
}
