import type { Json, Web } from './shapes.js';
import { levels, type Level, type NoteState, type ProjectState, type ThreadState, type Token } from './state.js';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Call {
  readonly web: Web;
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
  /** Address of the call without its query, for links. */
  readonly address: string;
  readonly token: Token;
}

export interface Route {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** As in GitLab's specification, without `/api/v4`. */
  readonly path: string;
  /** Parameters and fields of routes that the specification leaves out. */
  readonly fields?: readonly string[];
  readonly answer: (call: Call) => Answer;
}

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const refused = (status: number, message: unknown): Answer => ({ status, body: { message } });
export const missing = (what: string): Answer => refused(404, `404 ${what} Not Found`);
export const forbidden = refused(403, '403 Forbidden');

export function levelOf({ token }: Pick<Call, 'token'>, project: ProjectState): number {
  return levels[project.members.get(token.user.username) ?? 'none'];
}

/** Works on a project by id, or by path with its slashes encoded; to others than members it is not there. */
export function inProject(least: Level, work: (call: Call, project: ProjectState) => Answer): Route['answer'] {
  return (call) => {
    const wanted = call.params['id'] ?? '';
    const project = call.web.state.projects.find(({ id, path }) => String(id) === wanted || path === wanted);
    if (project === undefined || levelOf(call, project) === 0) return missing('Project');
    const isClosed = project.isArchived && call.method !== 'GET';
    return isClosed || levelOf(call, project) < levels[least] ? forbidden : work(call, project);
  };
}

export interface Place {
  readonly project: ProjectState;
  readonly thread: ThreadState;
}

export type Kind = 'issues' | 'merge_requests';

export function onThread(kind: Kind, work: (call: Call, place: Place) => Answer): Route['answer'] {
  return inProject('reporter', (call, project) => {
    const threads = kind === 'issues' ? project.issues : project.mergeRequests;
    const thread = threads.get(Number(call.params['issue_iid'] ?? call.params['merge_request_iid']));
    return thread === undefined ? missing('') : work(call, { project, thread });
  });
}

export function onNote(
  kind: Kind,
  work: (call: Call, place: Place & { readonly note: NoteState }) => Answer,
): Route['answer'] {
  return onThread(kind, (call, place) => {
    const note = place.thread.notes.find(({ id }) => id === Number(call.params['note_id']));
    return note === undefined ? missing('Note') : work(call, { ...place, note });
  });
}

export function page({ query, address }: Call, items: readonly Json[]): Answer {
  const size = Number(query.get('per_page') ?? 20);
  const number = Number(query.get('page') ?? 1);
  const rest = [...query].filter(([name]) => name !== 'page').map(([name, value]) => `${name}=${value}`);
  const next = `${address}?${[`page=${number + 1}`, ...rest].join('&')}`;
  return {
    status: 200,
    body: items.slice((number - 1) * size, number * size),
    ...(number * size < items.length ? { headers: { link: `<${next}>; rel="next"` } } : {}),
  };
}
