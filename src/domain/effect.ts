import type { ReactionTarget } from './forge.js';
import type { Assignment, Obstacle, Snapshot } from './run.js';

/** Something to be done outside, decided before and performed at least once. */
export type Effect =
  | { readonly type: 'react'; readonly target: ReactionTarget }
  | { readonly type: 'showStatus' }
  | { readonly type: 'tellPeople'; readonly notice: Notice }
  | { readonly type: 'prepareWorkspace' }
  | { readonly type: 'runAgent'; readonly assignment: Assignment }
  | { readonly type: 'runChecks'; readonly snapshot: Snapshot; readonly criteria: readonly string[] }
  | { readonly type: 'commitWork'; readonly task: string; readonly snapshot: Snapshot; readonly parent: Snapshot }
  | { readonly type: 'pushBranch'; readonly head: Snapshot }
  | { readonly type: 'openMergeRequest'; readonly head: Snapshot }
  | { readonly type: 'stopWork' }
  | { readonly type: 'removeWorkspace' };

export type EffectType = Effect['type'];

/** A matter that people must be told of with a comment of its own, once. */
export type Notice =
  | { readonly kind: 'blocked'; readonly obstacle: Obstacle }
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'reply';
      readonly commentId: string;
      readonly text: 'help' | 'status' | 'notBlocked' | 'notBuilt';
    };

/** Effects that run for long and hold a process or the disk; the rest answers within seconds. */
export function laneOf(type: EffectType): 'quick' | 'work' {
  return type === 'runAgent' || type === 'runChecks' || type === 'prepareWorkspace' ? 'work' : 'quick';
}
