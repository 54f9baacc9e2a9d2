import type { Selectable } from 'kysely';
import type { Comment, Issue, MergeRequest, Person, Repository } from '../../domain/forge.js';
import { wrong } from './git.js';
import type { CommentRow, LocalDatabase, LocalTables, RepositoryRow } from './tables.js';

/** Fleet's own account. */
export const fleetItself: Person = { id: 'fleet', login: 'fleet', kind: 'bot' };

/** A merge request as people see it. */
export interface LocalMergeRequest extends MergeRequest {
  readonly title: string;
  readonly body: string;
  readonly branch: string;
  readonly base: string;
}

export function asRepository(row: RepositoryRow): Repository {
  return { forge: 'local', id: row.id, path: row.path, defaultBranch: row.default_branch };
}

export async function repositoryRow(database: LocalDatabase, id: string): Promise<RepositoryRow> {
  const row = await database.selectFrom('local_repositories').selectAll().where('id', '=', id).executeTakeFirst();
  if (row === undefined) throw wrong(`The local forge knows no repository with the id ${id}.`);
  return row;
}

/** The next number of the repository; issues and merge requests share them. */
export async function takeNumber(database: LocalDatabase, repositoryId: string): Promise<number> {
  const row = await database
    .updateTable('local_repositories')
    .set((set) => ({ next_number: set('next_number', '+', 1) }))
    .where('id', '=', repositoryId)
    .returning('next_number')
    .executeTakeFirstOrThrow();
  return row.next_number - 1;
}

export async function findIssue(
  database: LocalDatabase,
  repository: Repository,
  number: number,
): Promise<Issue | undefined> {
  const row = await database
    .selectFrom('local_issues')
    .selectAll()
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .executeTakeFirst();
  return row === undefined ? undefined : asIssue(repository, row);
}

function asIssue(repository: Repository, row: Selectable<LocalTables['local_issues']>): Issue {
  return {
    number: row.number,
    title: row.title,
    body: row.body,
    url: `fleet:${repository.path}#${row.number}`,
    author: asPerson(row.author_id, row.author_login),
  };
}

export async function findMergeRequest(
  database: LocalDatabase,
  repository: Repository,
  number: number,
): Promise<LocalMergeRequest | undefined> {
  const row = await database
    .selectFrom('local_merge_requests')
    .selectAll()
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .executeTakeFirst();
  if (row === undefined) return undefined;
  const { title, body, branch, base } = row;
  return { ...asMergeRequest(repository, row), title, body, branch, base };
}

/** The merge request; refuses a number that is none's. */
export async function mergeRequestAt(
  database: LocalDatabase,
  repository: Repository,
  number: number,
): Promise<LocalMergeRequest> {
  const mergeRequest = await findMergeRequest(database, repository, number);
  if (mergeRequest === undefined) throw wrong(`${repository.path} has no merge request ${number}.`);
  return mergeRequest;
}

export function asMergeRequest(
  repository: Repository,
  { number, state }: Pick<LocalMergeRequest, 'number' | 'state'>,
): MergeRequest {
  return { number, url: `fleet:${repository.path}!${number}`, state };
}

/** What stands below, oldest first; nothing of what was said at lines or in answer. */
export async function commentsOf(
  database: LocalDatabase,
  repository: Repository,
  number: number,
): Promise<readonly Comment[]> {
  const rows = await database
    .selectFrom('local_comments')
    .selectAll()
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .where('thread_id', 'is', null)
    .where('spot', 'is', null)
    .orderBy('seq')
    .execute();
  return rows.filter(({ body }) => body !== '').map(asComment);
}

export function asComment(row: Selectable<CommentRow>): Comment {
  return {
    id: row.id,
    author: asPerson(row.author_id, row.author_login),
    body: row.body,
    createdAtMs: Number(row.at_ms),
    byFleet: row.by_fleet,
  };
}

/** What the number stands for; refuses one that the repository does not have. */
export async function threadKind(
  database: LocalDatabase,
  repository: Repository,
  number: number,
): Promise<'issue' | 'mergeRequest'> {
  if ((await findIssue(database, repository, number)) !== undefined) return 'issue';
  if ((await findMergeRequest(database, repository, number)) !== undefined) return 'mergeRequest';
  throw wrong(`${repository.path} has no issue or merge request ${number}: \`fleet list\` shows what there is.`);
}

function asPerson(id: string, login: string): Person {
  return id === fleetItself.id ? fleetItself : { id, login, kind: 'person' };
}
