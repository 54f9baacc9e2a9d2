import type { Selectable } from 'kysely';
import type { Repository } from '../../domain/forge.js';
import type { ReviewVerdict, Thread, ThreadComment } from '../../domain/review.js';
import { asComment } from './records.js';
import type { FollowLines, Lines } from './spots.js';
import { suggestionsIn } from './suggestions.js';
import type { CommentRow, LocalDatabase, Spot } from './tables.js';

/** A comment as it is kept. */
export type Row = Selectable<CommentRow>;

/** Comments that a thread gives at most: the last ones. */
const mostComments = 100;

/** Everything that was said about a merge request, oldest first. */
export async function commentRows(
  database: LocalDatabase,
  repository: Repository,
  number: number,
): Promise<readonly Row[]> {
  return database
    .selectFrom('local_comments')
    .selectAll()
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .orderBy('seq')
    .execute();
}

/** The threads that were begun, each with its answers. A verdict without text is none. */
export async function threadsOf(rows: readonly Row[], follow: FollowLines): Promise<readonly Thread[]> {
  const begun = rows.filter((row) => row.thread_id === null && row.body !== '');
  return Promise.all(begun.map((first) => threadOf(first, rows, follow)));
}

async function threadOf(first: Row, all: readonly Row[], follow: FollowLines): Promise<Thread> {
  const rows = all.filter((row) => row === first || row.thread_id === first.id);
  const { id, spot, verdict, is_resolved: isResolved } = first;
  const lines = spot?.side === 'new' ? await follow(spot) : undefined;
  return {
    id,
    kind: spot !== null ? 'inline' : verdict === null ? 'comment' : 'review',
    ...(spot === null ? {} : { place: placeAt(spot, lines) }),
    ...{ isResolved, canResolve: true, isThreaded: true },
    comments: rows.slice(-mostComments).map((row) => threadComment(row, spot?.path, lines)),
  };
}

function placeAt({ path, side }: Spot, lines: Lines | undefined): NonNullable<Thread['place']> {
  return lines === undefined ? { path, isOutdated: side === 'new' } : { path, line: lines.line, isOutdated: false };
}

function threadComment(row: Row, path: string | undefined, lines: Lines | undefined): ThreadComment {
  const isAtLines = path !== undefined && lines !== undefined;
  return {
    ...asComment(row),
    suggestions: isAtLines ? suggestionsIn(row.body, { path, fromLine: lines.fromLine, toLine: lines.line }) : [],
  };
}

/** The last verdict of each person. */
export function verdictsOf(rows: readonly Row[]): readonly ReviewVerdict[] {
  const last = new Map<string, ReviewVerdict>();
  for (const row of rows) {
    if (row.verdict !== 'approve' && row.verdict !== 'requestChanges') continue;
    const { id, author: by, createdAtMs: atMs } = asComment(row);
    last.set(by.id, { id, by, kind: row.verdict === 'approve' ? 'approved' : 'changesRequested', atMs });
  }
  return [...last.values()];
}
