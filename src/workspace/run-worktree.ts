import type { RunId } from '../domain/run.js';
import type { RunPlaces, RunRecord } from './places.js';
import type { Stage } from './stage.js';

/** A run's worktree with all that is needed to work on it. */
export interface RunWorktree {
  readonly run: RunId;
  readonly record: RunRecord;
  readonly places: RunPlaces;
  /** Folder of dependencies that serve all runs of the mirror. */
  readonly shared: string;
  readonly stage: Stage;
  readonly rules: WorktreeRules;
}

/** The operator's part of it. */
export interface WorktreeRules {
  /** Who Fleet's commits are by. */
  readonly identity: { readonly name: string; readonly email: string };
  readonly protectedPaths: readonly string[];
  readonly plainHttp: boolean;
}
