import { ciRoutes } from './ci-routes.js';
import { issueRoutes } from './issue-routes.js';
import { mergeRequestRoutes } from './merge-request-routes.js';
import { reviewRoutes } from './review-routes.js';
import {
  created,
  inProject,
  levelOf,
  missing,
  ok,
  page,
  refused,
  type Answer,
  type Call,
  type Route,
} from './routing.js';
import { hookJson, memberJson, projectJson, userJson } from './shapes.js';
import { nextId, type HookState, type ProjectState } from './state.js';
import { threadRoutes } from './thread-routes.js';

function member({ web, params }: Call, project: ProjectState): Answer {
  const account = [...web.state.accounts.values()].find(({ id }) => String(id) === params['user_id']);
  const level = project.members.get(account?.username ?? '') ?? 'none';
  if (account === undefined || level === 'none') return missing('');
  return ok(memberJson(web, account, level));
}

function file({ web: { git }, params, query }: Call, project: ProjectState): Answer {
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
          .filter((each) => call.query.get('archived') !== 'false' || !each.isArchived)
          .map((each) => projectJson(call.web, each)),
      ),
  },
  { method: 'GET', path: project, answer: inProject('reporter', ({ web }, found) => ok(projectJson(web, found))) },
  { method: 'GET', path: `${project}/members/all/{user_id}`, answer: inProject('reporter', member) },
  { method: 'GET', path: `${project}/repository/files/{file_path}`, answer: inProject('reporter', file) },
  ...issueRoutes,
  ...threadRoutes('issues'),
  ...threadRoutes('merge_requests'),
  ...mergeRequestRoutes,
  ...reviewRoutes,
  ...ciRoutes,
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
