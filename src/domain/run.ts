import type { AttemptRecord, Role } from './agent.js';
import type { Check, Evidence } from './check.js';
import type { Comment, Issue, MergeRequest, Person, Repository } from './forge.js';
import type { Plan } from './plan.js';

/** Identity of a run: short, sortable, `[a-z0-9]`. */
export type RunId = string & { readonly brand: 'RunId' };

/** Identity of an effect: `<run>.<revision>.<index>`. */
export type EffectId = string & { readonly brand: 'EffectId' };

/** The text that a run works on, frozen when the label was put on. */
export interface FrozenIssue extends Issue {
  /** Comments by people with write access, made before the label. */
  readonly comments: readonly Comment[];
}

/** What a run keeps to, frozen when its workspace was prepared. */
export interface RunPolicy {
  /** The target branch. */
  readonly base: string;
  readonly setup?: string;
  readonly checks: readonly Check[];
  readonly checkTimeoutMs: number;
  /** Globs of what a change may not touch. */
  readonly protectedPaths: readonly string[];
  /** How often red checks go back to the agent for one task. */
  readonly fixes: number;
  /** How many attempts of a stage may fail before a person is asked. */
  readonly failures: number;
  /** Agents by role, in order of preference; never empty. */
  readonly agents: { readonly planner: readonly string[]; readonly developer: readonly string[] };
}

/** A tree of the worktree that Fleet has kept as a commit, so that any step can start again from it. */
export interface Snapshot {
  /** Commit that holds the tree; on no branch, kept by a ref of Fleet's. */
  readonly commit: string;
  readonly tree: string;
}

/** What preparing the workspace brought. */
export interface Prepared {
  readonly policy: RunPolicy;
  /** The base commit that the run's branch starts from. */
  readonly baseSha: string;
  /** Files in the base tree. */
  readonly files: number;
  readonly start: Snapshot;
}

/** What an agent's attempt is to be told beyond the issue. */
export type Feedback =
  | { readonly kind: 'none' }
  | { readonly kind: 'artifactProblems'; readonly problems: readonly string[] }
  | { readonly kind: 'checksRed'; readonly evidence: readonly Evidence[] }
  | { readonly kind: 'changeRefused'; readonly problems: readonly string[] };

/** One agent invocation that the run waits for. */
export interface Assignment {
  readonly role: Role;
  readonly agent: string;
  readonly task?: string;
  readonly feedback: Feedback;
  /** The worktree is brought to this state before the agent starts. */
  readonly from: Snapshot;
  /** Session of the same agent to go on with, where its dialect can. */
  readonly session?: string;
}

/** What stands in the way of a blocked run; the texts for people are keyed by `kind`. */
export interface Obstacle {
  readonly kind:
    | 'checksRed'
    | 'planMissing'
    | 'agentFailed'
    | 'noAgent'
    | 'changeRefused'
    | 'pushRefused'
    | 'emptyRepository'
    | 'configurationBroken'
    | 'setupFailed'
    | 'forgeRefused'
    | 'spent';
  /** Facts for people, one a line: what failed, where. */
  readonly details: readonly string[];
}

/** Where a run stands. Ends: merged, closed, cancelled, refused. Parked: blocked. */
export type Phase =
  | { readonly name: 'queued'; readonly step: 'waiting' | 'preparing'; readonly resume: Resume }
  | { readonly name: 'planning'; readonly failures: number; readonly assignment: Assignment }
  | WorkingPhase
  | { readonly name: 'delivering'; readonly step: 'pushing' | 'opening'; readonly head: Snapshot }
  | { readonly name: 'inReview'; readonly head: Snapshot }
  | { readonly name: 'blocked'; readonly obstacle: Obstacle; readonly resume: Resume }
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
  | { readonly to: 'delivering'; readonly head: Snapshot };

/** A task of the plan is being worked on. */
export interface WorkingPhase {
  readonly name: 'working';
  /** Id of the task at hand; tasks before it in the plan are on the branch. */
  readonly task: string;
  readonly step: 'agent' | 'checks' | 'commit';
  /** How often red checks or a refused change went back for this task. */
  readonly fixes: number;
  readonly failures: number;
  readonly assignment: Assignment;
  /** Head of the run's branch: the last task that was committed. */
  readonly head: Snapshot;
}

/** The one comment that shows progress. At most one edit of it is on its way; `stale`: another is due after that. */
export interface StatusComment {
  readonly id?: string;
  readonly state: 'shown' | 'showing' | 'stale';
}

export type PhaseName = Phase['name'];

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
  readonly mergeRequest?: MergeRequest;
  readonly status: StatusComment;
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
}

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
