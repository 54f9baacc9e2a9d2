import type { GitHost } from '../github/git-host.js';
import {
  emojiJson,
  hookJson,
  issueJson,
  memberJson,
  mergeRequestJson,
  noteJson,
  projectJson,
  userJson,
} from './shapes.js';
import type { Json, Web } from './shapes.js';
import { addNote, addThread, levels, nextId, now } from './state.js';
import type { Emoji, HookState, Level, NoteState, ProjectState, ThreadState, Token } from './state.js';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Call {
  readonly web: Web;
  readonly git: GitHost;
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

const ok = (body: unknown): Answer => ({ status: 200, body });
const created = (body: unknown): Answer => ({ status: 201, body });
const refused = (status: number, message: unknown): Answer => ({ status, body: { message } });
const missing = (what: string): Answer => refused(404, `404 ${what} Not Found`);
const forbidden = refused(403, '403 Forbidden');

function levelOf({ token }: Call, project: ProjectState): number {
  return levels[project.members.get(token.user.username) ?? 'none'];
}

/** Works on a project by id, or by path with its slashes encoded; to others than members it is not there. */
function inProject(least: Level, work: (call: Call, project: ProjectState) => Answer): Route['answer'] {
  return (call) => {
    const wanted = call.params['id'] ?? '';
    const project = call.web.state.projects.find(({ id, path }) => String(id) === wanted || path === wanted);
    if (project === undefined || levelOf(call, project) === 0) return missing('Project');
    return levelOf(call, project) < levels[least] ? forbidden : work(call, project);
  };
}

interface Place {
  readonly project: ProjectState;
  readonly thread: ThreadState;
}

type Kind = 'issues' | 'merge_requests';

function onThread(kind: Kind, work: (call: Call, place: Place) => Answer): Route['answer'] {
  return inProject('reporter', (call, project) => {
    const threads = kind === 'issues' ? project.issues : project.mergeRequests;
    const thread = threads.get(Number(call.params['issue_iid'] ?? call.params['merge_request_iid']));
    return thread === undefined ? missing('') : work(call, { project, thread });
  });
}

function onNote(
  kind: Kind,
  work: (call: Call, place: Place & { readonly note: NoteState }) => Answer,
): Route['answer'] {
  return onThread(kind, (call, place) => {
    const note = place.thread.notes.find(({ id }) => id === Number(call.params['note_id']));
    return note === undefined ? missing('Note') : work(call, { ...place, note });
  });
}

/** Only its author may change a note. */
function onOwnNote(
  kind: Kind,
  work: (call: Call, place: Place & { readonly note: NoteState }) => Answer,
): Route['answer'] {
  return onNote(kind, (call, place) => (place.note.author.id === call.token.user.id ? work(call, place) : forbidden));
}

/** GitLab says of an emoji that is there already that it is not there. */
function award({ web, body, token }: Call, emojis: Emoji[]): Answer {
  const name = String(body['name']);
  if (emojis.some((each) => each.name === name && each.user.id === token.user.id)) {
    return refused(404, '404 Award Emoji Name has already been taken Not Found');
  }
  const emoji = { id: nextId(web.state), name, user: token.user };
  emojis.push(emoji);
  return created(emojiJson(web, emoji));
}

function page({ query, address }: Call, items: readonly Json[]): Answer {
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

function notes(call: Call, { project, thread }: Place): Answer {
  const found = thread.notes.map((note) => noteJson(call.web, project, thread, note));
  return page(call, call.query.get('sort') === 'asc' ? found : found.toReversed());
}

function openMergeRequest({ web, git, body, token }: Call, project: ProjectState): Answer {
  const [source, target] = [String(body['source_branch']), String(body['target_branch'])];
  if (git.head(project.path, source) === undefined) return refused(400, ['Source branch does not exist']);
  if (git.head(project.path, target) === undefined) return refused(400, ['Target branch does not exist']);
  const other = [...project.mergeRequests.values()].find(
    ({ state, merge }) => state === 'opened' && merge?.source === source,
  );
  if (other !== undefined) {
    return refused(409, [`Another open merge request already exists for this source branch: !${other.iid}`]);
  }
  const thread = addThread(web.state, project, {
    title: String(body['title']),
    description: String(body['description']),
    author: token.user,
    merge: { source, target, reviewers: reviewersOf(web, project, body) },
  });
  return created(mergeRequestJson(web, project, thread));
}

/** Whoever may not see the project is left out without a word. */
function reviewersOf({ state }: Web, { members }: ProjectState, body: Json): ThreadState['author'][] {
  const ids = (body['reviewer_ids'] ?? []) as readonly number[];
  return [...state.accounts.values()].filter(({ id, username }) => ids.includes(id) && members.has(username));
}

function editMergeRequest({ web, body }: Call, { project, thread }: Place): Answer {
  thread.title = typeof body['title'] === 'string' ? body['title'] : thread.title;
  thread.description = typeof body['description'] === 'string' ? body['description'] : thread.description;
  if (thread.merge !== undefined && 'reviewer_ids' in body) thread.merge.reviewers = reviewersOf(web, project, body);
  thread.updatedAt = now();
  return ok(mergeRequestJson(web, project, thread));
}

function listMergeRequests(call: Call, project: ProjectState): Answer {
  const [state, source] = [call.query.get('state') ?? 'all', call.query.get('source_branch')];
  const found = [...project.mergeRequests.values()].filter(
    (each) => (state === 'all' || each.state === state) && (source === null || each.merge?.source === source),
  );
  return page(
    call,
    found.toReversed().map((each) => mergeRequestJson(call.web, project, each)),
  );
}

function member({ web, params }: Call, project: ProjectState): Answer {
  const account = [...web.state.accounts.values()].find(({ id }) => String(id) === params['user_id']);
  const level = project.members.get(account?.username ?? '') ?? 'none';
  if (account === undefined || level === 'none') return missing('');
  return ok(memberJson(web, account, level));
}

function file({ git, params, query }: Call, project: ProjectState): Answer {
  const path = params['file_path'] ?? '';
  const ref = query.get('ref') ?? '';
  const branch = ref === 'HEAD' ? project.defaultBranch : ref;
  const text = git.read(project.path, branch, path);
  if (text === undefined) return missing('File');
  const content = Buffer.from(text).toString('base64');
  return ok({ file_name: path.split('/').at(-1), file_path: path, ref, encoding: 'base64', content });
}

function keepHook({ body }: Call, hook: HookState): HookState {
  const events = Object.entries(body).flatMap(([name, value]) =>
    name.endsWith('_events') && value === true ? [name] : [],
  );
  return Object.assign(hook, { url: body['url'], token: body['token'], alertStatus: 'executable', events });
}

function addHook(call: Call, project: ProjectState): Answer {
  const made: HookState = { id: nextId(call.web.state), url: '', token: '', alertStatus: 'executable', events: [] };
  project.hooks.push(keepHook(call, made));
  return created(hookJson(project, made));
}

function editHook(call: Call, project: ProjectState): Answer {
  const hook = project.hooks.find(({ id }) => String(id) === call.params['hook_id']);
  return hook === undefined ? missing('') : ok(hookJson(project, keepHook(call, hook)));
}

function addLabel({ body }: Call, project: ProjectState): Answer {
  const name = String(body['name']);
  if (project.labels.includes(name)) return refused(409, 'Label already exists');
  project.labels.push(name);
  return created({ id: project.labels.length, name, color: body['color'] });
}

function ownToken({ token }: Call): Answer {
  const { user, scopes, revoked } = token;
  return ok({ id: 1, name: 'fleet', user_id: user.id, scopes, revoked, active: !revoked, expires_at: '2027-01-01' });
}

/** The same of issues and merge requests. */
function threadRoutes(kind: Kind): readonly Route[] {
  const thread =
    kind === 'issues' ? '/projects/{id}/issues/{issue_iid}' : '/projects/{id}/merge_requests/{merge_request_iid}';
  const note = `${thread}/notes/{note_id}`;
  const listed = (emojis: readonly Emoji[], call: Call): Answer =>
    page(
      call,
      emojis.map((emoji) => emojiJson(call.web, emoji)),
    );
  return [
    {
      method: 'GET',
      path: `${thread}/notes`,
      fields: ['sort', 'order_by', 'per_page', 'page'],
      answer: onThread(kind, notes),
    },
    {
      method: 'POST',
      path: `${thread}/notes`,
      fields: ['body'],
      answer: onThread(kind, ({ web, body, token }, place) => {
        const added = addNote(web.state, place.thread, { author: token.user, body: String(body['body']) });
        return created(noteJson(web, place.project, place.thread, added));
      }),
    },
    {
      method: 'PUT',
      path: note,
      fields: ['body'],
      answer: onOwnNote(kind, ({ web, body }, place) => {
        place.note.body = String(body['body']);
        place.note.updatedAt = now();
        return ok(noteJson(web, place.project, place.thread, place.note));
      }),
    },
    {
      method: 'DELETE',
      path: note,
      answer: onOwnNote(kind, (_call, { thread: of, note: found }) => {
        of.notes.splice(of.notes.indexOf(found), 1);
        return { status: 204 };
      }),
    },
    {
      method: 'GET',
      path: `${thread}/award_emoji`,
      answer: onThread(kind, (call, place) => listed(place.thread.emojis, call)),
    },
    {
      method: 'POST',
      path: `${thread}/award_emoji`,
      answer: onThread(kind, (call, place) => award(call, place.thread.emojis)),
    },
    {
      method: 'GET',
      path: `${note}/award_emoji`,
      answer: onNote(kind, (call, place) => listed(place.note.emojis, call)),
    },
    {
      method: 'POST',
      path: `${note}/award_emoji`,
      answer: onNote(kind, (call, place) => award(call, place.note.emojis)),
    },
  ];
}

const project = '/projects/{id}';

/** All that Fleet may ask; anything else is a surprise. */
export const routes: readonly Route[] = [
  { method: 'GET', path: '/user', fields: [], answer: ({ web, token }) => ok(userJson(web, token.user)) },
  { method: 'GET', path: '/personal_access_tokens/self', answer: ownToken },
  {
    method: 'GET',
    path: '/projects',
    answer: (call) =>
      page(
        call,
        call.web.state.projects
          .filter((each) => levelOf(call, each) >= Number(call.query.get('min_access_level') ?? 0))
          .map((each) => projectJson(call.web, each)),
      ),
  },
  { method: 'GET', path: project, answer: inProject('reporter', ({ web }, found) => ok(projectJson(web, found))) },
  { method: 'GET', path: `${project}/members/all/{user_id}`, answer: inProject('reporter', member) },
  { method: 'GET', path: `${project}/repository/files/{file_path}`, answer: inProject('reporter', file) },
  {
    method: 'GET',
    path: `${project}/issues/{issue_iid}`,
    fields: [],
    answer: onThread('issues', ({ web }, place) => ok(issueJson(web, place.project, place.thread))),
  },
  ...threadRoutes('issues'),
  ...threadRoutes('merge_requests'),
  { method: 'GET', path: `${project}/merge_requests`, answer: inProject('reporter', listMergeRequests) },
  { method: 'POST', path: `${project}/merge_requests`, answer: inProject('developer', openMergeRequest) },
  {
    method: 'GET',
    path: `${project}/merge_requests/{merge_request_iid}`,
    answer: onThread('merge_requests', ({ web }, place) => ok(mergeRequestJson(web, place.project, place.thread))),
  },
  {
    method: 'PUT',
    path: `${project}/merge_requests/{merge_request_iid}`,
    answer: onThread('merge_requests', editMergeRequest),
  },
  {
    method: 'GET',
    path: `${project}/hooks`,
    answer: inProject('maintainer', (call, found) =>
      page(
        call,
        found.hooks.map((hook) => hookJson(found, hook)),
      ),
    ),
  },
  { method: 'POST', path: `${project}/hooks`, answer: inProject('maintainer', addHook) },
  { method: 'PUT', path: `${project}/hooks/{hook_id}`, answer: inProject('maintainer', editHook) },
  {
    method: 'POST',
    path: `${project}/labels`,
    fields: ['name', 'color', 'description'],
    answer: inProject('reporter', addLabel),
  },
];
