import type { Account, CommentState, IssueState, RepositoryState, State } from './state.js';

/** GitHub's JSON, for answers and for deliveries. */
export type Json = Readonly<Record<string, unknown>>;

export interface Web {
  readonly state: State;
  /** Where people see the host. */
  readonly url: string;
}

/** Addresses that nobody asks for, but without which it would not be GitHub's JSON. */
export function addresses(of: string, names: string): Json {
  return Object.fromEntries(names.split(' ').map((name) => [`${name}_url`, `${of}/${name}`]));
}

/** Where the API has something, e.g. `/repos/acme/sample`. */
function apiAddress({ url }: Web, path: string): string {
  return `${url}/api/v3${path}`;
}

export function repositoryAddress(web: Web, { owner, name }: RepositoryState): string {
  return apiAddress(web, `/repos/${owner.login}/${name}`);
}

const ofUsers = 'events followers following gists organizations received_events repos starred subscriptions';

export function userJson(web: Web, { id, login, type }: Account): Json {
  const address = apiAddress(web, `/users/${login}`);
  return {
    ...{ login, id, node_id: `U_${id}`, type, site_admin: false, gravatar_id: '' },
    ...addresses(address, ofUsers),
    ...{ url: address, html_url: `${web.url}/${login}`, avatar_url: `${web.url}/avatars/${id}` },
  };
}

/** A user who is asked for by name. */
export function publicUserJson(web: Web, account: Account): Json {
  const nothing = { bio: null, blog: '', company: null, email: null, hireable: null, location: null, name: null };
  const counts = { followers: 0, following: 0, public_gists: 0, public_repos: 0 };
  return { ...userJson(web, account), ...nothing, ...counts, created_at: begun, updated_at: begun };
}

/** When everything began. */
export const begun = '2026-01-01T00:00:00Z';

const ofRepositories =
  'archive assignees blobs branches collaborators comments commits compare contents contributors deployments downloads events forks git_commits git_refs git_tags hooks issue_comment issue_events issues keys labels languages merges milestones notifications pulls releases stargazers statuses subscribers subscription tags teams trees git ssh svn';

export function repositoryJson(web: Web, repository: RepositoryState): Json {
  const { id, name, owner, defaultBranch, isArchived } = repository;
  const path = `${owner.login}/${name}`;
  const counts = { forks: 0, open_issues: repository.issues.size, watchers: 0 };
  return {
    ...{ id, node_id: `R_${id}`, name, full_name: path, private: true, owner: userJson(web, owner) },
    ...addresses(repositoryAddress(web, repository), ofRepositories),
    ...{ url: repositoryAddress(web, repository), html_url: `${web.url}/${path}`, mirror_url: null },
    ...{ clone_url: `${web.url}/${path}.git`, default_branch: defaultBranch },
    ...{
      archived: isArchived,
      disabled: false,
      fork: false,
      description: null,
      homepage: null,
      language: null,
      license: null,
    },
    ...{ has_downloads: true, has_issues: true, has_projects: false, has_wiki: false, has_pages: false },
    ...{ has_discussions: false, ...counts, forks_count: 0, open_issues_count: counts.open_issues, size: 1 },
    ...{ stargazers_count: 0, watchers_count: 0, network_count: 0, subscribers_count: 0 },
    ...{
      topics: [],
      visibility: 'private',
      web_commit_signoff_required: false,
      allow_forking: true,
      is_template: false,
    },
    ...{ created_at: begun, updated_at: begun, pushed_at: begun },
  };
}

export function appJson(web: Web): Json {
  const { id, slug, permissions } = web.state.app;
  return {
    ...{ id, slug, name: slug, node_id: `A_${id}`, owner: userJson(web, web.state.bot), description: null },
    ...{ external_url: web.url, html_url: `${web.url}/apps/${slug}`, created_at: begun, updated_at: begun },
    ...{ permissions, events: ['issues'] },
  };
}

export function installationJson(web: Web): Json {
  const { installation: id, app, bot } = web.state;
  const address = apiAddress(web, `/app/installations/${id}`);
  return {
    ...{ id, app_id: app.id, app_slug: app.slug, target_id: bot.id, target_type: 'Organization' },
    ...addresses(address, 'access_tokens repositories'),
    ...{ html_url: address, account: userJson(web, bot), permissions: app.permissions, events: ['issues'] },
    ...{ repository_selection: 'selected', single_file_name: null, suspended_by: null, suspended_at: null },
    ...{ created_at: begun, updated_at: begun },
  };
}

/** Where people see an issue or pull request. */
export function issuePage(web: Web, { owner, name }: RepositoryState, { pull, number }: IssueState): string {
  return `${web.url}/${owner.login}/${name}/${pull === undefined ? 'issues' : 'pull'}/${number}`;
}

export function issueJson(web: Web, repository: RepositoryState, issue: IssueState): Json {
  const { id, number, title, body, state } = issue;
  const address = `${repositoryAddress(web, repository)}/issues/${number}`;
  const page = issuePage(web, repository, issue);
  const pull = { url: `${repositoryAddress(web, repository)}/pulls/${number}`, html_url: page };
  return {
    ...{ id, node_id: `I_${id}`, number, title, body, state, user: userJson(web, issue.user) },
    ...{ url: address, html_url: page, repository_url: repositoryAddress(web, repository) },
    ...addresses(address, 'comments events labels timeline'),
    ...{ labels: issue.labels.map((name) => labelJson(web, name)), comments: issue.comments.length },
    ...{ locked: false, active_lock_reason: null, author_association: 'NONE', milestone: null },
    ...{ assignee: null, assignees: [], reactions: reactionsJson(address), performed_via_github_app: null },
    ...{ created_at: issue.createdAt, updated_at: issue.updatedAt },
    closed_at: state === 'closed' ? issue.updatedAt : null,
    ...(issue.pull === undefined ? {} : { pull_request: { ...pull, diff_url: page, patch_url: page } }),
  };
}

export function labelJson(web: Web, name: string): Json {
  const url = `${web.url}/labels/${name}`;
  return { id: name.length, node_id: `LA_${name}`, url, name, color: 'ededed', default: false, description: null };
}

export function reactionsJson(address: string): Json {
  const none = { '+1': 0, '-1': 0, laugh: 0, confused: 0, heart: 0, hooray: 0, eyes: 0, rocket: 0 };
  return { url: `${address}/reactions`, total_count: 0, ...none };
}

export function commentJson(web: Web, repository: RepositoryState, issue: IssueState, comment: CommentState): Json {
  const { id, body, createdAt, updatedAt, user, viaApp } = comment;
  const address = `${repositoryAddress(web, repository)}/issues/comments/${id}`;
  return {
    ...{ id, node_id: `IC_${id}`, user: userJson(web, user), body, created_at: createdAt, updated_at: updatedAt },
    ...{ url: address, html_url: `${issuePage(web, repository, issue)}#issuecomment-${id}` },
    ...{ issue_url: `${repositoryAddress(web, repository)}/issues/${issue.number}` },
    ...{ author_association: 'NONE', reactions: reactionsJson(address) },
    performed_via_github_app: viaApp ? appJson(web) : null,
  };
}
