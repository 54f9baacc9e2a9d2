/** What the stand-in keeps; only as much of GitHub as Fleet can see. */

export interface Account {
  readonly id: number;
  readonly login: string;
  readonly type: 'User' | 'Bot' | 'Organization';
}

export interface Reaction {
  readonly id: number;
  readonly login: string;
  readonly content: string;
}

export interface CommentState {
  readonly id: number;
  readonly user: Account;
  /** True for what the app itself wrote. */
  readonly viaApp: boolean;
  body: string;
  readonly createdAt: string;
  updatedAt: string;
  readonly reactions: Reaction[];
}

export interface PullState {
  readonly head: string;
  readonly base: string;
  readonly draft: boolean;
  reviewers: string[];
  mergedAt?: string;
  /** Where the branch was when it was last looked at; it stays when the branch goes. */
  lastHead?: string;
}

/** A comment in a thread at a place of a change; a reply is a review of its own. */
export interface RemarkState extends CommentState {
  readonly review: number;
}

/** The lines of a file that a thread is about, in the commit that it was begun at; without lines the whole file. */
export interface ThreadPlace {
  readonly path: string;
  readonly line?: number | undefined;
  readonly startLine?: number | undefined;
  /** `LEFT`: in the file as the base has it. */
  readonly side: 'LEFT' | 'RIGHT';
  readonly commit: string;
}

export interface ThreadState extends ThreadPlace {
  readonly id: number;
  isResolved: boolean;
  /** Oldest first; a thread without any is gone. */
  readonly comments: RemarkState[];
}

export interface ReviewState {
  readonly id: number;
  readonly user: Account;
  readonly body: string;
  state: 'APPROVED' | 'CHANGES_REQUESTED' | 'COMMENTED' | 'DISMISSED';
  readonly at: string;
  readonly commit: string;
}

/** A job of GitHub Actions, or a check of another app. */
export interface CheckState {
  readonly id: number;
  readonly sha: string;
  readonly name: string;
  /** Undefined for other apps. */
  readonly run: number | undefined;
  /** Undefined while it runs. */
  readonly conclusion?: string | undefined;
  readonly steps: readonly { readonly name: string; readonly conclusion: string }[];
  readonly annotations: readonly { readonly path: string; readonly line: number; readonly message: string }[];
  readonly title?: string;
  /** Undefined where GitHub keeps none. */
  readonly log?: string | undefined;
}

/** CI that reports in the old way. */
export interface StatusState {
  readonly id: number;
  readonly sha: string;
  readonly context: string;
  readonly state: 'error' | 'failure' | 'pending' | 'success';
  readonly description: string | null;
  readonly targetUrl: string | null;
}

/** What people did to an issue, as its timeline and its edits tell. */
export interface Happening {
  readonly type: 'labeled' | 'unlabeled' | 'closed' | 'renamed' | 'edited';
  at: string;
  readonly by: Account;
  readonly label?: string;
}

/** An issue, or, with `pull`, a pull request: GitHub numbers both in one row. */
export interface IssueState {
  readonly id: number;
  readonly number: number;
  title: string;
  body: string | null;
  readonly user: Account;
  readonly labels: string[];
  state: 'open' | 'closed';
  readonly createdAt: string;
  updatedAt: string;
  readonly comments: CommentState[];
  readonly reactions: Reaction[];
  readonly history: Happening[];
  readonly pull?: PullState;
  /** Of a pull request. */
  readonly threads: ThreadState[];
  readonly reviews: ReviewState[];
}

export type Permission = 'admin' | 'write' | 'read' | 'none';

export interface RepositoryState {
  readonly id: number;
  readonly owner: Account;
  name: string;
  defaultBranch: string;
  readonly permissions: Map<string, Permission>;
  readonly issues: Map<number, IssueState>;
  readonly checks: CheckState[];
  readonly statuses: StatusState[];
  /** Ids of the jobs that were run again. */
  readonly reruns: number[];
  /** GitHub finds out about conflicts some time after it was asked. */
  isMergeabilityKnown: boolean;
  /** Nobody may write any more. */
  isArchived: boolean;
  /** False: the app was taken off it, and nothing is there for Fleet. */
  isInstalled: boolean;
}

export interface Token {
  readonly installation: number;
  readonly permissions: Readonly<Record<string, string>>;
  /** Undefined: every repository of the installation. */
  readonly repositoryIds: readonly number[] | undefined;
  revoked: boolean;
}

export interface State {
  readonly app: { readonly id: number; readonly slug: string; readonly permissions: Readonly<Record<string, string>> };
  /** What the registration of an app hands out. */
  readonly credentials: Readonly<Record<'client_id' | 'client_secret' | 'webhook_secret' | 'pem', string>>;
  readonly bot: Account;
  readonly installation: number;
  readonly accounts: Map<string, Account>;
  readonly repositories: RepositoryState[];
  readonly tokens: Map<string, Token>;
  /** The app's private key was deleted. */
  isKeyRevoked: boolean;
  lastId: number;
}

export function nextId(state: State): number {
  state.lastId += 1;
  return state.lastId;
}

/** GitHub's times have no milliseconds. */
export function now(): string {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z');
}

export function accountOf(state: State, login: string, type: Account['type'] = 'User'): Account {
  const known = state.accounts.get(login);
  if (known !== undefined) return known;
  const account: Account = { id: nextId(state), login, type };
  state.accounts.set(login, account);
  return account;
}

export function addIssue(
  state: State,
  repository: RepositoryState,
  issue: Pick<IssueState, 'title' | 'body' | 'user'> & { readonly pull?: PullState },
): IssueState {
  const at = now();
  const number = repository.issues.size + 1;
  const added: IssueState = {
    id: nextId(state),
    number,
    labels: [],
    state: 'open',
    createdAt: at,
    updatedAt: at,
    comments: [],
    reactions: [],
    history: [],
    threads: [],
    reviews: [],
    ...issue,
  };
  repository.issues.set(number, added);
  return added;
}

export function addComment(state: State, issue: IssueState, user: Account, body: string): CommentState {
  const at = now();
  const viaApp = user.id === state.bot.id;
  const comment: CommentState = { id: nextId(state), user, viaApp, body, createdAt: at, updatedAt: at, reactions: [] };
  issue.comments.push(comment);
  return comment;
}

/** Puts a comment into a thread; each is of a review, which a reply makes for itself. */
export function addRemark(
  state: State,
  issue: IssueState,
  thread: ThreadState,
  { user, body, review }: { readonly user: Account; readonly body: string; readonly review?: number },
): RemarkState {
  const at = now();
  const of = review ?? addReview(state, issue, { user, body: '', state: 'COMMENTED', commit: thread.commit }).id;
  const viaApp = user.id === state.bot.id;
  const remark: RemarkState = {
    ...{ id: nextId(state), user, viaApp, body, createdAt: at, updatedAt: at, reactions: [], review: of },
  };
  thread.comments.push(remark);
  issue.updatedAt = at;
  return remark;
}

export function addReview(state: State, issue: IssueState, review: Omit<ReviewState, 'id' | 'at'>): ReviewState {
  const added: ReviewState = { ...review, id: nextId(state), at: now() };
  issue.reviews.push(added);
  // Who reviews is asked no longer, whatever the verdict.
  if (issue.pull !== undefined)
    issue.pull.reviewers = issue.pull.reviewers.filter((login) => login !== review.user.login);
  issue.updatedAt = added.at;
  return added;
}
