import type { ColumnType, Generated, Kysely } from 'kysely';
import type { ForgeEvent } from '../../domain/forge.js';

/** A whole number that the database gives back as number, string or bigint, by its driver. */
type Big = ColumnType<number | string | bigint, number, number>;

export interface LocalTables {
  local_repositories: RepositoryRow;
  local_issues: IssueRow;
  local_labels: LabelRow;
  local_comments: CommentRow;
  local_merge_requests: MergeRequestRow;
  local_reactions: { readonly repository_id: string; readonly target: string };
  local_deliveries: {
    readonly id: string;
    readonly event: ColumnType<ForgeEvent, string, never>;
    readonly at_ms: Big;
  };
}

export interface RepositoryRow {
  readonly id: string;
  readonly path: string;
  /** An absolute path, or a URL. */
  readonly location: string;
  readonly kind: 'path' | 'url';
  readonly default_branch: string;
  /** Only for URLs: the branch is pushed to the URL itself. */
  readonly push: boolean;
  /** Issues and merge requests share their numbers. */
  readonly next_number: number;
}

interface IssueRow {
  readonly repository_id: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author_id: string;
  readonly author_login: string;
  readonly state: 'open' | 'closed';
  readonly at_ms: Big;
}

interface LabelRow {
  readonly repository_id: string;
  readonly number: number;
  readonly label: string;
  readonly by_login: string | null;
  readonly at_ms: Big | null;
}

export interface CommentRow {
  readonly id: string;
  readonly seq: ColumnType<number | string | bigint, never, never>;
  readonly repository_id: string;
  readonly number: number;
  readonly author_id: string;
  readonly author_login: string;
  readonly by_fleet: boolean;
  /** Set where it is the text of a review; that of a verdict may be empty. */
  readonly verdict: ReviewVerdict | 'none' | null;
  /** The comment that it answers; null where it begins a thread itself. */
  readonly thread_id: string | null;
  readonly spot: ColumnType<Spot | null, string | null, never>;
  /** Of a thread, so of the comment that begins it. */
  readonly is_resolved: Generated<boolean>;
  readonly body: string;
  readonly at_ms: Big;
}

interface MergeRequestRow {
  readonly repository_id: string;
  readonly number: number;
  readonly branch: string;
  readonly base: string;
  readonly title: string;
  readonly body: string;
  readonly draft: boolean;
  readonly state: 'open' | 'merged' | 'closed';
  readonly reviewers: string;
  readonly at_ms: Big;
}

/** The lines that an inline comment was made at, from 1 and inclusive. `old`: the change takes them out. */
export interface Spot {
  readonly path: string;
  readonly fromLine: number;
  readonly line: number;
  readonly side: 'new' | 'old';
  /** Head of the branch at that time. */
  readonly commit: string;
}

/** What a review says beyond its text. */
export type ReviewVerdict = 'approve' | 'requestChanges';

/** Fleet's database as the local forge sees it: its own tables, in the schema `fleet`. */
export type LocalDatabase = Kysely<LocalTables>;
