import type { Person, Repository } from '../../domain/forge.js';
import type { MarkedComment } from '../../ports/forge.js';
import type { LocalForgeOptions } from './options.js';
import { commentsOf, fleetItself, threadKind } from './records.js';
import type { CommentRow, LocalDatabase, Spot } from './tables.js';

/** An issue or merge request. */
interface Place {
  readonly repository: Repository;
  readonly number: number;
}

/** A comment that is to be written; where it stands follows from what is given. */
export interface NewComment {
  readonly by: Person;
  readonly body: string;
  readonly verdict?: CommentRow['verdict'];
  /** The comment that it answers. */
  readonly thread?: string;
  readonly spot?: Spot;
}

/** Writes a comment; its id. */
export async function insertComment(
  { clock, ids }: LocalForgeOptions,
  database: LocalDatabase,
  { repository, number }: Place,
  { by, body, verdict = null, thread, spot }: NewComment,
): Promise<string> {
  const id = ids.next();
  await database
    .insertInto('local_comments')
    .values({
      ...{ id, repository_id: repository.id, number, body, at_ms: clock.nowMs(), by_fleet: by.id === fleetItself.id },
      ...{ author_id: by.id, author_login: by.login, verdict, thread_id: thread ?? null },
      spot: spot === undefined ? null : JSON.stringify(spot),
    })
    .execute();
  return id;
}

/** Makes or edits the one comment of Fleet's with this marker, and removes later doubles. */
export async function ensureComment(
  options: LocalForgeOptions,
  database: LocalDatabase,
  place: Place,
  comment: MarkedComment,
): Promise<{ readonly id: string }> {
  const body = `${comment.marker}\n${comment.body}`;
  return database.transaction().execute(async (transaction) => {
    await threadKind(transaction, place.repository, place.number);
    const all = await commentsOf(transaction, place.repository, place.number);
    const [known, ...doubles] = all.filter((each) => each.byFleet && each.body.includes(comment.find));
    for (const { id } of doubles) await transaction.deleteFrom('local_comments').where('id', '=', id).execute();
    if (known === undefined) return { id: await insertComment(options, transaction, place, { by: fleetItself, body }) };
    await transaction.updateTable('local_comments').set({ body }).where('id', '=', known.id).execute();
    return { id: known.id };
  });
}
