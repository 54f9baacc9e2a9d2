import type { Evidence, Mutation, Sighting } from '../domain/check.js';
import type { Repository } from '../domain/forge.js';
import type { RunPolicy } from '../domain/policy.js';
import type { RunId } from '../domain/run.js';
import type { TreeFiles, WeaveOrder, Workspace } from './workspace.js';

/** A command of the repository to be run by Fleet itself. */
export interface CheckOrder {
  readonly run: RunId;
  readonly workspace: Workspace;
  readonly tree: string;
  readonly commands: readonly {
    readonly name: string;
    readonly kind: Evidence['kind'];
    readonly command: string;
    /** Hash of the gate's definition, for the receipt. */
    readonly gate?: string;
  }[];
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface Checks {
  /** Runs the commands one after the other and says what was seen; red is a result, not an error. */
  run(order: CheckOrder): Promise<readonly Sighting[]>;
}

/** Tests that were changed, and nothing else. */
export interface MutantOrder {
  readonly base: TreeFiles;
  readonly head: TreeFiles;
  /** Paths that differ. */
  readonly changed: readonly string[];
  readonly isTest: (path: string) => boolean;
}

/** A source file with one small change. */
export interface Mutant extends Mutation {
  readonly text: string;
}

/** Which files say what is tested, and how. */
export interface Gates {
  /** `globs`: the repository's own word; unset: what usually is a test. */
  readonly isTest: (globs: readonly string[] | undefined) => (path: string) => boolean;
  /** True for a file that says how checks are run, as a whole. */
  readonly isGateFile: (path: string) => boolean;
  /** How files of which a part says so are made of the head's text and the base's. */
  readonly mixes: (paths: readonly string[]) => NonNullable<WeaveOrder['mixes']>;
  /** Programs of the base that these commands run, whole or in part, and that are neither tests nor what the repository is there for. */
  readonly programs: (
    base: TreeFiles,
    commands: readonly string[],
    isTest: (path: string) => boolean,
  ) => Promise<readonly string[]>;
  /** Changes of the source that these tests cover, the likeliest to be noticed first; at most 12. */
  readonly mutants: (order: MutantOrder) => Promise<readonly Mutant[]>;
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
