import type { MergeRequest, Person, Repository } from '../../domain/forge.js';
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
  const known = order.knownNumber === undefined ? undefined : await readOpen(client, repository, order.knownNumber);
  const found = known ?? (await findOpen(client, repository, order.branch));
  const pull = found ?? (await create(client, repository, order));
  const { title, body } = order;
  if (pull.title !== title || (pull.body ?? '') !== body) {
    await client.call(repository, `merge request #${pull.number}`, (octokit) =>
      octokit.rest.pulls.update({ ...ownerAndName(repository), pull_number: pull.number, title, body }),
    );
  }
  const asked = new Set(pull.requested_reviewers?.map(({ login }) => login));
  const missing = order.reviewers.filter(({ login }) => !asked.has(login));
  await askForReview(client, repository, pull.number, missing);
  return toMergeRequest(pull);
}

/** A merge request in whatever state, or undefined. */
export async function mergeRequest(
  client: Client,
  repository: Repository,
  number: number,
): Promise<MergeRequest | undefined> {
  const pull = await readPull(client, repository, number);
  return pull === undefined ? undefined : toMergeRequest(pull);
}

async function readPull(client: Client, repository: Repository, number: number): Promise<Pull | undefined> {
  const answer = await unlessMissing(
    client.call(repository, `merge request #${number}`, (octokit) =>
      octokit.rest.pulls.get({ ...ownerAndName(repository), pull_number: number }),
    ),
  );
  return answer?.data;
}

/** Looked at before it is written: GitHub takes a new text for a closed one as well. */
async function readOpen(client: Client, repository: Repository, number: number): Promise<Pull | undefined> {
  const pull = await readPull(client, repository, number);
  return pull?.state === 'open' ? pull : undefined;
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
export async function askForReview(
  client: Client,
  repository: Repository,
  number: number,
  people: readonly Person[],
): Promise<void> {
  const reviewers = people.flatMap(({ kind, login }) => (kind === 'person' ? [login] : []));
  if (reviewers.length === 0) return;
  try {
    await client.call(repository, `the reviewers of #${number}`, (octokit) =>
      octokit.rest.pulls.requestReviewers({ ...ownerAndName(repository), pull_number: number, reviewers }),
    );
  } catch (error) {
    const status = statusOf(error);
    // One who cannot be asked spoils it for all.
    if (status === 422 && people.length > 1) {
      for (const each of people) await askForReview(client, repository, number, [each]);
      return;
    }
    client.log[status === 422 ? 'info' : 'warn'](
      { repository: repository.path, number, status },
      'reviewers not asked',
    );
  }
}

function toMergeRequest(pull: Pull): MergeRequest {
  const ended = pull.merged_at === null ? 'closed' : 'merged';
  return { number: pull.number, url: pull.html_url, state: pull.state === 'open' ? 'open' : ended };
}
