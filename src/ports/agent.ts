import type { AttemptOutcome, Role, Usage } from '../domain/agent.js';
import type { Plan, Task } from '../domain/plan.js';
import type { Reply } from '../domain/review.js';
import type { RunId } from '../domain/run.js';
import type { Triage } from '../domain/triage.js';
import type { Verdict } from '../domain/verdict.js';
import type { Workspace } from './workspace.js';

/** Tells one state of the worktree from another. */
export type Fingerprint = () => Promise<string>;

/** What of an order concerns the agent's memory. */
interface SessionOrder {
  readonly session?: string;
  /** What earlier attempts have used in that session: some agents count it again. */
  readonly usedInSession?: Usage;
}

export interface AttemptOrder extends SessionOrder {
  /** Names the attempt's folders and stream; unique per try. */
  readonly id: string;
  readonly run: RunId;
  readonly role: Role;
  readonly agent: string;
  readonly task?: string;
  readonly workspace: Workspace;
  /** Builds the prompt once it is known where artifacts go. */
  readonly prompt: (place: {
    readonly artifacts: string;
    readonly schema: (name: 'triage' | 'plan' | 'verdict' | 'replies') => string;
    /** The agent goes on with its session, and knows what it has done. */
    readonly isResumed: boolean;
  }) => string;
  readonly signal: AbortSignal;
  /** Of the worktree: a developer whose calls change nothing for long is ended. */
  readonly changes?: Fingerprint;
  /** Told once a process runs, then every 30 s while it lives. */
  readonly heartbeat: (fields: Readonly<Record<string, string | number | boolean>>) => void;
}

export interface AttemptReport {
  readonly outcome: AttemptOutcome;
  readonly usage: Usage;
  /** Lines of kinds that Fleet does not know, by kind: the CLI may be newer than its dialect. */
  readonly unknown: Readonly<Record<string, number>>;
  readonly session?: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** Where the agent's artifacts are. */
  readonly artifacts: string;
}

/** A result, or every problem with it. */
export type Reading<T> = { readonly value: T } | { readonly problems: readonly string[] };

/** What a plan is held against. */
export interface PlanGround {
  /** Files of the tree that it is about. */
  readonly paths: readonly string[];
  /** The plan answers feedback: it may be without tasks and criteria where answers are enough. */
  readonly answersFeedback: boolean;
  /** Tasks of an earlier plan of the round that are on the branch. */
  readonly done: readonly Task[];
  /** See `tasksBorne`. */
  readonly mostTasks?: number;
}

/** Read what an attempt has left in its artifacts folder; what cannot be used is told, never thrown. */
export interface Readers {
  /** `triage.json` */
  readTriage(artifacts: string): Promise<Reading<Triage>>;
  /** `research.md`: at most 20,000 characters of Markdown. */
  readResearch(artifacts: string): Promise<Reading<string>>;
  /** `plan.json`, its references, and its size. */
  readPlan(artifacts: string, about: PlanGround): Promise<Reading<Plan>>;
  /** `verdict.json`; a blocker in it has a file and a line. Ids that the plan does not have stay in it. */
  readVerdict(artifacts: string): Promise<Reading<Verdict>>;
  /** `replies.json`; replies to other threads than these are left out. */
  readReplies(artifacts: string, threads: readonly string[]): Promise<Reading<readonly Reply[]>>;
}

export interface Agents extends Readers {
  /** Runs one attempt to its end, whatever that is: an agent that fails is a report, not an error. Afterwards no process of it lives. */
  run(order: AttemptOrder): Promise<AttemptReport>;
  /** Asks the agent's account with a small question whether it answers again; an agent that is a script is not asked, and `finished`. */
  probe(agent: string, signal: AbortSignal): Promise<AttemptOutcome>;
  /** Removes what attempts of a run left: home, artifacts; streams stay for their retention. */
  forget(run: RunId): Promise<void>;
}
