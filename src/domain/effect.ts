import type { CommentPlace, Person, ReactionTarget } from './forge.js';
import type { RedJob, Suggestion } from './review.js';
import type { Question } from './triage.js';
import type { Assignment, Obstacle, Snapshot } from './work.js';

/** Something to be done outside, decided before and performed at least once. */
export type Effect =
  | { readonly type: 'react'; readonly target: ReactionTarget }
  | { readonly type: 'showStatus' }
  | { readonly type: 'tellPeople'; readonly notice: Notice }
  | { readonly type: 'prepareWorkspace' }
  | { readonly type: 'runAgent'; readonly assignment: Assignment }
  | {
      readonly type: 'runChecks';
      readonly snapshot: Snapshot;
      readonly criteria: readonly string[];
      /** Unset while the whole is verified. */
      readonly task?: string;
    }
  /** Puts the work of a task, made on `from`, on the head of the branch. */
  | {
      readonly type: 'replay';
      readonly task: string;
      readonly from: Snapshot;
      readonly work: Snapshot;
      readonly onto: Snapshot;
    }
  /** Runs the tests of base and head on each other's source. */
  | { readonly type: 'crossTests'; readonly head: Snapshot }
  /** Tries a blocked run anew, or ends the wait for an answer, not before `dueAtMs`. */
  | { readonly type: 'wake'; readonly dueAtMs: number }
  | {
      readonly type: 'commitWork';
      readonly task: string;
      readonly snapshot: Snapshot;
      readonly parent: Snapshot;
      /** Commit that is merged with it. */
      readonly merges?: string;
    }
  | { readonly type: 'pushBranch'; readonly head: Snapshot }
  | { readonly type: 'openMergeRequest'; readonly head: Snapshot }
  /** Reads the whole state of the merge request once nothing more has come for a while: not before `dueAtMs`. */
  | { readonly type: 'readFeedback'; readonly dueAtMs: number }
  | ({ readonly type: 'integrate' } & Integration)
  /** Posts what the ledger says into its threads, and resolves what is done. */
  | { readonly type: 'answerThreads' }
  | { readonly type: 'rerunJobs'; readonly sha: string; readonly jobs: readonly RedJob[] }
  | { readonly type: 'stopWork' }
  | { readonly type: 'removeWorkspace' };

export type EffectType = Effect['type'];

/** What Fleet brings into the run's branch by itself. */
export interface Integration {
  readonly head: Snapshot;
  /** `base`: the target branch; `branch`: what others pushed to the run's own branch; `none`: suggestions alone. */
  readonly source: 'base' | 'branch' | 'none';
  /** Applied first, one commit for each thread. */
  readonly suggestions: readonly {
    readonly thread: string;
    readonly by: Person;
    readonly suggestions: readonly Suggestion[];
  }[];
}

/** A matter that people must be told of with a comment of its own, once. */
export type Notice =
  | { readonly kind: 'blocked'; readonly obstacle: Obstacle }
  | { readonly kind: 'ready' }
  | { readonly kind: 'question'; readonly questions: readonly Question[]; readonly dueAtMs: number }
  /** The plan waits for somebody's word. */
  | { readonly kind: 'approval' }
  /** CI is red for a reason that no change of the code can mend. */
  | { readonly kind: 'ciBroken'; readonly jobs: readonly RedJob[] }
  /** Changes were asked for without a word about which. */
  | { readonly kind: 'changesUnclear'; readonly by: Person }
  | {
      readonly kind: 'reply';
      readonly commentId: string;
      readonly place: CommentPlace;
      readonly text:
        | 'help'
        | 'status'
        | 'notBlocked'
        | 'notBuilt'
        | 'agentPicked'
        | 'unknownAgent'
        | 'noMergeRequest'
        | 'nothingToApprove'
        | 'approvalVoid'
        | 'nothingToReplan';
    };

/** Effects that run for long and hold a process or the disk; the rest answers within seconds. */
export function laneOf(type: EffectType): 'quick' | 'work' {
  return type === 'runAgent' ||
    type === 'runChecks' ||
    type === 'prepareWorkspace' ||
    type === 'integrate' ||
    type === 'crossTests'
    ? 'work'
    : 'quick';
}
