import { nextId } from './state.js';
import type { CommentState, IssueState, Reaction, RepositoryState, Token } from './state.js';
import type { GitHost } from './git-host.js';
import { begun, userJson, type Json, type Web } from './shapes.js';

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
  readonly method: string;
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

export const notFound: Answer = {
  status: 404,
  body: { message: 'Not Found', documentation_url: 'https://docs.github.com/rest' },
};

const archived: Answer = { status: 403, body: { message: 'Repository was archived so is read-only.' } };

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const invalid = (...messages: readonly string[]): Answer => ({
  status: 422,
  body: {
    message: 'Validation Failed',
    documentation_url: 'https://docs.github.com/rest',
    errors: messages.map((message) => ({ code: 'custom', message })),
  },
});

function repositoryOf({ web, params, token }: Call): RepositoryState | undefined {
  const found = web.state.repositories.find(
    ({ owner, name }) => owner.login === params['owner'] && name === params['repo'],
  );
  const ids = token?.repositoryIds;
  return found?.isInstalled !== true || ids?.includes(found.id) === false ? undefined : found;
}

/** Works on the repository, or answers 404. */
export function inRepository(work: (call: Call, repository: RepositoryState) => Answer): Route['answer'] {
  return (call) => {
    const repository = repositoryOf(call);
    if (repository === undefined) return notFound;
    return repository.isArchived && call.method !== 'GET' ? archived : work(call, repository);
  };
}

export function onIssue(work: (call: Call, repository: RepositoryState, issue: IssueState) => Answer): Route['answer'] {
  return inRepository((call, repository) => {
    const issue = repository.issues.get(Number(call.params['number']));
    return issue === undefined ? notFound : work(call, repository, issue);
  });
}

export function onPull(work: (call: Call, repository: RepositoryState, issue: IssueState) => Answer): Route['answer'] {
  return onIssue((call, repository, issue) => (issue.pull === undefined ? notFound : work(call, repository, issue)));
}

interface PlacedComment {
  readonly repository: RepositoryState;
  readonly issue: IssueState;
  readonly comment: CommentState;
}

export function onComment(work: (call: Call, place: PlacedComment) => Answer): Route['answer'] {
  return inRepository((call, repository) => {
    for (const issue of repository.issues.values()) {
      const comment = issue.comments.find(({ id }) => id === Number(call.params['id']));
      if (comment !== undefined) return work(call, { repository, issue, comment });
    }
    return notFound;
  });
}

export function textOf(body: Json, field: string): string | undefined {
  const value = body[field];
  return typeof value === 'string' ? value : undefined;
}

export function react({ web, body, address }: Call, reactions: Reaction[]): Answer {
  const { bot } = web.state;
  const content = String(body['content']);
  const before = reactions.find((each) => each.login === bot.login && each.content === content);
  const reaction = before ?? { id: nextId(web.state), login: bot.login, content };
  const { id } = reaction;
  const json = { id, node_id: `REA_${id}`, user: userJson(web, bot), content, created_at: begun, url: address };
  if (before !== undefined) return ok(json);
  reactions.push(reaction);
  return created(json);
}

export function page({ query, address }: Call, items: readonly Json[]): Answer {
  const size = Number(query.get('per_page') ?? 30);
  const number = Number(query.get('page') ?? 1);
  const next = `${address}?per_page=${size}&page=${number + 1}`;
  return {
    status: 200,
    body: items.slice((number - 1) * size, number * size),
    ...(number * size < items.length ? { headers: { link: `<${next}>; rel="next"` } } : {}),
  };
}
