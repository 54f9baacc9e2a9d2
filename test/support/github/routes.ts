import { addComment, addIssue, nextId, now } from './state.js';
import type { CommentState, IssueState, Permission, Reaction, RepositoryState, Token } from './state.js';
import { answerGraphql } from './graphql.js';
import type { GitHost } from './git-host.js';
import { appJson, commentJson, issueJson, pullJson, repositoryJson, userJson, type Json, type Web } from './shapes.js';

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  /** What GitHub would not expect of Fleet. */
  readonly asksTooMuch?: string;
}

export interface Call {
  readonly web: Web;
  readonly git: GitHost;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Json;
  /** Address of the call without its query, for links. */
  readonly address: string;
  readonly token: Token | undefined;
}

export interface Route {
  readonly method: string;
  /** `:name` takes one segment, `*name` the rest. */
  readonly path: string;
  /** `app`: the app's own JWT; `nobody`: anybody may; else what the installation's token must hold. */
  readonly needs: 'app' | 'nobody' | readonly [permission: string, level: 'read' | 'write'];
  /** Fields that the body may hold. */
  readonly fields?: readonly string[];
  readonly answer: (call: Call) => Answer;
}

const notFound: Answer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

const ok = (body: unknown): Answer => ({ status: 200, body });
const created = (body: unknown): Answer => ({ status: 201, body });
const invalid = (...messages: readonly string[]): Answer => ({
  status: 422,
  body: { message: 'Validation Failed', errors: messages.map((message) => ({ code: 'custom', message })) },
});

function repositoryOf({ web, params, token }: Call): RepositoryState | undefined {
  const found = web.state.repositories.find(
    ({ owner, name }) => owner.login === params['owner'] && name === params['repo'],
  );
  const ids = token?.repositoryIds;
  return found !== undefined && ids !== undefined && !ids.includes(found.id) ? undefined : found;
}

/** Works on the repository, or answers 404. */
function inRepository(work: (call: Call, repository: RepositoryState) => Answer): Route['answer'] {
  return (call) => {
    const repository = repositoryOf(call);
    return repository === undefined ? notFound : work(call, repository);
  };
}

function onIssue(work: (call: Call, repository: RepositoryState, issue: IssueState) => Answer): Route['answer'] {
  return inRepository((call, repository) => {
    const issue = repository.issues.get(Number(call.params['number']));
    return issue === undefined ? notFound : work(call, repository, issue);
  });
}

function onPull(work: (call: Call, repository: RepositoryState, issue: IssueState) => Answer): Route['answer'] {
  return onIssue((call, repository, issue) => (issue.pull === undefined ? notFound : work(call, repository, issue)));
}

interface PlacedComment {
  readonly repository: RepositoryState;
  readonly issue: IssueState;
  readonly comment: CommentState;
}

function onComment(work: (call: Call, place: PlacedComment) => Answer): Route['answer'] {
  return inRepository((call, repository) => {
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find(({ id }) => id === Number(call.params['id']));
      if (comment !== undefined) return work(call, { repository, issue, comment });
    }
    return notFound;
  });
}

function textOf(body: Json, field: string): string | undefined {
  const value = body[field];
  return typeof value === 'string' ? value : undefined;
}

function react({ web, body }: Call, reactions: Reaction[]): Answer {
  const { login } = web.state.bot;
  const content = String(body['content']);
  const before = reactions.find((each) => each.login === login && each.content === content);
  if (before !== undefined) return ok(before);
  const reaction = { id: nextId(web.state), login, content };
  reactions.push(reaction);
  return created(reaction);
}

function page({ query, address }: Call, items: readonly Json[]): Answer {
  const size = Number(query.get('per_page') ?? 30);
  const number = Number(query.get('page') ?? 1);
  const next = `${address}?per_page=${size}&page=${number + 1}`;
  return {
    status: 200,
    body: items.slice((number - 1) * size, number * size),
    ...(number * size < items.length ? { headers: { link: `<${next}>; rel="next"` } } : {}),
  };
}

function mint({ web, params, body }: Call): Answer {
  const { state } = web;
  if (Number(params['id']) !== state.installation) return notFound;
  const granted = state.app.permissions;
  const wanted = (body['permissions'] ?? granted) as Readonly<Record<string, string>>;
  const tooMuch = Object.entries(wanted).filter(
    ([name, level]) => granted[name] !== level && granted[name] !== 'write',
  );
  if (tooMuch.length > 0) return invalid('The permissions requested are not granted to this installation.');
  const token = `ghs_${state.app.id}_${nextId(state)}.${'x'.repeat(60)}`;
  const repositoryIds = body['repository_ids'] as readonly number[] | undefined;
  state.tokens.set(token, { installation: state.installation, permissions: wanted, repositoryIds, revoked: false });
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  return created({ token, expires_at: expires, permissions: wanted, repository_selection: 'selected' });
}

function permissionOf({ web, params }: Call, repository: RepositoryState): Answer {
  const account = web.state.accounts.get(params['login'] ?? '');
  if (account === undefined) return notFound;
  const permission: Permission = repository.permissions.get(account.login) ?? 'none';
  return ok({ permission, role_name: permission, user: userJson(web, account) });
}

function openPull({ web, git, body }: Call, repository: RepositoryState): Answer {
  const [head, base] = [String(body['head']), String(body['base'])];
  const path = `${repository.owner.login}/${repository.name}`;
  const [headSha, baseSha] = [git.head(path, head), git.head(path, base)];
  if (headSha === undefined || baseSha === undefined) return invalid('head or base is invalid');
  if (headSha === baseSha) return invalid(`No commits between ${base} and ${head}`);
  const open = [...repository.issues.values()].some(({ state, pull }) => state === 'open' && pull?.head === head);
  if (open) return invalid(`A pull request already exists for ${repository.owner.login}:${head}.`);
  const issue = addIssue(web.state, repository, {
    title: String(body['title']),
    body: String(body['body']),
    user: web.state.bot,
    pull: { head, base, draft: body['draft'] === true, reviewers: [] },
  });
  return created(pullJson(web, repository, issue));
}

function listPulls(call: Call, repository: RepositoryState): Answer {
  const [state, head] = [call.query.get('state') ?? 'open', call.query.get('head')];
  const pulls = [...repository.issues.values()].filter(
    (issue) =>
      issue.pull !== undefined &&
      (state === 'all' || issue.state === state) &&
      (head === null || head === `${repository.owner.login}:${issue.pull.head}`),
  );
  return page(
    call,
    pulls.map((issue) => pullJson(call.web, repository, issue, true)),
  );
}

/** Issues and pull requests, the last changed first. */
function listIssues(call: Call, repository: RepositoryState): Answer {
  const { query, web } = call;
  const expected = { state: 'open', sort: 'updated', direction: 'desc' };
  const unexpected = Object.entries(expected).filter(([name, value]) => query.get(name) !== value);
  if (unexpected.length > 0) return invalid(`the stand-in lists issues only by ${JSON.stringify(expected)}`);
  const labels = query.get('labels')?.split(',') ?? [];
  const found = [...repository.issues.values()].filter(
    (issue) => issue.state === 'open' && labels.every((label) => issue.labels.includes(label)),
  );
  found.sort((one, other) => other.updatedAt.localeCompare(one.updatedAt));
  return page(
    call,
    found.map((issue) => issueJson(web, repository, issue)),
  );
}

function listRepositories(call: Call): Answer {
  const { repositories } = call.web.state;
  const answer = page(
    call,
    repositories.map((repository) => repositoryJson(call.web, repository)),
  );
  return { ...answer, body: { total_count: repositories.length, repositories: answer.body } };
}

function requestReviewers({ web, body }: Call, repository: RepositoryState, issue: IssueState): Answer {
  const logins = body['reviewers'] as readonly string[];
  const refused = logins.filter((login) => (repository.permissions.get(login) ?? 'none') === 'none');
  if (refused.length > 0) {
    return invalid('Reviews may only be requested from collaborators.');
  }
  issue.pull?.reviewers.push(...logins.filter((login) => !issue.pull?.reviewers.includes(login)));
  return created(pullJson(web, repository, issue));
}

function content({ git, params }: Call, repository: RepositoryState): Answer {
  const path = `${repository.owner.login}/${repository.name}`;
  const text = git.read(path, repository.defaultBranch, params['file'] ?? '');
  if (text === undefined) return notFound;
  return { status: 200, body: text, headers: { 'content-type': 'application/vnd.github.raw; charset=utf-8' } };
}

const issue = '/repos/:owner/:repo/issues/:number';
const comment = '/repos/:owner/:repo/issues/comments/:id';
const pull = '/repos/:owner/:repo/pulls/:number';

/** All that Fleet may ask; anything else is a surprise. */
export const routes: readonly Route[] = [
  {
    method: 'POST',
    path: '/app-manifests/:code/conversions',
    needs: 'nobody',
    answer: ({ web, params }) =>
      params['code'] === 'good-code' ? created({ ...appJson(web), ...web.state.credentials }) : notFound,
  },
  { method: 'GET', path: '/app', needs: 'app', answer: ({ web }) => ok(appJson(web)) },
  {
    method: 'GET',
    path: '/app/installations',
    needs: 'app',
    answer: ({ web }) => ok([{ id: web.state.installation, app_id: web.state.app.id, suspended_at: null }]),
  },
  { method: 'GET', path: '/installation/repositories', needs: ['metadata', 'read'], answer: listRepositories },
  {
    method: 'POST',
    path: '/graphql',
    needs: ['issues', 'read'],
    fields: ['query', 'variables'],
    answer: answerGraphql,
  },
  {
    method: 'GET',
    path: '/repos/:owner/:repo/issues',
    needs: ['issues', 'read'],
    answer: inRepository(listIssues),
  },
  {
    method: 'POST',
    path: '/app/installations/:id/access_tokens',
    needs: 'app',
    fields: ['repository_ids', 'permissions'],
    answer: mint,
  },
  {
    method: 'GET',
    path: '/repos/:owner/:repo/installation',
    needs: 'app',
    answer: inRepository(({ web }) => ok({ id: web.state.installation, app_id: web.state.app.id })),
  },
  {
    method: 'GET',
    path: '/users/:login',
    needs: ['metadata', 'read'],
    answer: ({ web, params }) => {
      const account = web.state.accounts.get(params['login'] ?? '');
      return account === undefined ? notFound : ok(userJson(web, account));
    },
  },
  {
    method: 'GET',
    path: '/repos/:owner/:repo',
    needs: ['metadata', 'read'],
    answer: inRepository(({ web }, repository) => ok(repositoryJson(web, repository))),
  },
  {
    method: 'GET',
    path: '/repos/:owner/:repo/collaborators/:login/permission',
    needs: ['metadata', 'read'],
    answer: inRepository(permissionOf),
  },
  {
    method: 'GET',
    path: '/repos/:owner/:repo/contents/*file',
    needs: ['contents', 'read'],
    answer: inRepository(content),
  },
  {
    method: 'GET',
    path: issue,
    needs: ['issues', 'read'],
    answer: onIssue(({ web }, repository, found) => ok(issueJson(web, repository, found))),
  },
  {
    method: 'GET',
    path: `${issue}/comments`,
    needs: ['issues', 'read'],
    answer: onIssue((call, repository, found) =>
      page(
        call,
        found.comments.map((each) => commentJson(call.web, repository, found, each)),
      ),
    ),
  },
  {
    method: 'POST',
    path: `${issue}/comments`,
    needs: ['issues', 'write'],
    fields: ['body'],
    answer: onIssue(({ web, body }, repository, found) =>
      created(commentJson(web, repository, found, addComment(web.state, found, web.state.bot, String(body['body'])))),
    ),
  },
  {
    method: 'PATCH',
    path: comment,
    needs: ['issues', 'write'],
    fields: ['body'],
    answer: onComment(({ web, body }, { repository, issue: of, comment: found }) => {
      found.body = String(body['body']);
      found.updatedAt = now();
      return ok(commentJson(web, repository, of, found));
    }),
  },
  {
    method: 'DELETE',
    path: comment,
    needs: ['issues', 'write'],
    answer: onComment((_call, { issue: of, comment: found }) => {
      of.comments.splice(of.comments.indexOf(found), 1);
      return { status: 204 };
    }),
  },
  {
    method: 'POST',
    path: `${issue}/reactions`,
    needs: ['issues', 'write'],
    fields: ['content'],
    answer: onIssue((call, _repository, found) => react(call, found.reactions)),
  },
  {
    method: 'POST',
    path: `${comment}/reactions`,
    needs: ['issues', 'write'],
    fields: ['content'],
    answer: onComment((call, place) => react(call, place.comment.reactions)),
  },
  {
    method: 'GET',
    path: '/repos/:owner/:repo/pulls',
    needs: ['pull_requests', 'read'],
    answer: inRepository(listPulls),
  },
  {
    method: 'POST',
    path: '/repos/:owner/:repo/pulls',
    needs: ['pull_requests', 'write'],
    fields: ['head', 'base', 'title', 'body', 'draft'],
    answer: inRepository(openPull),
  },
  {
    method: 'GET',
    path: pull,
    needs: ['pull_requests', 'read'],
    answer: onPull(({ web }, repository, found) => ok(pullJson(web, repository, found))),
  },
  {
    method: 'PATCH',
    path: pull,
    needs: ['pull_requests', 'write'],
    fields: ['title', 'body'],
    answer: onPull(({ web, body }, repository, found) => {
      found.title = textOf(body, 'title') ?? found.title;
      found.body = textOf(body, 'body') ?? found.body;
      found.updatedAt = now();
      return ok(pullJson(web, repository, found));
    }),
  },
  {
    method: 'POST',
    path: `${pull}/requested_reviewers`,
    needs: ['pull_requests', 'write'],
    fields: ['reviewers'],
    answer: onPull(requestReviewers),
  },
];
