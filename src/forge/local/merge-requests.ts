import type { MergeRequest, Person, Repository } from '../../domain/forge.js';
import type { MergeRequestOrder } from '../../ports/forge.js';
import { commitAt, refused } from './git.js';
import type { LocalForgeOptions } from './options.js';
import { asMergeRequest, repositoryRow, takeNumber } from './records.js';
import { placeOf } from './remote.js';
import type { LocalDatabase } from './tables.js';

/** Opens the merge request of a branch, or brings the open one up to date; only people with write access are asked for review. */
export async function ensureMergeRequest(
  options: LocalForgeOptions,
  { database, owner }: { readonly database: LocalDatabase; readonly owner: Person },
  repository: Repository,
  order: MergeRequestOrder,
): Promise<MergeRequest> {
  await refuseWithoutBranch(options, database, repository, order);
  const { branch, base, title, body, draft } = order;
  const reviewers = order.reviewers.some(({ id }) => id === owner.id) ? owner.login : '';
  return database.transaction().execute(async (transaction) => {
    // Two orders for one branch stand in line behind the repository's row.
    await transaction
      .selectFrom('local_repositories')
      .select('id')
      .where('id', '=', repository.id)
      .forUpdate()
      .execute();
    const open = await transaction
      .updateTable('local_merge_requests')
      .set({ base, title, body, draft, reviewers })
      .where('repository_id', '=', repository.id)
      .where('branch', '=', branch)
      .where('state', '=', 'open')
      .returningAll()
      .executeTakeFirst();
    if (open !== undefined) return asMergeRequest(repository, open);
    const number = await takeNumber(transaction, repository.id);
    const made = await transaction
      .insertInto('local_merge_requests')
      .values({
        ...{ repository_id: repository.id, number, branch, base, title, body, draft, reviewers },
        ...{ state: 'open', at_ms: options.clock.nowMs() },
      })
      .returningAll()
      .executeTakeFirstOrThrow();
    return asMergeRequest(repository, made);
  });
}

async function refuseWithoutBranch(
  options: LocalForgeOptions,
  database: LocalDatabase,
  repository: Repository,
  { branch }: MergeRequestOrder,
): Promise<void> {
  const row = await repositoryRow(database, repository.id);
  // What was pushed to a URL is not here to be looked at.
  if (row.push) return;
  const place = placeOf(options, row);
  if ((await commitAt(options.git, place, `refs/heads/${branch}`)) !== undefined) return;
  throw refused(`The branch ${branch} is not in ${place}, so there is nothing to open a merge request for.`);
}
