import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import type { Discussion } from './discussions.js';
import { unlessMissing } from './errors.js';
import { discussionSchema } from './review-schema.js';

/** Of 100 discussions; GitLab's own notes are discussions, too. */
const mostPages = 20;

/** A merge request. */
export interface Subject {
  readonly repository: Repository;
  readonly number: number;
}

/** All discussions of a merge request, oldest first. */
export async function listDiscussions(client: Client, { repository, number }: Subject): Promise<readonly Discussion[]> {
  const found = await client.call(repository, `the threads of !${number}`, ({ MergeRequestDiscussions }, projectId) =>
    MergeRequestDiscussions.all(projectId, number, { perPage: 100, maxPages: mostPages }),
  );
  return z.array(discussionSchema).parse(found);
}

/** One of them; undefined when it is gone. To an account that is let in no more nothing is there, which is a failure instead. */
export async function readDiscussion(
  client: Client,
  { repository, number }: Subject,
  thread: string,
): Promise<Discussion | undefined> {
  const found = await unlessMissing(
    client.call(repository, `the thread ${thread} of !${number}`, ({ MergeRequestDiscussions }, projectId) =>
      MergeRequestDiscussions.show(projectId, number, thread),
    ),
  );
  if (found === undefined) await assertLetIn(client, repository);
  return found === undefined ? undefined : discussionSchema.parse(found);
}

/** Throws when the project is gone, or was closed to Fleet's account. */
export async function assertLetIn(client: Client, repository: Repository): Promise<void> {
  await client.call(repository, 'the project', ({ Projects }, projectId) => Projects.show(projectId));
}
