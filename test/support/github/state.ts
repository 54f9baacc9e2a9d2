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
  readonly reviewers: string[];
  mergedAt?: string;
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
}

export type Permission = 'admin' | 'write' | 'read' | 'none';

export interface RepositoryState {
  readonly id: number;
  readonly owner: Account;
  name: string;
  defaultBranch: string;
  readonly permissions: Map<string, Permission>;
  readonly issues: Map<number, IssueState>;
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
