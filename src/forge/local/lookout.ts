import type { Repository } from '../../domain/forge.js';
import type { Ending, Lookout, LookOrder } from '../../ports/lookout.js';
import { personOf, type Desk } from './desk.js';
import { asRepository, findIssue } from './records.js';
import { glancesAt } from './reviewed.js';

/** What the local forge's tables say. Its deliveries cannot be lost, so who closed what and when is not kept: it counts as the owner, now. */
export function createLookout(desk: Desk): Lookout {
  const { database } = desk;
  return {
    repositories: async () => {
      const rows = await database.selectFrom('local_repositories').selectAll().orderBy('path').execute();
      return rows.map(asRepository);
    },
    look: async (repository, order) => ({
      labelled: await labelled(desk, repository, order.label),
      endings: [
        ...(await closedIssues(desk, repository, order)),
        ...(await endedMergeRequests(desk, repository, order)),
      ],
      glances: await glancesAt(desk, repository, order.mergeRequests),
      memo: { mark: '', open: [] },
    }),
    labelling: async (repository, number, label) => {
      const row = await database
        .selectFrom('local_labels')
        .selectAll()
        .where('repository_id', '=', repository.id)
        .where('number', '=', number)
        .where('label', '=', label)
        .executeTakeFirst();
      const issue = await findIssue(database, repository, number);
      if (issue === undefined || row?.by_login == null || row.at_ms === null) return undefined;
      // Nobody can edit an issue here.
      return { issue, by: personOf(desk, row.by_login), atMs: Number(row.at_ms), edits: [] };
    },
  };
}

async function labelled({ database }: Desk, repository: Repository, label: string) {
  const rows = await database
    .selectFrom('local_issues')
    .innerJoin('local_labels', (join) =>
      join
        .onRef('local_labels.number', '=', 'local_issues.number')
        .onRef('local_labels.repository_id', '=', 'local_issues.repository_id'),
    )
    .select(['local_issues.number', 'local_labels.at_ms'])
    .where('local_issues.repository_id', '=', repository.id)
    .where('local_issues.state', '=', 'open')
    .where('local_labels.label', '=', label)
    .orderBy('local_labels.at_ms', 'desc')
    .limit(300)
    .execute();
  return rows.map(({ number, at_ms: atMs }) => ({ number, updatedAtMs: Number(atMs ?? 0) }));
}

async function closedIssues(desk: Desk, repository: Repository, { issues }: LookOrder): Promise<readonly Ending[]> {
  if (issues.length === 0) return [];
  const rows = await desk.database
    .selectFrom('local_issues')
    .select('number')
    .where('repository_id', '=', repository.id)
    .where('number', 'in', issues)
    .where('state', '=', 'closed')
    .execute();
  return rows.map(({ number }) => ({ kind: 'issueClosed', number, ...unknown(desk) }));
}

async function endedMergeRequests(
  desk: Desk,
  repository: Repository,
  { mergeRequests }: LookOrder,
): Promise<readonly Ending[]> {
  if (mergeRequests.length === 0) return [];
  const rows = await desk.database
    .selectFrom('local_merge_requests')
    .select(['number', 'state'])
    .where('repository_id', '=', repository.id)
    .where('number', 'in', mergeRequests)
    .where('state', '!=', 'open')
    .execute();
  return rows.map(({ number, state }) => ({
    kind: state === 'merged' ? 'mergeRequestMerged' : 'mergeRequestClosed',
    number,
    ...unknown(desk),
  }));
}

function unknown(desk: Desk): Pick<Ending, 'by' | 'atMs'> {
  return { by: personOf(desk), atMs: desk.options.clock.nowMs() };
}
