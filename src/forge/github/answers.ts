import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { ThreadAnswer } from '../../ports/review.js';
import { ensureComment } from '../ensure-comment.js';
import type { Client } from './client.js';
import { talkOn } from './comments.js';
import { isOutcomeUnknown, statusOf, unlessMissing } from './errors.js';
import { askGraphql, assertSeen } from './graphql.js';
import { ownerAndName } from './shapes.js';

/** Where an answer goes: its merge request, and the first comments of threads as far as they are known. */
export interface AnswerPlace {
  readonly repository: Repository;
  readonly number: number;
  /** Id of a thread to the number of its first comment, which GitHub wants for a reply. */
  readonly firstComments: ReadonlyMap<string, string>;
}

/** Once in its thread, or below the merge request for what is no thread of GitHub's. */
export async function answerThread(
  client: Client,
  place: AnswerPlace,
  answer: ThreadAnswer,
): Promise<'answered' | 'gone'> {
  const { thread, marker, body, mayExist } = answer;
  if (/^(comment|review)-/.test(thread)) {
    const talk = talkOn(client, place.repository, place.number);
    const made = await unlessMissing(ensureComment(talk, { marker, find: marker, body, mayExist }));
    if (made === undefined) await assertSeen(client, place.repository);
    return made === undefined ? 'gone' : 'answered';
  }
  const known = mayExist ? undefined : place.firstComments.get(thread);
  if (known !== undefined && (await reply(client, place, known, answer))) return 'answered';
  // Not known, or not there any more: a thread goes on when its first comment was deleted.
  const seen = await look(client, place, answer);
  if (seen === undefined) return 'gone';
  if (seen.isAnswered || (await reply(client, place, seen.first, answer))) return 'answered';
  return 'gone';
}

/** False when there is nothing to reply to. An answer that was lost is looked for, never blindly made again. */
async function reply(client: Client, place: AnswerPlace, to: string, answer: ThreadAnswer): Promise<boolean> {
  const { repository, number } = place;
  try {
    await client.call(repository, `an answer in a thread of #${number}`, (octokit) =>
      octokit.rest.pulls.createReplyForReviewComment({
        ...{ ...ownerAndName(repository), pull_number: number, comment_id: Number(to) },
        body: `${answer.marker}\n${answer.body}`,
      }),
    );
    return true;
  } catch (error) {
    if ([404, 410].includes(statusOf(error) ?? 0)) return false;
    if (isOutcomeUnknown(error) && (await look(client, place, answer))?.isAnswered === true) return true;
    throw error;
  }
}

const threadAnswer = z.object({
  node: z
    .object({
      first: z.object({ nodes: z.array(z.object({ fullDatabaseId: z.coerce.string() })) }),
      comments: z.object({ nodes: z.array(z.object({ body: z.string(), viewerDidAuthor: z.boolean() })) }),
    })
    .nullable(),
});

/** Whether Fleet's answer is in the thread, and the comment that a reply goes to; undefined when the thread is gone. */
async function look(client: Client, { repository, number }: AnswerPlace, { thread, marker }: ThreadAnswer) {
  const { node } = await askGraphql(client, repository, `a thread of #${number}`, {
    query: `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { id } node(id: ${JSON.stringify(thread)}) { ... on PullRequestReviewThread { first: comments(first: 1) { nodes { fullDatabaseId } } comments(last: 100) { nodes { body viewerDidAuthor } } } } }`,
    answer: threadAnswer,
  });
  const first = node?.first.nodes[0]?.fullDatabaseId;
  if (node === null || first === undefined) return undefined;
  const isAnswered = node.comments.nodes.some((each) => each.viewerDidAuthor && each.body.includes(marker));
  return { first, isAnswered };
}
