import type { AttemptRecord, Role } from './agent.js';
import type { Command } from './command.js';
import type { Evidence } from './check.js';
import type { EffectType } from './effect.js';
import type { FrozenIssue, Prepared, Run, RunId } from './run.js';
import type { Away } from './phase.js';
import type { Conflict, Obstacle, Snapshot } from './work.js';
import type { CommentPlace, MergeRequest, Person, Repository } from './forge.js';
import type { Plan } from './plan.js';
import type { ReadFeedback, Reply } from './review.js';
import type { Triage } from './triage.js';
import type { Verdict } from './verdict.js';

/** What starts a run. Authority was asked from the forge before. */
export interface RunRequest {
  readonly id: RunId;
  readonly repository: Repository;
  readonly issue: FrozenIssue;
  readonly requester: Person;
  /** Why there will be no work, when there will be none. */
  readonly refusal?: 'noWriteAccess' | 'mergeRequest' | 'textEdited';
  readonly label: string;
  /** See `Run`. */
  readonly askedUntilMs?: number;
  /** How many runs the issue had before: the second one's branch ends in `-2`. */
  readonly earlierRuns: number;
  readonly branchPrefix: string;
  /** Fleet's status comment on the issue, when an earlier run left one. */
  readonly statusComment?: string;
  /** The ended run whose merge request is open again: the new one goes on with it. */
  readonly adopts?: Run;
  /** What the reaction is put on. */
  readonly seen: 'issue' | { readonly commentId: string };
  readonly atMs: number;
}

/** What happens to a run that exists. */
export type RunEvent =
  | PeopleEvent
  | WorkEvent
  | { readonly type: 'slotGranted'; readonly atMs: number }
  /** An account that kept agents away lets them in again, sooner than was known. */
  | { readonly type: 'agentsBack'; readonly atMs: number };

/** What people did; whoever gave a command had write access when it was asked. */
export type PeopleEvent = { readonly atMs: number } & (
  | { readonly type: 'unlabelled'; readonly by: Person }
  | { readonly type: 'issueClosed'; readonly by: Person }
  | {
      readonly type: 'commanded';
      readonly by: Person;
      readonly command: Command;
      readonly commentId: string;
      readonly place: CommentPlace;
      /** `approve`: title or text of the issue are not any more what the plan was made for. */
      readonly isTextChanged?: true;
    }
  /** Somebody who may said something on the issue that is no command. */
  | { readonly type: 'answered'; readonly by: Person; readonly text: string }
  /** The label that asks for plans to be approved. */
  | { readonly type: 'planFirstAsked'; readonly by: Person }
  | { readonly type: 'mergeRequestEnded'; readonly merged: boolean }
  /** There may be something new about the merge request; `atMs` is when Fleet heard of it. */
  | { readonly type: 'feedbackHinted'; readonly why: 'review' | 'comment' | 'ci' | 'look' }
  | { readonly type: 'repositoryLost' }
  | { readonly type: 'repositoryMoved'; readonly repository: Repository }
);

/** What an effect brought. Enters the inbox under (`fleet`, effect id), so that it counts once. */
export type WorkEvent = { readonly atMs: number } & (
  | { readonly type: 'workspacePrepared'; readonly prepared: Prepared }
  | { readonly type: 'otherLabelWanted'; readonly label: string }
  | { readonly type: 'triaged'; readonly attempt: AttemptRecord; readonly triage: Triage }
  | { readonly type: 'researched'; readonly attempt: AttemptRecord; readonly research: string }
  /** A critic's verdict on the plan, or a verifier's on the change. */
  | { readonly type: 'inspected'; readonly attempt: AttemptRecord; readonly verdict: Verdict }
  | { readonly type: 'planned'; readonly attempt: AttemptRecord; readonly plan: Plan }
  | {
      readonly type: 'attemptFailed';
      readonly attempt: AttemptRecord;
      readonly problems: readonly string[];
      /** What a developer left in the worktree, where it may be built upon. */
      readonly left?: Snapshot;
    }
  /** Nobody who could take the attempt is to be had. */
  | ({ readonly type: 'agentsAway'; readonly role: Role; readonly task?: string } & Away)
  | {
      readonly type: 'worked';
      readonly attempt: AttemptRecord;
      readonly snapshot: Snapshot;
      readonly change: Change;
      /** Answers to threads of the round; of unknown threads none. */
      readonly replies: readonly Reply[];
      /** What is wrong with `replies.json`, where the round asks for answers. */
      readonly replyProblems: readonly string[];
    }
  | {
      readonly type: 'checked';
      /** Unset while the whole is verified. */
      readonly task?: string;
      readonly snapshot: Snapshot;
      readonly evidence: readonly Evidence[];
    }
  | { readonly type: 'committed'; readonly task: string; readonly head: Snapshot }
  /** The work of a task was put on the head of the branch, or conflicts with it. */
  | {
      readonly type: 'replayed';
      readonly task: string;
      readonly snapshot: Snapshot;
      readonly conflict?: Conflict;
    }
  /** Tests and source of base and head were crossed. */
  | {
      readonly type: 'crossed';
      readonly head: Snapshot;
      readonly problems: readonly string[];
      readonly notes: readonly string[];
    }
  /** A blocked run has rested, or the time to answer is over. */
  | { readonly type: 'rested' }
  | { readonly type: 'pushed'; readonly sha: string }
  /** Somebody else has pushed to the run's branch. */
  | { readonly type: 'branchMoved' }
  | { readonly type: 'feedbackRead'; readonly feedback: ReadFeedback }
  /** Seen when the merge request was to be read. */
  | { readonly type: 'mergeRequestEnded'; readonly merged: boolean }
  /** What people gave was brought in: `head` holds all that came without a conflict. */
  | {
      readonly type: 'integrated';
      readonly head: Snapshot;
      /** The commit of the base that the head stands on by now. */
      readonly onto?: Snapshot;
      readonly applied: readonly AppliedSuggestion[];
      readonly conflict?: Conflict;
    }
  | { readonly type: 'threadsAnswered'; readonly answers: readonly ThreadOutcome[] }
  | { readonly type: 'jobsRerun'; readonly sha: string; readonly jobs: readonly string[]; readonly isStarted: boolean }
  | { readonly type: 'mergeRequestOpened'; readonly mergeRequest: MergeRequest }
  | { readonly type: 'statusShown'; readonly commentId: string }
  | { readonly type: 'effectFailed'; readonly effect: EffectType; readonly obstacle: Obstacle }
);

/** A suggestion of a thread that stands in a commit now. */
export interface AppliedSuggestion {
  readonly thread: string;
  readonly commit: string;
}

/** What became of Fleet's answer to a thread. */
export interface ThreadOutcome {
  readonly thread: string;
  readonly state: 'answered' | 'resolved' | 'gone';
}

/** What a snapshot changes against the head of the run's branch. */
export interface Change {
  readonly changedFiles: number;
  readonly deletedFiles: number;
  /** Files that are left in the tree. */
  readonly files: number;
  /** What the tree may not bring: one line each, naming path and reason. */
  readonly problems: readonly string[];
}
