import type { ForgeEvent } from '../../domain/forge.js';
import { insertComment, type NewComment } from './comments.js';
import { sighting, type Act, type Desk } from './desk.js';
import { wrong } from './git.js';
import { mergeRequestAt, threadKind, type LocalMergeRequest } from './records.js';
import { spotsOf, type Remark } from './remarks.js';
import { suggestionBlock } from './suggestions.js';
import type { LocalDatabase, ReviewVerdict } from './tables.js';

/** A review in one go; without a verdict it only comments. */
export interface ReviewAct extends Act {
  /** May be empty where there is a verdict or a remark. */
  readonly body: string;
  readonly verdict?: ReviewVerdict | undefined;
  readonly remarks: readonly Remark[];
}

/** A thread of a merge request: its id, or enough of its start or end. */
export interface ThreadAct extends Act {
  readonly thread: string;
}

/** Gives a review. Nothing of it is kept where a remark names lines that are not there. */
export async function review(desk: Desk, act: ReviewAct): Promise<void> {
  const { body, verdict, remarks, number } = act;
  if (body === '' && verdict === undefined && remarks.length === 0) throw wrong('The review says nothing.');
  const spots = await spotsOf(desk, act, await openMergeRequest(desk, act));
  const seen = sighting(desk, act);
  await desk.deliveries.act(async (transaction) => {
    const write = (comment: Omit<NewComment, 'by'>): Promise<string> =>
      insertComment(desk.options, transaction, act, { by: seen.by, ...comment });
    if (body === '' && verdict !== undefined) await write({ body, verdict });
    const told = body === '' ? undefined : await write({ body, verdict: verdict ?? 'none' });
    for (const { remark, spot } of spots) await write({ body: textOf(remark), spot });
    const event: ForgeEvent =
      told === undefined
        ? { ...seen, type: 'mergeRequestTouched', number, why: 'review' }
        : { ...seen, type: 'issueCommented', issueNumber: number, onMergeRequest: true, commentId: told, body };
    return { result: undefined, events: [event] };
  });
}

/** Answers in a thread; the id of the answer. */
export async function reply(desk: Desk, act: ThreadAct & { readonly body: string }): Promise<{ readonly id: string }> {
  const { body, number } = act;
  const seen = sighting(desk, act);
  return desk.deliveries.act(async (transaction) => {
    const thread = await threadNamed(transaction, act);
    const id = await insertComment(desk.options, transaction, act, { by: seen.by, body, thread });
    const about = { issueNumber: number, onMergeRequest: true, commentId: id, body };
    return { result: { id }, events: [{ ...seen, ...about, type: 'issueCommented' }] };
  });
}

/** Resolves a thread, or opens it again. */
export async function resolve(desk: Desk, act: ThreadAct & { readonly isResolved: boolean }): Promise<void> {
  const seen = sighting(desk, act);
  await desk.deliveries.act(async (transaction) => {
    await transaction
      .updateTable('local_comments')
      .set({ is_resolved: act.isResolved })
      .where('id', '=', await threadNamed(transaction, act))
      .execute();
    return { result: undefined, events: [{ ...seen, type: 'mergeRequestTouched', number: act.number, why: 'review' }] };
  });
}

async function openMergeRequest({ database }: Desk, { repository, number }: Act): Promise<LocalMergeRequest> {
  if ((await threadKind(database, repository, number)) === 'issue') {
    throw wrong(`${repository.path}#${number} is an issue: only a merge request can be reviewed.`);
  }
  const mergeRequest = await mergeRequestAt(database, repository, number);
  if (mergeRequest.state === 'open') return mergeRequest;
  throw wrong(`${repository.path}!${number} is ${mergeRequest.state}: only an open one can be reviewed.`);
}

function textOf({ text, suggestion }: Remark): string {
  const parts = [text, ...(suggestion === undefined ? [] : [suggestionBlock(suggestion)])];
  return parts.filter((part) => part !== '').join('\n\n');
}

async function threadNamed(database: LocalDatabase, { repository, number, thread }: ThreadAct): Promise<string> {
  await mergeRequestAt(database, repository, number);
  const begun = await database
    .selectFrom('local_comments')
    .select('id')
    .where('repository_id', '=', repository.id)
    .where('number', '=', number)
    .where('thread_id', 'is', null)
    .where('body', '!=', '')
    .execute();
  const matching = begun.filter(({ id }) => id.startsWith(thread) || id.endsWith(thread));
  const [found, second] = matching;
  if (found !== undefined && second === undefined) return found.id;
  const name = `${repository.path}!${number}`;
  throw wrong(
    found === undefined
      ? `${name} has no thread ${thread}: \`fleet threads '${name}'\` shows those that it has.`
      : `${thread} stands for ${matching.length} threads of ${name}: give more of the id.`,
  );
}
