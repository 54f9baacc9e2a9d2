import type { Comment, ForgeName, Issue, MergeRequest, Person, ReactionTarget, Repository } from '../domain/forge.js';
import type { Secret } from '../domain/secret.js';

/** Where git finds a repository, and what it must show. */
export interface GitRemote {
  readonly url: string;
  /** Value of the `Authorization` header; given to one git child by its environment, never by argv. */
  readonly authorization?: Secret;
}

/** A comment that carries a hidden marker, so that it can be found again. */
export interface MarkedComment {
  /** The whole marker, e.g. `<!-- fleet:v1 kind=status run=… phase=… -->`; it is the first line of the comment. */
  readonly marker: string;
  /** What a comment must contain to be this one, e.g. `<!-- fleet:v1 kind=status `. */
  readonly find: string;
  readonly body: string;
  /** Where it was last seen; when it is gone, it is looked for and else made again. */
  readonly knownId?: string;
  /** False when the caller has just looked and found none, and has not tried to create it: saves a listing. */
  readonly mayExist: boolean;
  /** The number is a merge request's: some forges number issues and merge requests apart. */
  readonly isMergeRequest?: true | undefined;
}

export interface MergeRequestOrder {
  /** The merge request, where it is known: saves a search. Opened anew only when it is not open any more. */
  readonly knownNumber?: number;
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  /** Who is asked for review; left out where the forge refuses (the author, people without access). */
  readonly reviewers: readonly Person[];
}

/** A forge. Writes are `ensure…`: find, then create or update, so that at least once looks like once. Failures are `Failure`s. */
export interface Forge {
  readonly name: ForgeName;
  /** Asked from the forge now; payloads are no authority. */
  canWrite(repository: Repository, person: Person): Promise<boolean>;
  issue(repository: Repository, number: number): Promise<Issue | undefined>;
  /** All comments of an issue, oldest first; of a merge request where the forge numbers both in one row. */
  comments(repository: Repository, number: number): Promise<readonly Comment[]>;
  react(repository: Repository, target: ReactionTarget): Promise<void>;
  ensureComment(repository: Repository, number: number, comment: MarkedComment): Promise<{ readonly id: string }>;
  ensureMergeRequest(repository: Repository, order: MergeRequestOrder): Promise<MergeRequest>;
  mergeRequest(repository: Repository, number: number): Promise<MergeRequest | undefined>;
  /** A file of the default branch, or undefined. */
  readFile(repository: Repository, path: string): Promise<string | undefined>;
  remote(repository: Repository, purpose: 'fetch' | 'push'): Promise<GitRemote>;
}
