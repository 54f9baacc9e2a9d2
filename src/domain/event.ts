import type { AttemptRecord } from './agent.js';
import type { Command } from './command.js';
import type { Evidence } from './check.js';
import type { EffectType } from './effect.js';
import type { FrozenIssue, Obstacle, Prepared, RunId, Snapshot } from './run.js';
import type { MergeRequest, Person, Repository } from './forge.js';
import type { Plan } from './plan.js';

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
  /** What the reaction is put on. */
  readonly seen: 'issue' | { readonly commentId: string };
  readonly atMs: number;
}

/** What happens to a run that exists. */
export type RunEvent = PeopleEvent | WorkEvent | { readonly type: 'slotGranted'; readonly atMs: number };

/** What people did; whoever gave a command had write access when it was asked. */
export type PeopleEvent = { readonly atMs: number } & (
  | { readonly type: 'unlabelled'; readonly by: Person }
  | { readonly type: 'issueClosed'; readonly by: Person }
  | { readonly type: 'commanded'; readonly by: Person; readonly command: Command; readonly commentId: string }
  | { readonly type: 'mergeRequestEnded'; readonly merged: boolean }
  | { readonly type: 'repositoryLost' }
  | { readonly type: 'repositoryMoved'; readonly repository: Repository }
);

/** What an effect brought. Enters the inbox under (`fleet`, effect id), so that it counts once. */
export type WorkEvent = { readonly atMs: number } & (
  | { readonly type: 'workspacePrepared'; readonly prepared: Prepared }
  | { readonly type: 'otherLabelWanted'; readonly label: string }
  | { readonly type: 'planned'; readonly attempt: AttemptRecord; readonly plan: Plan }
  | { readonly type: 'attemptFailed'; readonly attempt: AttemptRecord; readonly problems: readonly string[] }
  | { readonly type: 'worked'; readonly attempt: AttemptRecord; readonly snapshot: Snapshot; readonly change: Change }
  | { readonly type: 'checked'; readonly snapshot: Snapshot; readonly evidence: readonly Evidence[] }
  | { readonly type: 'committed'; readonly head: Snapshot }
  | { readonly type: 'pushed'; readonly sha: string }
  | { readonly type: 'mergeRequestOpened'; readonly mergeRequest: MergeRequest }
  | { readonly type: 'statusShown'; readonly commentId: string }
  | { readonly type: 'effectFailed'; readonly effect: EffectType; readonly obstacle: Obstacle }
);

/** What a snapshot changes against the head of the run's branch. */
export interface Change {
  readonly changedFiles: number;
  readonly deletedFiles: number;
  /** Files that are left in the tree. */
  readonly files: number;
  /** What the tree may not bring: one line each, naming path and reason. */
  readonly problems: readonly string[];
}
