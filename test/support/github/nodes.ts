import { GraphQLError } from 'graphql';
import type { GitHost } from './git-host.js';
import { checkNode, checksOf, rollupState, statusNode } from './check-nodes.js';
import { issueJson, type Web } from './shapes.js';
import type {
  Account,
  CommentState,
  Happening,
  IssueState,
  RemarkState,
  RepositoryState,
  ReviewState,
  ThreadState,
  Token,
} from './state.js';
import { headOf, lineOf } from './thread-lines.js';

/** Who asks, and what is there. */
export interface Asker {
  readonly web: Web;
  readonly git: GitHost;
  readonly token: Token | undefined;
}

/** Properties are fields; methods are fields with arguments, or such as cost something. */
type Node = Readonly<Record<string, unknown>>;

interface Place extends Asker {
  readonly repository: RepositoryState;
  readonly issue: IssueState;
}

function refuse(type: 'NOT_FOUND' | 'FORBIDDEN'): never {
  const message = type === 'FORBIDDEN' ? 'Resource not accessible by integration' : 'Could not resolve to a node.';
  throw new GraphQLError(message, { extensions: { type } });
}

function demand({ token }: Asker, permission: string, level: 'read' | 'write'): void {
  const held = token?.permissions[permission];
  if (held !== level && held !== 'write') refuse('FORBIDDEN');
}

export function rootOf(asker: Asker): Node {
  const { state } = asker.web;
  return {
    repository: ({ owner, name }: { readonly owner: string; readonly name: string }) => {
      const found = state.repositories.find(
        (each) => each.isInstalled && each.owner.login === owner && each.name === name,
      );
      return found === undefined ? refuse('NOT_FOUND') : repositoryNode(asker, found);
    },
    node: ({ id }: { readonly id: string }) => nodeOf(asker, id),
    resolveReviewThread: ({ input }: { readonly input: { readonly threadId: string } }) => {
      const { thread, place } = threadOf(asker, input.threadId);
      demand(asker, 'contents', 'write');
      if (place.repository.isArchived) refuse('FORBIDDEN');
      thread.isResolved = true;
      return { thread: threadNode(place, thread) };
    },
  };
}

function nodeOf(asker: Asker, id: string): Node {
  const check = asker.web.state.repositories.flatMap(({ checks }) => checks).find((each) => id === `CR_${each.id}`);
  if (check !== undefined) return checkNode(asker.web, check);
  const { thread, place } = threadOf(asker, id);
  return threadNode(place, thread);
}

function threadOf(asker: Asker, id: string): { readonly thread: ThreadState; readonly place: Place } {
  for (const repository of asker.web.state.repositories) {
    if (!repository.isInstalled) continue;
    for (const issue of repository.issues.values()) {
      const thread = issue.threads.find((each) => id === `PRRT_${each.id}` && each.comments.length > 0);
      if (thread !== undefined) return { thread, place: { ...asker, repository, issue } };
    }
  }
  return refuse('NOT_FOUND');
}

function repositoryNode(asker: Asker, repository: RepositoryState): Node {
  const find =
    (isPull: boolean) =>
    ({ number }: { readonly number: number }): Node => {
      const issue = repository.issues.get(number);
      if (issue === undefined || (issue.pull !== undefined) !== isPull) return refuse('NOT_FOUND');
      const place = { ...asker, repository, issue };
      return isPull ? pullNode(place) : issueNode(place);
    };
  return { id: `R_${repository.id}`, issue: find(false), pullRequest: find(true) };
}

function issueNode({ web, repository, issue }: Place): Node {
  const { number, title, body, state, user, labels, history } = issue;
  const edit = history.findLast(({ type }) => type === 'edited');
  return {
    number,
    title,
    body: body ?? '',
    url: issueJson(web, repository, issue)['html_url'],
    state: state.toUpperCase(),
    author: actor(user),
    lastEditedAt: edit?.at ?? null,
    editor: edit === undefined ? null : actor(edit.by),
    labels: list(labels, (name) => ({ name })),
    timelineItems: timeline(history),
  };
}

function pullNode(place: Place): Node {
  const { web, git, repository, issue } = place;
  const { state, updatedAt, pull, comments, reviews, threads } = issue;
  const sha = headOf(git, repository, issue);
  const path = `${repository.owner.login}/${repository.name}`;
  const isConflicting = (): boolean => git.conflicts(path, pull?.base ?? '', pull?.head ?? '');
  return {
    number: issue.number,
    url: issueJson(web, repository, issue)['html_url'],
    state: pull?.mergedAt === undefined ? state.toUpperCase() : 'MERGED',
    updatedAt,
    headRefOid: sha,
    mergeable: () => {
      if (state === 'closed' || !repository.isMergeabilityKnown) return 'UNKNOWN';
      return isConflicting() ? 'CONFLICTING' : 'MERGEABLE';
    },
    timelineItems: timeline(issue.history),
    comments: list(comments, (each) => ({ ...said(place, each), isMinimized: false })),
    reviews: list(reviews, (each) => reviewNode(place, each)),
    reviewThreads: list(
      threads.filter((each) => each.comments.length > 0),
      (each) => threadNode(place, each),
    ),
    statusCheckRollup: () => {
      demand(place, 'checks', 'read');
      const checks = checksOf(repository, sha);
      if (checks.runs.length + checks.statuses.length === 0) return null;
      const nodes = [...checks.runs.map((each) => checkNode(web, each)), ...checks.statuses.map(statusNode)];
      return { state: rollupState(checks), contexts: list(nodes, (each) => each) };
    },
  };
}

function threadNode(place: Place, thread: ThreadState): Node {
  const { id, path, side, isResolved, comments } = thread;
  const { lines, isOutdated } = lineOf(place.git, place.repository, place.issue, thread);
  return {
    __typename: 'PullRequestReviewThread',
    id: `PRRT_${id}`,
    path,
    line: lines?.last ?? null,
    startLine: lines?.first ?? null,
    diffSide: side,
    startDiffSide: thread.startLine === undefined ? null : side,
    isOutdated,
    isResolved,
    viewerCanResolve: place.token?.permissions['contents'] === 'write',
    comments: list(comments, (each: RemarkState) => said(place, each)),
  };
}

function said({ web }: Asker, { id, body, createdAt, user }: CommentState): Node {
  return {
    fullDatabaseId: String(id),
    body,
    createdAt,
    author: actor(user),
    viewerDidAuthor: user.id === web.state.bot.id,
  };
}

function reviewNode({ web }: Asker, { id, body, user, state, at }: ReviewState): Node {
  return {
    fullDatabaseId: String(id),
    body,
    submittedAt: at,
    state,
    isMinimized: false,
    author: actor(user),
    viewerDidAuthor: user.id === web.state.bot.id,
  };
}

const typenames = {
  labeled: 'LabeledEvent',
  unlabeled: 'UnlabeledEvent',
  closed: 'ClosedEvent',
  renamed: 'RenamedTitleEvent',
  edited: '',
} as const;

const itemTypes: Readonly<Record<string, Happening['type']>> = {
  LABELED_EVENT: 'labeled',
  UNLABELED_EVENT: 'unlabeled',
  CLOSED_EVENT: 'closed',
  RENAMED_TITLE_EVENT: 'renamed',
};

function timeline(history: readonly Happening[]) {
  return (args: Page & { readonly itemTypes: readonly string[] }): Node => {
    const types = args.itemTypes.map((type) => itemTypes[type]);
    const nodes = history.filter(({ type }) => types.includes(type));
    return list(nodes, ({ type, at, by, label }) => ({
      __typename: typenames[type],
      createdAt: at,
      actor: actor(by),
      ...(label === undefined ? {} : { label: { name: label } }),
    }))(args);
  };
}

interface Page {
  readonly first?: number;
  readonly last?: number;
  readonly before?: string;
  readonly after?: string;
}

/** A connection; GitHub gives at most 100 of a list, and wants to be told from which end. */
function list<T>(items: readonly T[], toNode: (item: T) => Node) {
  return ({ first, last, before, after }: Page): Node => {
    const size = first ?? last;
    if (size === undefined || size > 100) throw new GraphQLError('a list wants first or last, at most 100');
    const start = after === undefined ? 0 : indexOf(after) + 1;
    const end = before === undefined ? items.length : indexOf(before);
    const from = first === undefined ? Math.max(start, end - size) : start;
    const to = first === undefined ? end : Math.min(end, start + size);
    return {
      nodes: items.slice(from, to).map(toNode),
      pageInfo: {
        ...{ hasPreviousPage: from > 0, hasNextPage: to < items.length },
        ...{ startCursor: cursorOf(from), endCursor: cursorOf(to - 1) },
      },
    };
  };
}

const cursorOf = (index: number): string => Buffer.from(`cursor:v2:${index}`).toString('base64');
const indexOf = (cursor: string): number => Number(Buffer.from(cursor, 'base64').toString().split(':')[2]);

/** GraphQL leaves the ending out of a bot's login. */
function actor({ id, login, type }: Account): Node {
  return { __typename: type, login: login.replace(/\[bot\]$/, ''), databaseId: id };
}
