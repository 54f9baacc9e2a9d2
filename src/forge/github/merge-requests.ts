import type { MergeRequest, Repository } from '../../domain/forge.js';
import type { MergeRequestOrder } from '../../ports/forge.js';
import type { Client } from './client.js';
import { isOutcomeUnknown, statusOf, unlessMissing } from './errors.js';
import { ownerAndName } from './shapes.js';

/** A pull request, as far as Fleet looks at one; listed and single ones have this in common. */
interface Pull {
  readonly number: number;
  readonly html_url: string;
  readonly title: string;
  readonly body: string | null;
  readonly state: string;
  readonly merged_at: string | null;
  readonly requested_reviewers?: readonly { readonly login: string }[] | null;
}

/** One open merge request per branch: found and brought up to date, else created; then review is asked for. */
export async function ensureMergeRequest(
  client: Client,
  repository: Repository,
  order: MergeRequestOrder,
): Promise<MergeRequest> {
  const found = await findOpen(client, repository, order.branch);
  const pull = found ?? (await create(client, repository, order));
  const { title, body } = order;
  if (pull.title !== title || (pull.body ?? '') !== body) {
    await client.call(repository, `merge request #${pull.number}`, (octokit) =>
      octokit.rest.pulls.update({ ...ownerAndName(repository), pull_number: pull.number, title, body }),
    );
  }
  await askForReview(client, repository, pull, order);
  return toMergeRequest(pull);
}

/** A merge request in whatever state, or undefined. */
export async function mergeRequest(
  client: Client,
  repository: Repository,
  number: number,
): Promise<MergeRequest | undefined> {
  const answer = await unlessMissing(
    client.call(repository, `merge request #${number}`, (octokit) =>
      octokit.rest.pulls.get({ ...ownerAndName(repository), pull_number: number }),
    ),
  );
  return answer === undefined ? undefined : toMergeRequest(answer.data);
}

/** By listing: the search index lags. */
async function findOpen(client: Client, repository: Repository, branch: string): Promise<Pull | undefined> {
  const { owner, repo } = ownerAndName(repository);
  const { data } = await client.call(repository, `the merge requests from ${branch}`, (octokit) =>
    octokit.rest.pulls.list({ owner, repo, head: `${owner}:${branch}`, state: 'open' }),
  );
  return data[0];
}

/** Refused because it is already there, or an answer that was lost: both count as success once it is found. */
async function create(client: Client, repository: Repository, order: MergeRequestOrder): Promise<Pull> {
  const { branch: head, base, title, body, draft } = order;
  try {
    const { data } = await client.call(repository, `a new merge request from ${head}`, (octokit) =>
      octokit.rest.pulls.create({ ...ownerAndName(repository), head, base, title, body, draft }),
    );
    return data;
  } catch (error) {
    if (!isOutcomeUnknown(error) && statusOf(error) !== 422) throw error;
    const made = await findOpen(client, repository, head);
    if (made === undefined) throw error;
    return made;
  }
}

/** Best effort, in one call: a merge request without its reviewers is still delivered. */
async function askForReview(
  client: Client,
  repository: Repository,
  pull: Pull,
  { reviewers }: MergeRequestOrder,
): Promise<void> {
  const asked = new Set(pull.requested_reviewers?.map(({ login }) => login));
  const missing = reviewers.flatMap(({ kind, login }) => (kind === 'person' && !asked.has(login) ? [login] : []));
  if (missing.length === 0) return;
  try {
    await client.call(repository, `the reviewers of #${pull.number}`, (octokit) =>
      octokit.rest.pulls.requestReviewers({
        ...ownerAndName(repository),
        pull_number: pull.number,
        reviewers: missing,
      }),
    );
  } catch (error) {
    const level = statusOf(error) === 422 ? 'info' : 'warn';
    client.log[level](
      { repository: repository.path, number: pull.number, status: statusOf(error) },
      'reviewers not asked',
    );
  }
}

function toMergeRequest(pull: Pull): MergeRequest {
  const ended = pull.merged_at === null ? 'closed' : 'merged';
  return { number: pull.number, url: pull.html_url, state: pull.state === 'open' ? 'open' : ended };
}
