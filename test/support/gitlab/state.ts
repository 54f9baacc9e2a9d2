/** What the stand-in keeps; only as much of GitLab as Fleet can see. */

export interface Account {
  readonly id: number;
  readonly username: string;
}

export interface Emoji {
  readonly id: number;
  readonly name: string;
  readonly user: Account;
}

export interface NoteState {
  readonly id: number;
  readonly author: Account;
  body: string;
  /** What GitLab itself notes, e.g. `added ~fleet label`. */
  readonly system: boolean;
  readonly createdAt: string;
  updatedAt: string;
  readonly emojis: Emoji[];
}

export interface MergeState {
  readonly source: string;
  readonly target: string;
  reviewers: Account[];
}

/** An issue, or, with `merge`, a merge request: GitLab numbers the two apart. */
export interface ThreadState {
  readonly id: number;
  readonly iid: number;
  title: string;
  description: string | null;
  readonly author: Account;
  readonly labels: string[];
  state: 'opened' | 'closed' | 'merged';
  readonly createdAt: string;
  updatedAt: string;
  readonly notes: NoteState[];
  readonly emojis: Emoji[];
  readonly merge?: MergeState;
}

export interface HookState {
  readonly id: number;
  url: string;
  token: string;
  alertStatus: 'executable' | 'disabled' | 'temporarily_disabled';
  events: readonly string[];
}

export const levels = { none: 0, reporter: 20, developer: 30, maintainer: 40 } as const;

export type Level = keyof typeof levels;

export interface ProjectState {
  readonly id: number;
  path: string;
  defaultBranch: string;
  readonly members: Map<string, Level>;
  readonly issues: Map<number, ThreadState>;
  readonly mergeRequests: Map<number, ThreadState>;
  readonly hooks: HookState[];
  readonly labels: string[];
}

export interface Token {
  readonly user: Account;
  scopes: readonly string[];
  revoked: boolean;
}

export interface State {
  /** Fleet's own account. */
  readonly bot: Account;
  readonly accounts: Map<string, Account>;
  readonly projects: ProjectState[];
  readonly tokens: Map<string, Token>;
  lastId: number;
}

export function nextId(state: State): number {
  state.lastId += 1;
  return state.lastId;
}

export function now(): string {
  return new Date().toISOString();
}

export function accountOf(state: State, username: string): Account {
  const known = state.accounts.get(username);
  if (known !== undefined) return known;
  const account: Account = { id: nextId(state), username };
  state.accounts.set(username, account);
  return account;
}

export function addThread(
  state: State,
  project: ProjectState,
  thread: Pick<ThreadState, 'title' | 'description' | 'author'> & { readonly merge?: MergeState },
): ThreadState {
  const at = now();
  const threads = thread.merge === undefined ? project.issues : project.mergeRequests;
  const added: ThreadState = {
    ...{ id: nextId(state), iid: threads.size + 1, labels: [], state: 'opened', createdAt: at, updatedAt: at },
    ...{ notes: [], emojis: [], ...thread },
  };
  threads.set(added.iid, added);
  return added;
}

export function addNote(
  state: State,
  thread: ThreadState,
  note: { readonly author: Account; readonly body: string; readonly system?: boolean },
): NoteState {
  const at = now();
  const added = { id: nextId(state), system: false, createdAt: at, updatedAt: at, emojis: [], ...note };
  thread.notes.push(added);
  return added;
}
