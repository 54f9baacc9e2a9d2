import { setTimeout as delay } from 'node:timers/promises';
import type { MergeRequest, Repository } from '../../domain/forge.js';
import type { MergeRequestOrder } from '../../ports/forge.js';
import { secondLookMs, type Client } from './client.js';
import { isOutcomeUnknown, statusOf, unlessMissing } from './errors.js';

/** GitLab's merge request, as far as Fleet looks at one. */
interface Found {
  readonly iid: number;
  readonly web_url: string;
  readonly title: string;
  readonly description: string | null;
  readonly state: string;
  readonly reviewers: readonly { readonly id: number }[] | null;
}

/** One open merge request per branch: found and brought up to date, else created; reviewers are asked with it. */
export async function ensureMergeRequest(
  client: Client,
  repository: Repository,
  order: MergeRequestOrder,
): Promise<MergeRequest> {
  const found = (await editKnown(client, repository, order)) ?? (await findOpen(client, repository, order.branch));
  const made = found ?? (await create(client, repository, order));
  await bringUpToDate(client, repository, made, order);
  return toMergeRequest(made);
}

/** A merge request in whatever state, or undefined. */
export async function mergeRequest(
  client: Client,
  repository: Repository,
  number: number,
): Promise<MergeRequest | undefined> {
  const found = await unlessMissing(
    client.call(repository, `merge request !${number}`, ({ MergeRequests }, projectId) =>
      MergeRequests.show(projectId, number),
    ),
  );
  return found === undefined ? undefined : toMergeRequest(found);
}

/**
 * Written without a look: the answer tells whether it is open. One that has ended in this very moment is left with the
 * new text.
 */
async function editKnown(client: Client, repository: Repository, order: MergeRequestOrder): Promise<Found | undefined> {
  const { knownNumber: number, body: description } = order;
  if (number === undefined) return undefined;
  const edited = await unlessMissing(edit(client, repository, number, { title: titleOf(order), description }));
  return edited !== undefined && toMergeRequest(edited).state === 'open' ? edited : undefined;
}

async function findOpen(client: Client, repository: Repository, sourceBranch: string): Promise<Found | undefined> {
  const [found] = await client.call(
    repository,
    `the merge requests from ${sourceBranch}`,
    ({ MergeRequests }, projectId) => MergeRequests.all({ projectId, sourceBranch, state: 'opened' }),
  );
  return found;
}

/** Refused because it is already there, or an answer that was lost: both count as success once it is found. */
async function create(client: Client, repository: Repository, order: MergeRequestOrder): Promise<Found> {
  try {
    return await createOnce(client, repository, order);
  } catch (error) {
    const mayBeEarly = [400, 409].includes(statusOf(error) ?? 0);
    if (!isOutcomeUnknown(error) && !mayBeEarly) throw error;
    const made = await findOpen(client, repository, order.branch);
    if (made !== undefined) return made;
    if (!mayBeEarly) throw error;
    // Right after a push GitLab may not know the branch yet.
    await delay(secondLookMs);
    return createOnce(client, repository, order);
  }
}

async function createOnce(client: Client, repository: Repository, order: MergeRequestOrder): Promise<Found> {
  const { branch, base, body: description } = order;
  const made = await client.call(repository, `a new merge request from ${branch}`, (api, projectId) =>
    api.MergeRequests.create(projectId, branch, base, titleOf(order), { description, reviewerIds: reviewersOf(order) }),
  );
  return made;
}

async function bringUpToDate(
  client: Client,
  repository: Repository,
  found: Found,
  order: MergeRequestOrder,
): Promise<void> {
  const [title, description] = [titleOf(order), order.body];
  const asked = (found.reviewers ?? []).map(({ id }) => id);
  const missing = reviewersOf(order).filter((id) => !asked.includes(id));
  const texts = found.title === title && (found.description ?? '') === description ? {} : { title, description };
  // GitLab leaves out whoever may not see the project, without a word, so a refused reviewer is asked for once more at most.
  const reviewers = missing.length === 0 ? {} : { reviewerIds: [...asked, ...missing] };
  const changes = { ...texts, ...reviewers };
  if (Object.keys(changes).length === 0) return;
  await edit(client, repository, found.iid, changes);
}

interface Changes {
  readonly title?: string;
  readonly description?: string;
  readonly reviewerIds?: number[];
}

function edit(client: Client, repository: Repository, number: number, changes: Changes): Promise<Found> {
  return client.call(repository, `merge request !${number}`, ({ MergeRequests }, projectId) =>
    MergeRequests.edit(projectId, number, changes),
  );
}

/** The title makes a draft of it on GitLab, so a title that begins with the word by chance must not. */
function titleOf({ title, draft }: MergeRequestOrder): string {
  return draft ? `Draft: ${title}` : title.replace(/^(?=\s*[[(]?draft)/i, '\u200b');
}

function reviewersOf({ reviewers }: MergeRequestOrder): number[] {
  return reviewers.filter(({ kind }) => kind === 'person').map(({ id }) => Number(id));
}

/** GitLab's merge request in Fleet's words. */
export function toMergeRequest({ iid, web_url: url, state }: Pick<Found, 'iid' | 'web_url' | 'state'>): MergeRequest {
  const ended = state === 'merged' ? 'merged' : 'closed';
  // `locked`: it is being merged at this moment.
  return { number: iid, url, state: state === 'opened' || state === 'locked' ? 'open' : ended };
}

/** Whether it conflicts with its base; empty while GitLab has not looked since either of them moved. */
export function conflictOf(found: {
  readonly has_conflicts?: boolean | null | undefined;
  readonly detailed_merge_status?: string | null | undefined;
}): { readonly isConflicting?: boolean } {
  const { has_conflicts: isConflicting, detailed_merge_status: status } = found;
  const isLooking = ['unchecked', 'checking', 'preparing'].includes(status ?? '');
  return isLooking || isConflicting == null ? {} : { isConflicting };
}
