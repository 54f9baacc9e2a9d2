import type { z } from 'zod';
import type { ReviewVerdict } from '../../domain/review.js';
import { reviewCommentId, type reviewNode } from './threads.js';

const kinds: ReadonlyMap<string, ReviewVerdict['kind'] | 'none'> = new Map([
  ['APPROVED', 'approved'],
  ['CHANGES_REQUESTED', 'changesRequested'],
  ['DISMISSED', 'none'],
]);

/** The last verdict of each reviewer, from their reviews, oldest first; a dismissed one leaves none. */
export function lastVerdicts(reviews: readonly z.output<typeof reviewNode>[]): readonly ReviewVerdict[] {
  const last = new Map<string, ReviewVerdict | undefined>();
  for (const { fullDatabaseId, author: by, state, submittedAt: atMs } of reviews) {
    const kind = kinds.get(state);
    if (kind === undefined || atMs === null) continue;
    last.set(by.id, kind === 'none' ? undefined : { id: reviewCommentId(fullDatabaseId), by, kind, atMs });
  }
  return [...last.values()].filter((each) => each !== undefined);
}
