import type { Account, CommentState, IssueState, RepositoryState, State } from './state.js';

/** GitHub's JSON, for answers and for deliveries. */
export type Json = Readonly<Record<string, unknown>>;

export interface Web {
  readonly state: State;
  /** Where people see the host. */
  readonly url: string;
}

export function userJson({ url }: Web, { id, login, type }: Account): Json {
  return { login, id, node_id: `U_${id}`, html_url: `${url}/${login}`, type, site_admin: false };
}

export function repositoryJson(web: Web, repository: RepositoryState): Json {
  const { id, name, owner, defaultBranch } = repository;
  const path = `${owner.login}/${name}`;
  return {
    id,
    node_id: `R_${id}`,
    name,
    full_name: path,
    private: true,
    owner: userJson(web, owner),
    html_url: `${web.url}/${path}`,
    clone_url: `${web.url}/${path}.git`,
    default_branch: defaultBranch,
    archived: false,
  };
}

export function appJson({ state, url }: Web): Json {
  const { id, slug, permissions } = state.app;
  return { id, slug, name: slug, node_id: `A_${id}`, html_url: `${url}/apps/${slug}`, permissions };
}

export function issueJson(web: Web, repository: RepositoryState, issue: IssueState): Json {
  const path = `${repository.owner.login}/${repository.name}`;
  const { id, number, title, body, state } = issue;
  return {
    id,
    node_id: `I_${id}`,
    number,
    title,
    body,
    state,
    html_url: `${web.url}/${path}/${issue.pull === undefined ? 'issues' : 'pull'}/${number}`,
    user: userJson(web, issue.user),
    labels: issue.labels.map((name) => labelJson(name)),
    comments: issue.comments.length,
    locked: false,
    author_association: 'NONE',
    created_at: issue.createdAt,
    updated_at: issue.updatedAt,
    closed_at: state === 'closed' ? issue.updatedAt : null,
    performed_via_github_app: null,
    ...(issue.pull === undefined ? {} : { pull_request: { html_url: `${web.url}/${path}/pull/${number}` } }),
  };
}

export function labelJson(name: string): Json {
  return { id: name.length, node_id: `LA_${name}`, name, color: 'ededed', default: false, description: null };
}

export function commentJson(web: Web, repository: RepositoryState, issue: IssueState, comment: CommentState): Json {
  const { id, body, createdAt, updatedAt, user, viaApp } = comment;
  const page = String(issueJson(web, repository, issue)['html_url']);
  return {
    id,
    node_id: `IC_${id}`,
    html_url: `${page}#issuecomment-${id}`,
    user: userJson(web, user),
    body,
    created_at: createdAt,
    updated_at: updatedAt,
    author_association: 'NONE',
    performed_via_github_app: viaApp ? appJson(web) : null,
  };
}

/** `listed`: GitHub leaves `merged` out of lists. */
export function pullJson(web: Web, repository: RepositoryState, issue: IssueState, listed = false): Json {
  const { pull } = issue;
  if (pull === undefined) throw new Error(`#${issue.number} is no pull request`);
  const notInPulls = ['pull_request', 'performed_via_github_app'];
  const fields = Object.entries(issueJson(web, repository, issue));
  const { login } = repository.owner;
  return {
    ...Object.fromEntries(fields.filter(([name]) => !notInPulls.includes(name))),
    draft: pull.draft,
    head: { label: `${login}:${pull.head}`, ref: pull.head },
    base: { label: `${login}:${pull.base}`, ref: pull.base },
    merged_at: pull.mergedAt ?? null,
    requested_reviewers: pull.reviewers.map((each) => ({ login: each })),
    ...(listed ? {} : { merged: pull.mergedAt !== undefined, mergeable: null }),
  };
}
