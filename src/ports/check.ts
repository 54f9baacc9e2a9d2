import type { Evidence } from '../domain/check.js';
import type { Repository } from '../domain/forge.js';
import type { RunId, RunPolicy } from '../domain/run.js';
import type { TreeFiles, Workspace } from './workspace.js';

/** A command of the repository to be run by Fleet itself. */
export interface CheckOrder {
  readonly run: RunId;
  readonly workspace: Workspace;
  readonly tree: string;
  readonly commands: readonly { readonly name: string; readonly kind: Evidence['kind']; readonly command: string }[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Checks {
  /** Runs the commands one after the other and says what was seen; red is a result, not an error. */
  run(order: CheckOrder): Promise<readonly Evidence[]>;
}

/** What a repository's own configuration and files say, read at the head of its default branch. */
export interface RepositoryRules {
  /** Its own label, when it names one. */
  readonly label?: string;
  readonly base: string;
  /** Works on the files at the head of the base branch, where checks are detected. */
  readonly policy: (base: TreeFiles) => Promise<RunPolicy>;
}

/** Reads `.fleet/config.yml`; throws `needsPerson('configurationBroken')` with every problem. */
export type RulesReader = (repository: Repository, files: TreeFiles) => Promise<RepositoryRules>;
