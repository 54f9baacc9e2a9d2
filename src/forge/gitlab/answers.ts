import type { Person } from '../../domain/forge.js';
import type { ThreadAnswer } from '../../ports/review.js';
import type { Client } from './client.js';
import { isOutcomeUnknown, statusOf } from './errors.js';
import { readDiscussion, type Subject } from './read-discussions.js';

/** Answers a thread once: an answer with the marker counts, and is looked for where it may be there. */
export async function answer(client: Client, subject: Subject, given: ThreadAnswer): Promise<'answered' | 'gone'> {
  const { repository, number } = subject;
  const { thread, marker, body, mayExist } = given;
  const before = mayExist ? await findAnswer(client, subject, given) : undefined;
  if (before !== undefined) return before;
  try {
    await client.call(
      repository,
      `an answer in the thread ${thread} of !${number}`,
      ({ MergeRequestDiscussions }, projectId) =>
        MergeRequestDiscussions.addNote(projectId, number, thread, `${marker}\n${body}`),
    );
    return 'answered';
  } catch (error) {
    if (statusOf(error) !== 404 && !isOutcomeUnknown(error)) throw error;
    const after = await findAnswer(client, subject, given);
    if (after === undefined) throw error;
    return after;
  }
}

async function findAnswer(
  client: Client,
  subject: Subject,
  { thread, marker }: ThreadAnswer,
): Promise<'answered' | 'gone' | undefined> {
  const [{ id: ownId }, found] = [await client.self(), await readDiscussion(client, subject, thread)];
  if (found === undefined) return 'gone';
  const isThere = found.notes.some(({ author, body }) => String(author.id) === ownId && body.includes(marker));
  return isThere ? 'answered' : undefined;
}

const login = /^[\w.-]+$/;

/**
 * Asks reviewers anew. GitLab's REST lets nobody do that but by its quick action, which leaves no note behind; people
 * without access to the project are left out by GitLab.
 */
export async function askAgain(
  client: Client,
  { repository, number }: Subject,
  reviewers: readonly Person[],
): Promise<void> {
  const asked = reviewers.filter((each) => each.kind === 'person' && login.test(each.login));
  if (asked.length === 0) return;
  const action = `/request_review ${asked.map((each) => `@${each.login}`).join(' ')}`;
  try {
    await client.call(repository, `a request for review of !${number}`, ({ MergeRequestNotes }, projectId) =>
      MergeRequestNotes.create(projectId, number, action),
    );
  } catch (error) {
    // Best effort: nobody of them can be asked.
    if (![400, 403, 404, 422].includes(statusOf(error) ?? 0)) throw error;
  }
}
