import type { Repository } from '../../domain/forge.js';
import type { ReviewState } from '../../domain/review.js';
import type { Glance } from '../../ports/lookout.js';
import type { Desk } from './desk.js';
import { headsIn, isConflicting, placeFor, type Heads } from './heads.js';
import { findMergeRequest, mergeRequestAt, type LocalMergeRequest } from './records.js';
import { followTo } from './spots.js';
import { commentRows, threadsOf, verdictsOf, type Row } from './threads.js';

/** What git and the tables hold about a merge request. */
export interface Reviewed {
  readonly heads: Heads;
  /** All that was said, oldest first. */
  readonly rows: readonly Row[];
  /** When somebody last said something; 0 while nobody has. */
  readonly updatedAtMs: number;
}

/** `place`: the folder that git can be asked in. */
export async function reviewedAt(
  { options, database }: Desk,
  place: string,
  { repository, mergeRequest }: { readonly repository: Repository; readonly mergeRequest: LocalMergeRequest },
): Promise<Reviewed> {
  const heads = await headsIn(options.git, place, mergeRequest);
  const rows = await commentRows(database, repository, mergeRequest.number);
  return { heads, rows, updatedAtMs: Math.max(0, ...rows.map((row) => Number(row.at_ms))) };
}

/** What was said about a merge request. */
export type Said = Pick<ReviewState, 'threads' | 'verdicts'>;

/** What was said, also where the branch is gone; refuses a number that is no merge request's. */
export async function saidAbout(desk: Desk, repository: Repository, number: number): Promise<Said> {
  const mergeRequest = await mergeRequestAt(desk.database, repository, number);
  const place = await placeFor(desk, repository);
  const { heads, rows } = await reviewedAt(desk, place, { repository, mergeRequest });
  const follow = followTo(desk.options.git, place, heads.head ?? '');
  return { threads: await threadsOf(rows, follow), verdicts: verdictsOf(rows) };
}

/** Of merge requests that are open and still have their branch. */
export async function glancesAt(
  desk: Desk,
  repository: Repository,
  numbers: readonly number[],
): Promise<readonly Glance[]> {
  const glances: Glance[] = [];
  const place = numbers.length === 0 ? '' : await placeFor(desk, repository);
  for (const number of numbers) {
    const mergeRequest = await findMergeRequest(desk.database, repository, number);
    if (mergeRequest?.state !== 'open') continue;
    const { heads, updatedAtMs } = await reviewedAt(desk, place, { repository, mergeRequest });
    if (heads.head === undefined) continue;
    const conflict = await isConflicting(desk.options.git, heads);
    glances.push({
      ...{ number, updatedAtMs, headSha: heads.head, ci: 'none' },
      ...(conflict === undefined ? {} : { isConflicting: conflict }),
    });
  }
  return glances;
}
