import type { CiVerdict } from '../domain/review.js';
import type { Issue, Person, Repository } from '../domain/forge.js';

/** What to look for in a repository. */
export interface LookOrder {
  /** The label that starts runs here. */
  readonly label: string;
  /** Issues with open runs. */
  readonly issues: readonly number[];
  /** Merge requests of open runs. */
  readonly mergeRequests: readonly number[];
}

/** What a look leaves behind for the next one of the same repository; losing it costs calls only. */
export interface LookMemo {
  /** The forge's own word for the state of its list, e.g. an ETag. */
  readonly mark: string;
  /** Issues that are open and labelled while `mark` holds. */
  readonly open: readonly number[];
}

/** What became of an issue or merge request that was asked about. `unlabelled`: the label was taken off last at that time, and is not on. */
export interface Ending {
  readonly kind: 'issueClosed' | 'issueUnlabelled' | 'mergeRequestMerged' | 'mergeRequestClosed';
  readonly number: number;
  readonly by: Person;
  readonly atMs: number;
}

/** An open merge request, as far as one question about many of them tells. */
export interface Glance {
  readonly number: number;
  /** The last change of any kind that the forge counts as one: comments, reviews, pushes. */
  readonly updatedAtMs: number;
  readonly headSha: string;
  /** Unset while the forge has not found out yet. */
  readonly isConflicting?: boolean;
  readonly ci: CiVerdict;
}

/** A repository at one moment. */
export interface Look {
  /** Open issues that carry the label, at most 300, last changed first; undefined: the same as at the last look. */
  readonly labelled: readonly { readonly number: number; readonly updatedAtMs: number }[] | undefined;
  /** Of those that were asked about. */
  readonly endings: readonly Ending[];
  /** Of the merge requests that were asked about, those that are open; where the forge lists by change, only the ones that changed since the last look. */
  readonly glances: readonly Glance[];
  readonly memo: LookMemo;
}

/** Who put a label on, and the issue as it is now. */
export interface Labelling {
  readonly issue: Issue;
  readonly by: Person;
  readonly atMs: number;
  /** The last change of the text and the last one of the title, where there were any. */
  readonly edits: readonly { readonly by: Person; readonly atMs: number }[];
}

/** Sees on a forge what no delivery told of. Writes nothing. Failures are `Failure`s. */
export interface Lookout {
  /** Repositories that the forge lets Fleet serve. */
  repositories(): Promise<readonly Repository[]>;
  /** Costs at most three calls where nothing changed, however many merge requests are asked about (up to 200). */
  look(repository: Repository, order: LookOrder, memo: LookMemo | undefined): Promise<Look>;
  /** Undefined when the issue is closed or gone, or nobody is known to have put the label on. */
  labelling(repository: Repository, issueNumber: number, label: string): Promise<Labelling | undefined>;
}
