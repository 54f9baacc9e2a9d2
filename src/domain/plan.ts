/** How a criterion is proven: by a command that Fleet runs itself, or by a look at the change. */
export type Proof = { readonly kind: 'command'; readonly run: string } | { readonly kind: 'inspection' };

/** An acceptance criterion. */
export interface Criterion {
  readonly id: string;
  readonly text: string;
  readonly proof: Proof;
}

/** One atomic change of a plan. */
export interface Task {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly dependsOn: readonly string[];
  readonly files: readonly string[];
  readonly creates: readonly string[];
  /** Ids of the criteria that the task serves. */
  readonly criteria: readonly string[];
  /** Threads of the merge request that the task answers. */
  readonly threads: readonly string[];
}

/** A planner's `plan.json` after its schema and its references were checked; tasks stand in the order of work. */
export interface Plan {
  readonly summary: string;
  readonly criteria: readonly Criterion[];
  readonly tasks: readonly Task[];
  readonly supersededTests: readonly { readonly test: string; readonly reason: string }[];
  readonly risks: readonly string[];
}

/** Tasks that Fleet itself puts into a round; planners may not use these ids. */
export const mergeTaskId = 'MERGE';
export const answerTaskId = 'ANSWER';
export const proveTaskId = 'PROVE';
/** All of them. */
export const fleetTaskIds: readonly string[] = [mergeTaskId, answerTaskId, proveTaskId];
