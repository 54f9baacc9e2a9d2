import type { Person, Repository } from '../domain/forge.js';
import type { RedJob, ReviewState } from '../domain/review.js';

/** An answer to a thread, with a marker by which it is found again. */
export interface ThreadAnswer {
  readonly thread: string;
  /** The whole marker; the first line of the answer. */
  readonly marker: string;
  readonly body: string;
  /** False when the caller has just read the threads, and has not tried to answer since: saves a look. */
  readonly mayExist: boolean;
}

/** What people and machines say about a merge request, and what Fleet says back. Failures are `Failure`s. */
export interface Reviews {
  /** The whole state, in as few calls as the forge allows; undefined when the merge request is gone. */
  read(repository: Repository, number: number): Promise<ReviewState | undefined>;
  /** Puts the answer into its thread once, or below the merge request where the forge has no thread for it. */
  answer(repository: Repository, number: number, answer: ThreadAnswer): Promise<'answered' | 'gone'>;
  /** Resolves threads; the ids of those that are resolved now, by whomever. What the forge refuses is left out. */
  resolve(repository: Repository, number: number, threads: readonly string[]): Promise<readonly string[]>;
  /** Runs red jobs of the head commit again; false when Fleet may not. */
  rerun(repository: Repository, jobs: readonly RedJob[]): Promise<boolean>;
  /** Asks people to look again; best effort, who cannot be asked is left out. */
  askAgain(repository: Repository, number: number, reviewers: readonly Person[]): Promise<void>;
}
