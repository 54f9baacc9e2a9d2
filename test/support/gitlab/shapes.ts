import { levels, type Account, type Emoji, type HookState, type NoteState } from './state.js';
import type { Level, ProjectState, State, ThreadState } from './state.js';

/** GitLab's JSON, for answers and for deliveries. */
export type Json = Readonly<Record<string, unknown>>;

export interface Web {
  readonly state: State;
  /** Where people see the host. */
  readonly url: string;
}

export function userJson({ url }: Web, { id, username }: Account): Json {
  return { id, username, name: username, state: 'active', avatar_url: null, web_url: `${url}/${username}` };
}

export function projectJson({ url }: Web, { id, path, defaultBranch }: ProjectState): Json {
  return {
    id,
    name: path.split('/').at(-1),
    path: path.split('/').at(-1),
    path_with_namespace: path,
    default_branch: defaultBranch,
    web_url: `${url}/${path}`,
    http_url_to_repo: `${url}/${path}.git`,
  };
}

/** What issues and merge requests have in common. */
function threadJson(web: Web, project: ProjectState, thread: ThreadState): Json {
  const { id, iid, title, description, state, labels } = thread;
  const kind = thread.merge === undefined ? 'issues' : 'merge_requests';
  return {
    ...{ id, iid, project_id: project.id, title, description, state, labels: [...labels] },
    author: userJson(web, thread.author),
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    web_url: `${web.url}/${project.path}/-/${kind}/${iid}`,
    user_notes_count: thread.notes.length,
  };
}

export function issueJson(web: Web, project: ProjectState, thread: ThreadState): Json {
  return { ...threadJson(web, project, thread), type: 'ISSUE', assignees: [], confidential: false };
}

export function mergeRequestJson(web: Web, project: ProjectState, thread: ThreadState): Json {
  const { source, target, reviewers = [] } = thread.merge ?? {};
  return {
    ...threadJson(web, project, thread),
    source_branch: source,
    target_branch: target,
    draft: isDraft(thread),
    reviewers: reviewers.map((each) => userJson(web, each)),
    merged_at: thread.state === 'merged' ? thread.updatedAt : null,
  };
}

export function isDraft({ title }: ThreadState): boolean {
  return /^\s*(?:\[draft\]|\(draft\)|draft:)/i.test(title);
}

export function noteJson(web: Web, project: ProjectState, thread: ThreadState, note: NoteState): Json {
  const { id, body, system } = note;
  return {
    ...{ id, body, system, type: null, attachment: null, internal: false, resolvable: false },
    author: userJson(web, note.author),
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    noteable_id: thread.id,
    noteable_iid: thread.iid,
    noteable_type: thread.merge === undefined ? 'Issue' : 'MergeRequest',
    project_id: project.id,
  };
}

export function emojiJson(web: Web, { id, name, user }: Emoji): Json {
  return { id, name, user: userJson(web, user) };
}

export function memberJson(web: Web, account: Account, level: Level): Json {
  return { ...userJson(web, account), access_level: levels[level], expires_at: null };
}

export function hookJson(project: ProjectState, { id, url, alertStatus, events }: HookState): Json {
  const named = ['issues_events', 'note_events', 'merge_requests_events', 'pipeline_events', 'push_events'];
  return {
    ...{ id, url, project_id: project.id, alert_status: alertStatus, disabled_until: null },
    ...Object.fromEntries(named.map((name) => [name, events.includes(name)])),
  };
}
