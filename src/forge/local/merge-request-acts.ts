import type { ForgeEvent, Sighting } from '../../domain/forge.js';
import { sighting, type Act, type Desk } from './desk.js';
import { refused, wrong } from './git.js';
import { headsIn, placeFor } from './heads.js';
import { closedIssue } from './issue-acts.js';
import { mergeOnDisk } from './merge.js';
import { mergeRequestAt, repositoryRow } from './records.js';
import type { LocalDatabase } from './tables.js';

/** Merges on disk, records it, and closes the issues that the text names with `Closes #n`. */
export async function merge(desk: Desk, act: Act): Promise<void> {
  const { repository, number } = act;
  const mergeRequest = await mergeRequestAt(desk.database, repository, number);
  if (mergeRequest.state !== 'open') throw wrong(`${repository.path}!${number} is ${mergeRequest.state} already.`);
  await mergeOnDisk(desk.options, await repositoryRow(desk.database, repository.id), mergeRequest);
  const seen = sighting(desk, act);
  await desk.deliveries.act(async (transaction) => {
    const events = [...(await ended(transaction, act, seen, 'merged'))];
    for (const [, closes] of mergeRequest.body.matchAll(/\bCloses #(\d+)/g)) {
      events.push(...(await closedIssue(transaction, { repository, number: Number(closes) }, seen)));
    }
    return { result: undefined, events };
  });
}

export async function closeMergeRequest(desk: Desk, act: Act): Promise<void> {
  await desk.deliveries.act(async (transaction) => ({
    result: undefined,
    events: await ended(transaction, act, sighting(desk, act), 'closed'),
  }));
}

/** Opens a closed merge request again, unless its branch has got another one. */
export async function reopen(desk: Desk, act: Act): Promise<void> {
  const { repository, number } = act;
  const { state, branch, base } = await mergeRequestAt(desk.database, repository, number);
  if (state !== 'closed') throw wrong(`${repository.path}!${number} is ${state}: only a closed one is opened again.`);
  const { head, place } = await headsIn(desk.options.git, await placeFor(desk, repository), { branch, base });
  if (head === undefined) throw refused(`The branch ${branch} is no longer in ${place}.`);
  const seen = sighting(desk, act);
  await desk.deliveries.act(async (transaction) => {
    const ofBranch = await transaction
      .selectFrom('local_merge_requests')
      .select(['number', 'state'])
      .where('repository_id', '=', repository.id)
      .where('branch', '=', branch)
      .forUpdate()
      .execute();
    const other = ofBranch.find((each) => each.state === 'open');
    if (other !== undefined)
      throw wrong(`${branch} has another open merge request, !${other.number}: close that first.`);
    await transaction
      .updateTable('local_merge_requests')
      .set({ state: 'open' })
      .where('repository_id', '=', repository.id)
      .where('number', '=', number)
      .execute();
    return { result: undefined, events: [{ ...seen, type: 'mergeRequestReopened', number }] };
  });
}

async function ended(
  database: LocalDatabase,
  { repository, number }: Act,
  seen: Sighting,
  state: 'merged' | 'closed',
): Promise<readonly ForgeEvent[]> {
  const rows = await database
    .updateTable('local_merge_requests')
    .set({ state })
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .where('state', '=', 'open')
    .returning('number')
    .execute();
  return rows.map(() => ({ ...seen, type: 'mergeRequestClosed', number, merged: state === 'merged' }));
}
