import type { Person, Repository } from '../../src/domain/forge.js';
import type { RedCause, RedJob, Thread } from '../../src/domain/review.js';
import type { Forge } from '../../src/ports/forge.js';
import type { Lookout } from '../../src/ports/lookout.js';
import type { Reviews } from '../../src/ports/review.js';

/** A comment of a review at a line of a file. */
export interface Remark {
  readonly path: string;
  /** From 1; `old`: in the file as the base has it, and the change takes this line out. */
  readonly line: number;
  readonly side?: 'old';
  /** Where it speaks of several lines. */
  readonly fromLine?: number;
  readonly text: string;
  /** What the lines shall become; the world writes it as the forge does, below the text. */
  readonly suggestion?: string;
}

/** A job of CI as the forge shall hold it. `step` and `log` are of red jobs, where the forge knows them. */
export interface CiJob {
  readonly name: string;
  readonly state: 'pending' | 'green' | 'red';
  readonly cause?: RedCause;
  readonly step?: string;
  readonly log?: string;
}

/** What somebody said, with all that was said to it, as the forge holds it. Authors are logins. */
export interface SeenThread {
  readonly comments: readonly { readonly author: string; readonly body: string }[];
  readonly isResolved: boolean;
}

/** What a forge makes of something that was said. */
export type Traits = Pick<Thread, 'kind' | 'canResolve' | 'isThreaded'>;

/** The ways to say something about a merge request: at a line, below it, as the text of a review. */
export type Way = 'inline' | 'comment' | 'review';

/** What a forge's set-up supplies: a forge with one repository, the hands of people, and eyes. Threads go by names of the world's own. */
export interface ReviewsWorld {
  readonly forge: Forge;
  readonly reviews: Reviews;
  readonly lookout: Lookout;
  /** Its default branch is `trunk`; what it holds does not matter. */
  readonly repository: Repository;
  /** Login of Fleet's own account. */
  readonly fleet: string;
  readonly traits: Readonly<Record<Way, Traits>>;
  /** What the forge can tell apart; empty where it has no CI. */
  readonly redCauses: readonly RedCause[];
  /** Somebody with or without write access to the repository. */
  person(login: string, access: 'write' | 'read'): Promise<Person>;
  /** One commit by a person, with real git, on top of the branch, which is made at `trunk` where it is not there; `undefined` removes a file. The commit's sha. */
  push(branch: string, files: Readonly<Record<string, string | undefined>>): Promise<string>;
  /** One review, given in one go; without a verdict it only comments. The names of its remarks' threads. */
  review(
    mergeRequest: number,
    by: Person,
    review: {
      readonly verdict?: 'approve' | 'requestChanges';
      readonly text?: string;
      readonly remarks?: readonly Remark[];
    },
  ): Promise<readonly string[]>;
  /** A comment below the merge request; the name of its thread. */
  comment(mergeRequest: number, by: Person, text: string): Promise<string>;
  /** An answer in an inline thread. */
  reply(mergeRequest: number, thread: string, by: Person, text: string): Promise<void>;
  /** Resolves an inline thread, or opens it again. */
  resolve(
    mergeRequest: number,
    thread: string,
    to: { readonly by: Person; readonly isResolved: boolean },
  ): Promise<void>;
  deleteThread(mergeRequest: number, thread: string): Promise<void>;
  close(mergeRequest: number): Promise<void>;
  reopen(mergeRequest: number): Promise<void>;
  /** Sets what CI says of a commit; what `read` must tell of its red jobs. Never called where there is no CI. */
  setCi(sha: string, jobs: readonly CiJob[]): Promise<readonly RedJob[]>;
  /** The next write is done, and its answer lost; undefined where no network is between. */
  readonly loseNextAnswer: (() => void) | undefined;
  /** In any order. */
  seenThreads(mergeRequest: number): Promise<readonly SeenThread[]>;
  /** Logins of who is asked for review now. */
  seenReviewers(mergeRequest: number): Promise<readonly string[]>;
  /** Ids of the jobs that Fleet started again. */
  seenReruns(): Promise<readonly string[]>;
  seenMergeRequests(): Promise<readonly { readonly number: number; readonly title: string; readonly body: string }[]>;
  /** Also fails when the forge was asked for something that it does not know. */
  tearDown(): Promise<void>;
}
