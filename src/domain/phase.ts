import type { Person } from './forge.js';
import type { Frontier } from './frontier.js';
import type { Plan } from './plan.js';
import type { Evidence } from './check.js';
import type { Question } from './triage.js';
import type { Assignment, Obstacle, Snapshot } from './work.js';

/** Where a run stands. Ends: merged, closed, cancelled, refused. Parked: blocked. */
export type Phase =
  | { readonly name: 'queued'; readonly step: 'waiting' | 'preparing'; readonly resume: Resume }
  | StagePhase
  /** Parked: the questions stand on the issue; without an answer the run goes on with its assumptions. */
  | { readonly name: 'awaitingAnswer'; readonly questions: readonly Question[]; readonly dueAtMs: number }
  | PlanningPhase
  /** Parked: the plan stands in the status comment, and somebody with write access must approve it. */
  | {
      readonly name: 'awaitingApproval';
      /** The first task that is not done. */
      readonly task: string;
      readonly head: Snapshot;
      readonly sinceMs: number;
    }
  | WorkingPhase
  /** Parked: no agent that could go on is to be had before `untilMs`. */
  | {
      readonly name: 'awaitingAgent';
      readonly resume: Resume;
      readonly untilMs: number;
      /** A line an agent: what keeps it away. */
      readonly reasons: readonly string[];
    }
  /** The change as a whole is held against the base before anybody else sees it. */
  | VerifyingPhase
  | { readonly name: 'delivering'; readonly step: 'pushing' | 'opening' | 'answering'; readonly head: Snapshot }
  | { readonly name: 'inReview'; readonly head: Snapshot; readonly settling?: Settling }
  | {
      readonly name: 'blocked';
      readonly obstacle: Obstacle;
      readonly resume: Resume;
      /** When the run is tried anew by itself; unset where only a person can free it. */
      readonly wakesAtMs?: number;
    }
  | { readonly name: 'merged' }
  | { readonly name: 'closed' }
  | {
      readonly name: 'cancelled';
      readonly why: 'stopped' | 'unlabelled' | 'issueClosed' | 'repositoryLost' | 'otherLabel';
      /** Whoever did it, where it was somebody. */
      readonly by?: Person;
    }
  | { readonly name: 'refused'; readonly why: 'noWriteAccess' | 'mergeRequest' | 'textEdited' };

/** Where a run goes on once it has a slot (again). */
export type Resume =
  | { readonly to: 'planning' }
  | { readonly to: 'working'; readonly task: string; readonly head: Snapshot }
  | ({ readonly to: 'replanning' } & Replanning)
  | { readonly to: 'verifying'; readonly head: Snapshot }
  | { readonly to: 'delivering'; readonly head: Snapshot }
  /** A round begins: on what is on the branch by then. */
  | { readonly to: 'round'; readonly head: Snapshot }
  | { readonly to: 'inReview'; readonly head: Snapshot }
  /** Exactly where it was, once there is an agent for it. */
  | { readonly to: 'same'; readonly phase: AgentsPhase };

/** A phase in which agents are at work. */
export type AgentsPhase = StagePhase | PlanningPhase | WorkingPhase | VerifyingPhase;

/** Where a run stands; one that waits for an agent, where it stood when it began to wait. */
export function standing(phase: Phase): Phase {
  return 'resume' in phase && phase.resume.to === 'same' ? phase.resume.phase : phase;
}

/** Something new about the merge request is let settle before it is read. */
export interface Settling {
  readonly sinceMs: number;
  readonly dueAtMs: number;
}

/** An agent finds out what the issue is, or how the code works. */
export interface StagePhase {
  readonly name: 'triaging' | 'researching';
  readonly failures: number;
  readonly assignment: Assignment;
}

/** A plan is being made: for the run, for a round, or for what a task that got nowhere has left. */
export interface PlanningPhase {
  readonly name: 'planning';
  readonly failures: number;
  readonly assignment: Assignment;
  readonly replaces?: Replanning;
  /** The plan that the critic looks at, and the session that it came from, where its agent can go on. */
  readonly draft?: Plan;
  readonly planner?: { readonly agent: string; readonly session: string };
  /** The critic has said what it had to say: the next plan counts. */
  readonly isCriticised?: true;
}

/** A task got nowhere: what is on the branch stays, the rest is planned anew. */
export interface Replanning {
  readonly task: string;
  readonly head: Snapshot;
  /** What was tried, and what stood in the way. */
  readonly problems: readonly string[];
  /** A person wants it, so it costs nothing. */
  readonly isAsked?: true;
}

/** Tasks of the plan are being worked on. What is done comes first in the plan, then what is at hand, then the rest. */
export interface WorkingPhase {
  readonly name: 'working';
  /** Head of the run's branch: the last task that was committed. */
  readonly head: Snapshot;
  /** The tasks at hand, at least one; one of them at most is being put on the branch. */
  readonly lanes: readonly Lane[];
}

/** A task at hand. */
export interface Lane {
  readonly task: string;
  /**
   * `integrate`: Fleet brings in what people gave, before any agent. `waiting`: the work is done and waits until another one is on the
   * branch. `replay`: it is put on the head, which has moved. `baseline`: red checks are run on the base, once a run. `stuck`: it got nowhere,
   * and the others are let come to their end. `parked`: no agent is to be had, and the same.
   */
  readonly step: 'integrate' | 'agent' | 'waiting' | 'replay' | 'checks' | 'baseline' | 'commit' | 'stuck' | 'parked';
  readonly ladder: Ladder;
  readonly failures: number;
  /** `from` is the work as it was last kept. */
  readonly assignment: Assignment;
  /** Head of the run's branch that the work was made on. */
  readonly head: Snapshot;
  /** Commit that is being merged: the task's commit has it as its second parent. */
  readonly merges?: string;
  /** The agent works on conflict markers. */
  readonly isConflicted?: true;
  /** What was seen of the task, while the base is looked at. */
  readonly seen?: { readonly snapshot: Snapshot; readonly evidence: readonly Evidence[] };
  /** What it is stuck at. */
  readonly stuck?: Stuck;
  /** What it waits for. */
  readonly parked?: Away;
}

/** Why no agent is to be had; without `untilMs` a person has to act. */
export interface Away {
  readonly untilMs?: number;
  readonly reasons: readonly string[];
}

/** A task that got nowhere; `obstacle`: a person is asked, else the rest is planned anew. */
export interface Stuck {
  readonly problems: readonly string[];
  readonly because: string;
  readonly obstacle?: Obstacle;
}

/**
 * `integrate`: the base is brought in, so that what is judged is what will be merged. `gates`: what has no receipt for this tree yet is run.
 * `crossing`: tests and source of base and head are crossed. `inspecting`: another agent than the developer looks at the change.
 */
export interface VerifyingPhase {
  readonly name: 'verifying';
  readonly step: 'integrate' | 'gates' | 'crossing' | 'inspecting';
  readonly head: Snapshot;
  readonly failures?: number;
  /** The verifier's. */
  readonly assignment?: Assignment;
}

/** How a task has fared since it was planned. */
export interface Ladder {
  /** What the attempt at hand is. */
  readonly rung: 'fix' | 'fresh' | 'other';
  /** Attempts on this rung that have ended. */
  readonly onRung: number;
  /** Where each attempt has led, oldest first. */
  readonly frontiers: readonly Frontier[];
}

export type PhaseName = Phase['name'];

/** Where a run is that may still change. */
export const openPhases: readonly PhaseName[] = [
  ...(['queued', 'triaging', 'awaitingAnswer', 'researching', 'planning', 'awaitingApproval', 'working'] as const),
  ...(['awaitingAgent', 'verifying', 'delivering', 'inReview', 'blocked'] as const),
];

/** True for a run that will not change any more. */
export function isEnded(
  phase: Phase,
): phase is Extract<Phase, { name: 'merged' | 'closed' | 'cancelled' | 'refused' }> {
  return phase.name === 'merged' || phase.name === 'closed' || phase.name === 'cancelled' || phase.name === 'refused';
}

const holding: Readonly<Record<Exclude<PhaseName, 'queued'>, boolean>> = {
  triaging: true,
  awaitingAnswer: false,
  researching: true,
  planning: true,
  awaitingApproval: false,
  working: true,
  awaitingAgent: false,
  verifying: true,
  delivering: true,
  inReview: false,
  blocked: false,
  merged: false,
  closed: false,
  cancelled: false,
  refused: false,
};

/** True for a run that holds one of the operator's slots (`limits.runs`). */
export function holdsSlot(phase: Phase): boolean {
  return phase.name === 'queued' ? phase.step === 'preparing' : holding[phase.name];
}
