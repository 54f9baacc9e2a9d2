import type { GitHost } from '../github/git-host.js';
import type { GitFacts } from './git-facts.js';
import { findOut, type Found } from './merge-state.js';
import type { Place } from './routing.js';
import { levels, type Account, type Emoji, type HookState, type LabelEvent, type NoteState } from './state.js';
import type { JobState, Level, PipelineState, PositionState, ProjectState, State, ThreadState } from './state.js';

/** GitLab's JSON, for answers and for deliveries. */
export type Json = Readonly<Record<string, unknown>>;

export interface Web {
  readonly state: State;
  readonly git: GitHost;
  readonly facts: GitFacts;
  /** Where people see the host. */
  readonly url: string;
}

export function userJson({ url }: Pick<Web, 'url'>, { id, username }: Account): Json {
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
function threadJson(web: Web, { project, thread }: Place): Json {
  const { id, iid, title, description, state, labels, ended } = thread;
  const kind = thread.merge === undefined ? 'issues' : 'merge_requests';
  const isClosed = state === 'closed' && ended !== undefined;
  return {
    ...{ id, iid, project_id: project.id, title, description, state, labels: [...labels] },
    author: userJson(web, thread.author),
    created_at: thread.createdAt,
    updated_at: thread.updatedAt,
    closed_at: isClosed ? ended.at : null,
    closed_by: isClosed ? userJson(web, ended.by) : null,
    web_url: `${web.url}/${project.path}/-/${kind}/${iid}`,
    user_notes_count: thread.notes.length,
  };
}

export function issueJson(web: Web, place: Place): Json {
  return { ...threadJson(web, place), type: 'ISSUE', assignees: [], confidential: false };
}

/** As lists give it; `isAsked` when GitLab was asked to look for conflicts again. */
export function listedMergeRequestJson(web: Web, place: Place, isAsked: boolean): Json {
  return basicMergeRequestJson(web, place, findOut(web, place, isAsked));
}

function basicMergeRequestJson(web: Web, place: Place, { head, isChecked, isConflicting }: Found): Json {
  const { thread, project } = place;
  const { source, target, reviewers = [] } = thread.merge ?? {};
  const { ended } = thread;
  const isMerged = thread.state === 'merged' && ended !== undefined;
  return {
    ...threadJson(web, place),
    source_branch: source,
    target_branch: target,
    ...{ source_project_id: project.id, target_project_id: project.id },
    draft: isDraft(thread),
    reviewers: reviewers.map((each) => userJson(web, each)),
    merged_at: isMerged ? ended.at : null,
    merge_user: isMerged ? userJson(web, ended.by) : null,
    sha: head ?? null,
    has_conflicts: isConflicting,
    detailed_merge_status: isChecked ? (isConflicting ? 'conflict' : 'mergeable') : 'checking',
  };
}

/** As it is when it is asked for alone. */
export function mergeRequestJson(web: Web, place: Place): Json {
  const found = findOut(web, place, true);
  const { head, base, pipeline } = found;
  return {
    ...basicMergeRequestJson(web, place, found),
    diff_refs: { base_sha: base ?? null, start_sha: base ?? null, head_sha: head ?? null },
    head_pipeline:
      pipeline === undefined
        ? null
        : { ...pipelineJson(web, place.project, pipeline), yaml_errors: pipeline.yamlErrors ?? null },
  };
}

export function isDraft({ title }: ThreadState): boolean {
  return /^\s*(?:\[draft\]|\(draft\)|draft:)/i.test(title);
}

export function noteJson(web: Web, { project, thread }: Place, note: NoteState): Json {
  const { id, body, system, type, position, resolvedBy } = note;
  return {
    ...{ id, body, system, type, attachment: null, internal: false, resolvable: type !== null },
    author: userJson(web, note.author),
    created_at: note.createdAt,
    updated_at: note.updatedAt,
    noteable_id: thread.id,
    noteable_iid: thread.iid,
    noteable_type: thread.merge === undefined ? 'Issue' : 'MergeRequest',
    project_id: project.id,
    ...(position === undefined ? {} : { position: positionJson(position) }),
    ...(type === null
      ? {}
      : { resolved: resolvedBy !== undefined, resolved_by: resolvedBy ? userJson(web, resolvedBy) : null }),
  };
}

function positionJson({ path, baseSha, startSha, headSha, newLine, oldLine }: PositionState): Json {
  return {
    ...{ base_sha: baseSha, start_sha: startSha, head_sha: headSha, old_path: path, new_path: path },
    ...{ position_type: 'text', old_line: oldLine, new_line: newLine, line_range: null },
  };
}

/** A note alone is a discussion, too. */
export function discussionJson(web: Web, place: Place, notes: readonly NoteState[]): Json {
  const [first] = notes;
  return {
    id: first?.discussion,
    individual_note: first?.type === null,
    notes: notes.map((note) => noteJson(web, place, note)),
  };
}

export function emojiJson(web: Web, { id, name, user }: Emoji): Json {
  return { id, name, user: userJson(web, user) };
}

export function labelEventJson(web: Web, thread: ThreadState, event: LabelEvent): Json {
  const { id, action, label, user, createdAt } = event;
  return {
    ...{ id, action, user: userJson(web, user), created_at: createdAt, resource_type: 'Issue', resource_id: thread.id },
    label: { id: label.length, name: label, color: '#ffffff', description: null },
  };
}

export function pipelineJson(web: Web, project: ProjectState, pipeline: PipelineState): Json {
  const { id, sha, ref, status, updatedAt } = pipeline;
  return {
    ...{ id, iid: id, project_id: project.id, sha, ref, status, updated_at: updatedAt, created_at: updatedAt },
    source: ref.startsWith('refs/merge-requests/') ? 'merge_request_event' : 'push',
    web_url: `${web.url}/${project.path}/-/pipelines/${id}`,
  };
}

export function jobJson(
  web: Web,
  project: ProjectState,
  { pipeline, job }: { readonly pipeline: PipelineState; readonly job: JobState },
): Json {
  const { id, name, stage, status, failureReason, allowFailure } = job;
  const { sha, ref } = pipeline;
  return {
    ...{ id, name, stage, status, ref, tag: false, allow_failure: allowFailure, archived: false },
    ...(status === 'failed' ? { failure_reason: failureReason ?? 'script_failure' } : {}),
    pipeline: { id: pipeline.id, project_id: project.id, sha, ref, status: pipeline.status },
    web_url: `${web.url}/${project.path}/-/jobs/${id}`,
  };
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
