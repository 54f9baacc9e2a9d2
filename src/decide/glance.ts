import type { Run } from '../domain/run.js';
import type { Asked, CiVerdict } from '../domain/review.js';

/** What one look at many merge requests tells of one. */
export interface Seen {
  readonly updatedAtMs: number;
  readonly headSha: string;
  readonly isConflicting?: boolean;
  readonly ci: CiVerdict;
}

/** True when the merge request is worth reading: it was never read, or something is not as it was then. */
export function isNews({ phase, review, asked }: Run, seen: Seen): boolean {
  if (phase.name !== 'inReview' || phase.settling !== undefined) return false;
  if (isOwed(asked)) return true;
  if (review?.updatedAtMs !== seen.updatedAtMs || review.headSha !== seen.headSha) return true;
  const isRed = seen.ci === 'red' && (review.ci.verdict !== 'red' || review.ci.sha !== seen.headSha);
  return isRed || (seen.isConflicting === true && review.isConflicting !== true);
}

/** What was asked for on the issue does not show on the merge request; it was to be read, and that failed. */
function isOwed(asked: Asked | undefined): boolean {
  return asked !== undefined && (asked.update || asked.demands.length > 0);
}
