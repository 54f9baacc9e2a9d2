import type { Repository } from '../../domain/forge.js';
import type { MarkedComment } from '../../ports/forge.js';
import type { LocalForgeOptions } from './options.js';
import { commentsOf, fleetItself, threadKind } from './records.js';
import type { LocalDatabase } from './tables.js';

/** Makes or edits the one comment of Fleet's with this marker, and removes later doubles. */
export async function ensureComment(
  { clock, ids }: LocalForgeOptions,
  database: LocalDatabase,
  { repository, number }: { readonly repository: Repository; readonly number: number },
  comment: MarkedComment,
): Promise<{ readonly id: string }> {
  const body = `${comment.marker}\n${comment.body}`;
  return database.transaction().execute(async (transaction) => {
    await threadKind(transaction, repository, number);
    const all = await commentsOf(transaction, repository, number);
    const [known, ...doubles] = all.filter((each) => each.byFleet && each.body.includes(comment.find));
    for (const { id } of doubles) await transaction.deleteFrom('local_comments').where('id', '=', id).execute();
    if (known !== undefined) {
      await transaction.updateTable('local_comments').set({ body }).where('id', '=', known.id).execute();
      return { id: known.id };
    }
    const id = ids.next();
    await transaction
      .insertInto('local_comments')
      .values({
        ...{ id, repository_id: repository.id, number, body, at_ms: clock.nowMs(), by_fleet: true, verdict: null },
        ...{ author_id: fleetItself.id, author_login: fleetItself.login },
      })
      .execute();
    return { id };
  });
}
