import type { ForgeEvent, Sighting } from '../../domain/forge.js';
import { sighting, type Act, type Desk } from './desk.js';
import { wrong } from './git.js';
import { closedIssue } from './issue-acts.js';
import { mergeOnDisk } from './merge.js';
import { findMergeRequest, repositoryRow } from './records.js';
import type { LocalDatabase } from './tables.js';

/** Merges on disk, records it, and closes the issues that the text names with `Closes #n`. */
export async function merge(desk: Desk, act: Act): Promise<void> {
  const { repository, number } = act;
  const mergeRequest = await findMergeRequest(desk.database, repository, number);
  if (mergeRequest === undefined) throw wrong(`${repository.path} has no merge request ${number}.`);
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
