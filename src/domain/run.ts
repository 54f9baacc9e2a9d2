import type { AttemptRecord, Role } from './agent.js';
import type { Evidence } from './check.js';
import type { Comment, Issue, MergeRequest, Person, Repository } from './forge.js';
import type { Frontier } from './frontier.js';
import type { Plan } from './plan.js';
import type { RunPolicy } from './policy.js';
import type { Asked, ReviewRecord, RoundCause } from './review.js';

/** Identity of a run: short, sortable, `[a-z0-9]`. */
export type RunId = string & { readonly brand: 'RunId' };

/** Identity of an effect: `<run>.<revision>.<index>`. */
export type EffectId = string & { readonly brand: 'EffectId' };

/** The text that a run works on, frozen when the label was put on. */
export interface FrozenIssue extends Issue {
  /** Comments by people with write access, made before the label. */
  readonly comments: readonly Comment[];
}

/** A tree of the worktree that Fleet has kept as a commit, so that any step can start again from it. */
export interface Snapshot {
  /** Commit that holds the tree; on no branch, kept by a ref of Fleet's. */
  readonly commit: string;
  readonly tree: string;
}

/** What a real conflict is about. */
export interface Conflict {
  /** Commit that is merged. */
  readonly theirs: string;
  /** What is merged, for people: `main`. */
  readonly name: string;
  readonly files: readonly string[];
  /** Conflicts that leave no markers, a sentence each in the order of `files`: binary, deleted on one side, a file against a folder. */
  readonly details: readonly string[];
  /** The tree with conflict markers in it. */
  readonly marked: Snapshot;
  /** Subjects of the commits on either side that touched the files, newest first, at most 10 a side. */
  readonly oursLog: readonly string[];
  readonly theirsLog: readonly string[];
}

/** What preparing the workspace brought. */
export interface Prepared {
  readonly policy: RunPolicy;
  /** The base commit that the run's branch starts from. */
  readonly baseSha: string;
  /** Files in the base tree. */
  readonly files: number;
  readonly start: Snapshot;
  /** Where the run's branch is on the remote, when it is there: people may have pushed to it. */
  readonly branchHead?: Snapshot;
}

/** What an agent's attempt is to be told beyond the issue. */
export type Feedback =
  | { readonly kind: 'none' }
  | { readonly kind: 'artifactProblems'; readonly problems: readonly string[] }
  | { readonly kind: 'checksRed'; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'changeRefused'; readonly problems: readonly string[] }
  /** What crossing the tests of base and head has found. */
  | { readonly kind: 'notProven'; readonly problems: readonly string[] }
  /** A task got nowhere: the rest of the round is planned anew. */
  | { readonly kind: 'replan'; readonly task: string; readonly problems: readonly string[] }
  | { readonly kind: 'conflict'; readonly conflict: Conflict };

/** One agent invocation that the run waits for. */
export interface Assignment {
  readonly role: Role;
  readonly agent: string;
  readonly task?: string;
  readonly feedback: Feedback;
  /** Open threads that the attempt has to answer in `replies.json`; empty outside rounds of review. */
  readonly threads: readonly string[];
  /** The worktree is brought to this state before the agent starts. */
  readonly from: Snapshot;
  /** Session of the same agent to go on with, where its dialect can. */
  readonly session?: string;
  /** What was tried for the task before, a line an attempt, for one that does not remember it. */
  readonly tried?: readonly string[];
}

/** What stands in the way of a blocked run; the texts for people are keyed by `kind`. */
export interface Obstacle {
  readonly kind:
    | 'checksRed'
    | 'planMissing'
    | 'agentFailed'
    | 'noAgent'
    | 'changeRefused'
    | 'notProven'
    | 'budgetSpent'
    | 'pushRefused'
    | 'emptyRepository'
    | 'configurationBroken'
    | 'setupFailed'
    | 'forgeRefused'
    | 'roundsSpent'
    | 'sameDemand'
    | 'ciStaysRed'
    | 'spent';
  /** Facts for people, one a line: what failed, where. */
  readonly details: readonly string[];
}

/** Where a run stands. Ends: merged, closed, cancelled, refused. Parked: blocked. */
export type Phase =
  | { readonly name: 'queued'; readonly step: 'waiting' | 'preparing'; readonly resume: Resume }
  | PlanningPhase
  | WorkingPhase
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
  | { readonly to: 'inReview'; readonly head: Snapshot };

/** Something new about the merge request is let settle before it is read. */
export interface Settling {
  readonly sinceMs: number;
  readonly dueAtMs: number;
}

/** A plan is being made: for the run, for a round, or for what a task that got nowhere has left. */
export interface PlanningPhase {
  readonly name: 'planning';
  readonly failures: number;
  readonly assignment: Assignment;
  readonly replaces?: Replanning;
}

/** A task got nowhere: what is on the branch stays, the rest is planned anew. */
export interface Replanning {
  readonly task: string;
  readonly head: Snapshot;
  /** What was tried, and what stood in the way. */
  readonly problems: readonly string[];
}

/** A task of the plan is being worked on. */
export interface WorkingPhase {
  readonly name: 'working';
  /** Id of the task at hand; tasks before it in the plan are on the branch. */
  readonly task: string;
  /** `integrate`: Fleet brings in what people gave, before any agent. `baseline`: red checks are run on the base, once a run. */
  readonly step: 'integrate' | 'agent' | 'checks' | 'baseline' | 'commit';
  readonly ladder: Ladder;
  readonly failures: number;
  readonly assignment: Assignment;
  /** Head of the run's branch: the last task that was committed. */
  readonly head: Snapshot;
  /** Commit that is being merged: the task's commit has it as its second parent. */
  readonly merges?: string;
  /** What was seen of the task, while the base is looked at. */
  readonly seen?: { readonly snapshot: Snapshot; readonly evidence: readonly Evidence[] };
}

/** `gates`: what has no receipt for this tree yet is run. `crossing`: tests and source of base and head are crossed. */
export interface VerifyingPhase {
  readonly name: 'verifying';
  readonly step: 'gates' | 'crossing';
  readonly head: Snapshot;
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

/** The one comment that shows progress. At most one edit of it is on its way; `stale`: another is due after that. */
export interface StatusComment {
  readonly id?: string;
  readonly state: 'shown' | 'showing' | 'stale';
}

export type PhaseName = Phase['name'];

/** A round that came to its end. */
export interface DeliveredRound {
  readonly round: number;
  readonly head: Snapshot;
  readonly tasks: readonly { readonly id: string; readonly title: string }[];
  readonly cause?: RoundCause;
}

/** Everything that Fleet does for one issue, from trigger to merged or closed. Only `decide` makes a new one. */
export interface Run {
  readonly id: RunId;
  /** Counts decisions; 1 is the admission. */
  readonly revision: number;
  readonly repository: Repository;
  readonly issue: FrozenIssue;
  readonly requester: Person;
  readonly label: string;
  /** The run answers every label that was put on until then, by the forge's clock; unset: until it was created. */
  readonly askedUntilMs?: number;
  readonly branch: string;
  readonly round: number;
  readonly phase: Phase;
  readonly prepared?: Prepared;
  readonly plan?: Plan;
  readonly attempts: readonly AttemptRecord[];
  /** What was seen on the head of the branch, the newest per name. */
  readonly evidence: readonly Evidence[];
  /** The repository's checks on the base, from the first time that one was red. */
  readonly baseline?: readonly Evidence[];
  /** What a reviewer has to know about the tests of the change. */
  readonly testNotes?: readonly string[];
  /** How often this round was planned anew, and how often its tests were sent back. */
  readonly replans?: number;
  readonly proofs?: number;
  /** How often the run was tried anew by itself after a rest. */
  readonly rests?: number;
  /** How often a person has let the run have its budget once more. */
  readonly moreBudgets?: number;
  readonly mergeRequest?: MergeRequest;
  readonly review?: ReviewRecord;
  /** What the round at hand answers; unset in the first one. */
  readonly cause?: RoundCause;
  /** What was asked for by commands since the last round began. */
  readonly asked?: Asked;
  /** The rounds that were delivered, oldest first. */
  readonly delivered: readonly DeliveredRound[];
  /** Something new came while a round, or a read of the merge request, was under way: it is read after it. */
  readonly isHinted?: true;
  readonly status: StatusComment;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

/** Where a run is that may still change. */
export const openPhases: readonly PhaseName[] = [
  ...(['queued', 'planning', 'working', 'verifying', 'delivering', 'inReview', 'blocked'] as const),
];

/** True for a run that will not change any more. */
export function isEnded(phase: Phase): boolean {
  return phase.name === 'merged' || phase.name === 'closed' || phase.name === 'cancelled' || phase.name === 'refused';
}

/** True for a run that holds one of the operator's slots (`limits.runs`). */
export function holdsSlot(phase: Phase): boolean {
  switch (phase.name) {
    case 'queued':
      return phase.step === 'preparing';
    case 'planning':
    case 'working':
    case 'verifying':
    case 'delivering':
      return true;
    case 'inReview':
    case 'blocked':
    case 'merged':
    case 'closed':
    case 'cancelled':
    case 'refused':
      return false;
    default:
      return phase satisfies never;
  }
}
