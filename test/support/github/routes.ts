import { addComment, addIssue, now, nextId } from './state.js';
import type { IssueState, Permission, RepositoryState } from './state.js';
import { answerGraphql } from './graphql.js';
import { pullJson } from './pull-shapes.js';
import { reviewRoutes } from './review-routes.js';
import {
  created,
  inRepository,
  invalid,
  notFound,
  ok,
  onComment,
  onIssue,
  onPull,
  page,
  react,
  textOf,
} from './route.js';
import type { Answer, Call, Route } from './route.js';
import {
  appJson,
  commentJson,
  installationJson,
  issueJson,
  publicUserJson,
  repositoryJson,
  userJson,
} from './shapes.js';

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
  const isThere = (id: number): boolean => state.repositories.some((each) => each.id === id && each.isInstalled);
  if (repositoryIds?.every(isThere) === false) {
    return invalid(
      'There is at least one repository that does not exist or is not accessible to the parent installation.',
    );
  }
  state.tokens.set(token, { installation: state.installation, permissions: wanted, repositoryIds, revoked: false });
  const expires = new Date(Date.now() + 3_600_000).toISOString();
  return created({ token, expires_at: expires, permissions: wanted, repository_selection: 'selected' });
}

function permissionOf({ web, params }: Call, repository: RepositoryState): Answer {
  const account = web.state.accounts.get(params['login'] ?? '');
  if (account === undefined) return notFound;
  const permission: Permission = repository.permissions.get(account.login) ?? 'none';
  return ok({ permission, role_name: permission, user: { ...userJson(web, account), role_name: permission } });
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
  return created(pullJson({ web, git, repository, issue }));
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
    pulls.map((issue) => pullJson({ ...call, repository, issue }, true)),
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
  const repositories = call.web.state.repositories.filter(({ isInstalled }) => isInstalled);
  const answer = page(
    call,
    repositories.map((repository) => repositoryJson(call.web, repository)),
  );
  return { ...answer, body: { total_count: repositories.length, repositories: answer.body } };
}

function requestReviewers({ web, git, body }: Call, repository: RepositoryState, issue: IssueState): Answer {
  const logins = body['reviewers'] as readonly string[];
  const refused = logins.filter((login) => (repository.permissions.get(login) ?? 'none') === 'none');
  if (refused.length > 0) {
    return invalid('Reviews may only be requested from collaborators.');
  }
  issue.pull?.reviewers.push(...logins.filter((login) => !issue.pull?.reviewers.includes(login)));
  return created(pullJson({ web, git, repository, issue }, true));
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
    answer: ({ web }) => ok([installationJson(web)]),
  },
  { method: 'GET', path: '/installation/repositories', needs: ['metadata', 'read'], answer: listRepositories },
  {
    method: 'POST',
    path: '/graphql',
    needs: ['metadata', 'read'],
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
    answer: inRepository(({ web }) => ok(installationJson(web))),
  },
  {
    method: 'GET',
    path: '/users/:login',
    needs: ['metadata', 'read'],
    answer: ({ web, params }) => {
      const account = web.state.accounts.get(params['login'] ?? '');
      return account === undefined ? notFound : ok(publicUserJson(web, account));
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
    answer: onPull(({ web, git }, repository, issue) => ok(pullJson({ web, git, repository, issue }))),
  },
  {
    method: 'PATCH',
    path: pull,
    needs: ['pull_requests', 'write'],
    fields: ['title', 'body'],
    answer: onPull(({ web, git, body }, repository, found) => {
      found.title = textOf(body, 'title') ?? found.title;
      found.body = textOf(body, 'body') ?? found.body;
      found.updatedAt = now();
      return ok(pullJson({ web, git, repository, issue: found }));
    }),
  },
  {
    method: 'POST',
    path: `${pull}/requested_reviewers`,
    needs: ['pull_requests', 'write'],
    fields: ['reviewers'],
    answer: onPull(requestReviewers),
  },
  ...reviewRoutes,
];
