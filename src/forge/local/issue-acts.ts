import { besideLabel, type ForgeEvent, type Issue } from '../../domain/forge.js';
import { insertComment } from './comments.js';
import { personOf, sighting, type Act, type Desk } from './desk.js';
import { wrong } from './git.js';
import { findIssue, takeNumber, threadKind } from './records.js';
import type { LocalDatabase } from './tables.js';

const noEvents = { result: undefined, events: [] };

export async function openIssue(
  desk: Desk,
  order: Omit<Act, 'number'> & { readonly title: string; readonly body: string },
): Promise<Issue> {
  const { repository, title, body } = order;
  const author = personOf(desk, order.by);
  return desk.database.transaction().execute(async (transaction) => {
    const number = await takeNumber(transaction, repository.id);
    await transaction
      .insertInto('local_issues')
      .values({
        ...{ repository_id: repository.id, number, title, body, state: 'open' },
        ...{ author_id: author.id, author_login: author.login, at_ms: desk.options.clock.nowMs() },
      })
      .execute();
    return issueOf(transaction, { repository, number });
  });
}

export async function label(desk: Desk, act: Act & { readonly label: string }): Promise<void> {
  const { repository, number } = act;
  const seen = { ...sighting(desk, act), label: act.label };
  await desk.deliveries.act(async (transaction) => {
    const kind = await threadKind(transaction, repository, number);
    const put = await transaction
      .insertInto('local_labels')
      .values({ repository_id: repository.id, number, label: act.label, by_login: seen.by.login, at_ms: seen.atMs })
      .onConflict((conflict) => conflict.doNothing())
      .returning('label')
      .execute();
    if (put.length === 0) return noEvents;
    const event: ForgeEvent =
      kind === 'mergeRequest'
        ? { ...seen, type: 'mergeRequestLabelled', number }
        : { ...seen, type: 'issueLabelled', issue: await labelledIssue(transaction, act) };
    return { result: undefined, events: [event] };
  });
}

export async function unlabel(desk: Desk, act: Act & { readonly label: string }): Promise<void> {
  await desk.deliveries.act(async (transaction) => {
    const gone = await transaction
      .deleteFrom('local_labels')
      .where('repository_id', '=', act.repository.id)
      .where('number', '=', act.number)
      .where('label', '=', act.label)
      .returning('label')
      .execute();
    if (gone.length === 0) throw wrong(`${act.repository.path}#${act.number} has no label ${act.label}.`);
    const seen = { ...sighting(desk, act), issueNumber: act.number, label: act.label };
    return { result: undefined, events: [{ ...seen, type: 'issueUnlabelled' }] };
  });
}

export async function comment(desk: Desk, act: Act & { readonly body: string }): Promise<{ readonly id: string }> {
  const { repository, number, body } = act;
  const seen = sighting(desk, act);
  return desk.deliveries.act(async (transaction) => {
    const onMergeRequest = (await threadKind(transaction, repository, number)) === 'mergeRequest';
    const id = await insertComment(desk.options, transaction, act, { by: seen.by, body });
    const event: ForgeEvent = {
      ...seen,
      ...{ type: 'issueCommented', issueNumber: number, onMergeRequest, commentId: id, body },
    };
    return { result: { id }, events: [event] };
  });
}

export async function closeIssue(desk: Desk, act: Act): Promise<void> {
  await desk.deliveries.act(async (transaction) => ({
    result: undefined,
    events: await closedIssue(transaction, act, sighting(desk, act)),
  }));
}

/** Closes the issue if it is open; the event that tells it. */
export async function closedIssue(
  database: LocalDatabase,
  { repository, number }: Act,
  seen: ReturnType<typeof sighting>,
): Promise<readonly ForgeEvent[]> {
  const closed = await database
    .updateTable('local_issues')
    .set({ state: 'closed' })
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .where('state', '=', 'open')
    .returning('number')
    .execute();
  return closed.map(() => ({ ...seen, type: 'issueClosed', issueNumber: number }));
}

async function labelledIssue(database: LocalDatabase, act: Act & { readonly label: string }): Promise<Issue> {
  const rows = await database
    .selectFrom('local_labels')
    .select('label')
    .where('repository_id', '=', act.repository.id)
    .where('number', '=', act.number)
    .orderBy('at_ms')
    .execute();
  const issue = await issueOf(database, act);
  return {
    ...issue,
    ...besideLabel(
      rows.map(({ label: name }) => name),
      act.label,
    ),
  };
}

async function issueOf(database: LocalDatabase, { repository, number }: Act): Promise<Issue> {
  const issue = await findIssue(database, repository, number);
  if (issue === undefined) throw wrong(`${repository.path} has no issue ${number}.`);
  return issue;
}
