import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { Ending, LookOrder } from '../../ports/lookout.js';
import type { Client } from './client.js';
import { readLabelEvents } from './labelling.js';
import { toMergeRequest } from './merge-requests.js';
import { issueSchema, listedMergeRequestSchema } from './review-schema.js';
import { toPerson, unnamed } from './shapes.js';

/** A merge request of a list. */
export type Listed = z.infer<typeof listedMergeRequestSchema>;

/** Issues or merge requests that are asked about in one call. */
const batch = 100;

/** Merge requests by number in whatever state, in the order in which they were asked about. */
export async function readMergeRequests(
  client: Client,
  repository: Repository,
  numbers: readonly number[],
): Promise<readonly Listed[]> {
  const found = await inBatches(numbers, async (iids) =>
    client.call(repository, 'the merge requests', ({ MergeRequests }, projectId) =>
      // GitLab looks again whether they conflict where the base has moved; the next look sees it.
      MergeRequests.all({ projectId, iids, perPage: batch, maxPages: 1, withMergeStatusRecheck: true }),
    ),
  );
  return inOrder(numbers, z.array(listedMergeRequestSchema).parse(found));
}

/** What became of a merge request that is not open any more. */
export function mergeRequestEnding(found: Listed): readonly Ending[] {
  const { iid: number, merge_user: mergedBy, merged_at: mergedAt, closed_by: closedBy, closed_at: closedAt } = found;
  switch (toMergeRequest(found).state) {
    case 'open':
      return [];
    case 'merged':
      return [{ kind: 'mergeRequestMerged', number, ...done(mergedBy, mergedAt ?? found.updated_at) }];
    case 'closed':
      return [{ kind: 'mergeRequestClosed', number, ...done(closedBy, closedAt ?? found.updated_at) }];
  }
}

/** Of the issues that are asked about: those that are closed, or lost the label. */
export async function issueEndings(
  client: Client,
  repository: Repository,
  order: LookOrder,
): Promise<readonly Ending[]> {
  const found = await inBatches(order.issues, async (iids) =>
    client.call(repository, 'the issues', ({ Issues }, projectId) =>
      Issues.all({ projectId, iids, perPage: batch, maxPages: 1 }),
    ),
  );
  const endings: Ending[] = [];
  for (const issue of inOrder(order.issues, z.array(issueSchema).parse(found))) {
    endings.push(...(await issueEnding(client, repository, issue, order.label)));
  }
  return endings;
}

async function issueEnding(
  client: Client,
  repository: Repository,
  issue: z.infer<typeof issueSchema>,
  label: string,
): Promise<readonly Ending[]> {
  const { iid: number, state, labels, closed_by: by, closed_at: atMs, updated_at: updatedAtMs } = issue;
  if (state === 'closed') return [{ kind: 'issueClosed', number, ...done(by, atMs ?? updatedAtMs) }];
  if (labels.includes(label)) return [];
  const events = await readLabelEvents(client, repository, number);
  const off = events.findLast((event) => event.action === 'remove' && event.label?.name === label);
  return off === undefined ? [] : [{ kind: 'issueUnlabelled', number, ...done(off.user, off.created_at) }];
}

type User = z.infer<typeof issueSchema>['author'];

function done(user: User | null | undefined, atMs: number): Pick<Ending, 'by' | 'atMs'> {
  return { by: user == null ? unnamed : toPerson(user), atMs };
}

async function inBatches<T>(
  numbers: readonly number[],
  read: (numbers: number[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const found: T[] = [];
  for (let from = 0; from < numbers.length; from += batch)
    found.push(...(await read(numbers.slice(from, from + batch))));
  return found;
}

function inOrder<T extends { readonly iid: number }>(numbers: readonly number[], found: readonly T[]): readonly T[] {
  return numbers.flatMap((number) => found.find(({ iid }) => iid === number) ?? []);
}
