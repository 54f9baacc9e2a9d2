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

/** Where a note stands in a diff; moved along with pushes while its line stays as it was. */
export interface PositionState {
  readonly path: string;
  readonly baseSha: string;
  readonly startSha: string;
  headSha: string;
  newLine: number | null;
  readonly oldLine: number | null;
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
  readonly discussion: string;
  /** Null for a single note, which nobody can resolve. */
  type: 'DiffNote' | 'DiscussionNote' | null;
  readonly position?: PositionState;
  resolvedBy?: Account | undefined;
}

export type ReviewerState = 'unreviewed' | 'reviewed' | 'requested_changes' | 'approved' | 'unapproved';

export interface MergeState {
  readonly source: string;
  readonly target: string;
  reviewers: Account[];
  /** By id of the reviewer. */
  readonly reviews: Map<number, ReviewerState>;
  /** The head that positions were last moved to. */
  head: string | undefined;
  /** The two heads that GitLab has looked at for conflicts. */
  checked: string | undefined;
}

/** A label that was put on or taken off. */
export interface LabelEvent {
  readonly id: number;
  readonly action: 'add' | 'remove';
  readonly label: string;
  readonly user: Account;
  readonly createdAt: string;
}

/** An issue, or, with `merge`, a merge request: GitLab numbers the two apart. */
export interface ThreadState {
  readonly id: number;
  readonly iid: number;
  title: string;
  description: string | null;
  readonly author: Account;
  readonly labels: string[];
  readonly labelEvents: LabelEvent[];
  state: 'opened' | 'closed' | 'merged';
  ended?: { readonly by: Account; readonly at: string } | undefined;
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

export interface JobState {
  readonly id: number;
  readonly name: string;
  readonly stage: string;
  status: 'pending' | 'running' | 'success' | 'failed' | 'canceled';
  readonly failureReason?: string;
  readonly allowFailure: boolean;
  readonly log: string;
  /** Another job of the same name has taken its place. */
  isRetried: boolean;
}

export interface PipelineState {
  readonly id: number;
  readonly sha: string;
  readonly ref: string;
  status: string;
  readonly jobs: JobState[];
  readonly yamlErrors?: string;
  updatedAt: string;
}

export const levels = { none: 0, reporter: 20, developer: 30, maintainer: 40 } as const;

export type Level = keyof typeof levels;

export interface ProjectState {
  readonly id: number;
  path: string;
  defaultBranch: string;
  /** Nobody may write any more. */
  isArchived: boolean;
  readonly members: Map<string, Level>;
  readonly issues: Map<number, ThreadState>;
  readonly mergeRequests: Map<number, ThreadState>;
  /** Oldest first. */
  readonly pipelines: PipelineState[];
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
  {
    merge,
    ...thread
  }: Pick<ThreadState, 'title' | 'description' | 'author'> & {
    readonly merge?: Pick<MergeState, 'source' | 'target' | 'reviewers'>;
  },
): ThreadState {
  const at = now();
  const threads = merge === undefined ? project.issues : project.mergeRequests;
  const added: ThreadState = {
    ...{ id: nextId(state), iid: threads.size + 1, state: 'opened', createdAt: at, updatedAt: at },
    ...{ labels: [], labelEvents: [], notes: [], emojis: [], ...thread },
    ...(merge === undefined ? {} : { merge: { ...merge, reviews: new Map(), head: undefined, checked: undefined } }),
  };
  threads.set(added.iid, added);
  return added;
}

export function addNote(
  state: State,
  thread: ThreadState,
  note: Pick<NoteState, 'author' | 'body'> & Partial<Pick<NoteState, 'system' | 'discussion' | 'type' | 'position'>>,
): NoteState {
  const [id, at] = [nextId(state), now()];
  const discussion = id.toString(16).padStart(40, 'd');
  const added = {
    ...{ id, system: false, createdAt: at, updatedAt: at, emojis: [], discussion, type: null, ...note },
  };
  thread.notes.push(added);
  // A note of whatever kind is a change of what it stands on.
  thread.updatedAt = at;
  return added;
}

/** Notes that belong together, in the order in which their discussions began. */
export function discussionsOf({ notes }: ThreadState): readonly (readonly [string, readonly NoteState[]])[] {
  const found = new Map<string, NoteState[]>();
  for (const note of notes) found.set(note.discussion, [...(found.get(note.discussion) ?? []), note]);
  return [...found];
}
