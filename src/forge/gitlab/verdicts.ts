import type { z } from 'zod';
import type { ReviewVerdict } from '../../domain/review.js';
import type { Discussion } from './discussions.js';
import type { reviewerSchema } from './review-schema.js';
import { toPerson } from './shapes.js';

export type Reviewer = z.infer<typeof reviewerSchema>;

type Kind = ReviewVerdict['kind'] | 'none';

/** What GitLab notes in the name of who gave or took back a verdict: always in English, and in no other way with a time. */
const noted: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['approved this merge request', 'approved'],
  ['requested changes', 'changesRequested'],
  ['unapproved this merge request', 'none'],
]);

/** States of reviewers that are verdicts; all others leave the last one standing. */
const states: ReadonlyMap<string, Kind> = new Map<string, Kind>([
  ['approved', 'approved'],
  ['requested_changes', 'changesRequested'],
  ['unapproved', 'none'],
]);

/** Of reviewers as their state says, of everybody else as it was noted. */
export function toVerdicts(
  reviewers: readonly Reviewer[],
  discussions: readonly Discussion[],
): readonly ReviewVerdict[] {
  const last = new Map<number, { readonly user: Reviewer['user']; readonly kind: Kind; readonly atMs: number }>();
  for (const { system, body, author, created_at: atMs } of discussions.flatMap(({ notes }) => notes)) {
    const kind = system ? noted.get(body.trim()) : undefined;
    if (kind !== undefined) last.set(author.id, { user: author, kind, atMs });
  }
  for (const { user, state, created_at: askedAtMs } of reviewers) {
    const kind = states.get(state);
    // Older GitLabs do not note everything; then all that is known is when the review was asked for.
    if (kind !== undefined && last.get(user.id)?.kind !== kind) last.set(user.id, { user, kind, atMs: askedAtMs });
  }
  return [...last.values()].flatMap(({ user, kind, atMs }) =>
    kind === 'none' ? [] : [{ id: `${user.id}-${kind}-${atMs}`, by: toPerson(user), kind, atMs }],
  );
}
