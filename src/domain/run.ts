import type { AttemptRecord } from './agent.js';
import type { Evidence } from './check.js';
import type { Comment, Issue, MergeRequest, Person, Repository } from './forge.js';
import type { Phase } from './phase.js';
import type { Plan } from './plan.js';
import type { RunPolicy } from './policy.js';
import type { Asked, ReviewRecord, RoundCause } from './review.js';
import type { Answer, Triage } from './triage.js';
import type { Inspection } from './verdict.js';
import type { Snapshot } from './work.js';

/** Identity of a run: short, sortable, `[a-z0-9]`. */
export type RunId = string & { readonly brand: 'RunId' };

/** Identity of an effect: `<run>.<revision>.<index>`. */
export type EffectId = string & { readonly brand: 'EffectId' };

/** The text that a run works on, frozen when the label was put on. */
export interface FrozenIssue extends Issue {
  /** Comments by people with write access, made before the label. */
  readonly comments: readonly Comment[];
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

/** The one comment that shows progress. At most one edit of it is on its way; `stale`: another is due after that. */
export interface StatusComment {
  readonly id?: string;
  readonly state: 'shown' | 'showing' | 'stale';
}

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
  readonly triage?: Triage;
  /** What was said to its questions. */
  readonly answers?: readonly Answer[];
  /** The researcher's report in Markdown, at most 20,000 characters. */
  readonly research?: string;
  /** What people with write access said with `/fleet` before there was a merge request. */
  readonly remarks?: readonly Answer[];
  /** Somebody wants this agent to be tried first, whatever the role. */
  readonly agent?: string;
  /** The plan must be approved, by a label. */
  readonly isPlanFirst?: true;
  readonly plan?: Plan;
  /** What the verifier said last. */
  readonly inspection?: Inspection;
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
