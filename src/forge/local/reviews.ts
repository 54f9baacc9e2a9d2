import type { Repository } from '../../domain/forge.js';
import type { ReviewState } from '../../domain/review.js';
import type { Reviews, ThreadAnswer } from '../../ports/review.js';
import { insertComment } from './comments.js';
import type { Desk } from './desk.js';
import { refused } from './git.js';
import { isConflicting, placeFor } from './heads.js';
import { asMergeRequest, findMergeRequest, fleetItself } from './records.js';
import { reviewedAt } from './reviewed.js';
import { followTo } from './spots.js';
import { commentRows, threadsOf, verdictsOf } from './threads.js';

/** The `Reviews` port over the local forge's tables and git. There is no CI here. */
export function createReviews(desk: Desk): Reviews {
  return {
    read: (repository, number) => readReview(desk, repository, number),
    answer: (repository, number, answer) => answerOnce(desk, { repository, number }, answer),
    resolve: async (repository, number, threads) => {
      if (threads.length === 0) return [];
      const rows = await desk.database
        .updateTable('local_comments')
        .set({ is_resolved: true })
        .where('repository_id', '=', repository.id)
        .where('number', '=', number)
        .where('id', 'in', threads)
        .where('thread_id', 'is', null)
        .returning('id')
        .execute();
      return rows.map(({ id }) => id);
    },
    rerun: async () => Promise.resolve(false),
    askAgain: async (repository, number, reviewers) => {
      if (reviewers.every(({ id }) => id !== desk.owner.id)) return;
      await desk.database
        .updateTable('local_merge_requests')
        .set({ reviewers: desk.owner.login })
        .where('repository_id', '=', repository.id)
        .where('number', '=', number)
        .execute();
    },
  };
}

/** The whole state; refuses one that is open and without its branch, for nothing can be done for it. */
async function readReview(desk: Desk, repository: Repository, number: number): Promise<ReviewState | undefined> {
  const mergeRequest = await findMergeRequest(desk.database, repository, number);
  if (mergeRequest === undefined) return undefined;
  const place = await placeFor(desk, repository);
  const { heads, rows, updatedAtMs } = await reviewedAt(desk, place, { repository, mergeRequest });
  const { head } = heads;
  if (head === undefined && mergeRequest.state === 'open') {
    throw refused(
      `The branch ${mergeRequest.branch} is no longer in ${place}: put it back and comment \`/fleet retry\`, or close the merge request.`,
    );
  }
  const conflict = await isConflicting(desk.options.git, heads);
  // Nobody needs the head of one that has ended.
  const headSha = head ?? '';
  return {
    mergeRequest: asMergeRequest(repository, mergeRequest),
    ...{ updatedAtMs, headSha },
    ...(conflict === undefined ? {} : { isConflicting: conflict }),
    threads: await threadsOf(rows, followTo(desk.options.git, place, headSha)),
    verdicts: verdictsOf(rows),
    ci: { sha: headSha, verdict: 'none', red: [] },
  };
}

async function answerOnce(
  { options, database }: Desk,
  { repository, number }: { readonly repository: Repository; readonly number: number },
  { thread, marker, body }: ThreadAnswer,
): Promise<'answered' | 'gone'> {
  return database.transaction().execute(async (transaction) => {
    // Two orders for one answer stand in line behind the thread's first comment.
    const begun = await transaction
      .selectFrom('local_comments')
      .select('id')
      .where('repository_id', '=', repository.id)
      .where('number', '=', number)
      .where('id', '=', thread)
      .where('thread_id', 'is', null)
      .forUpdate()
      .executeTakeFirst();
    if (begun === undefined) return 'gone';
    const said = await commentRows(transaction, repository, number);
    const isThere = said.some((row) => row.thread_id === thread && row.by_fleet && row.body.includes(marker));
    if (!isThere) {
      const answer = { by: fleetItself, body: `${marker}\n${body}`, thread };
      await insertComment(options, transaction, { repository, number }, answer);
    }
    return 'answered';
  });
}
