import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import { askGraphql } from './graphql.js';

/** Threads in one call. */
const batch = 50;

const resolved = z.record(
  z.string(),
  z.union([
    z.literal('refused'),
    z.object({ thread: z.object({ id: z.string(), isResolved: z.boolean() }).nullable() }),
  ]),
);

/** Resolves all threads in one call; the ids of those that are resolved now. GitHub wants `contents: write` for it. */
export async function resolveThreads(
  client: Client,
  repository: Repository,
  number: number,
  threads: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  const able = threads.filter((id) => !/^(comment|review)-/.test(id));
  for (let from = 0; from < able.length; from += batch) {
    const fields = able
      .slice(from, from + batch)
      .map(
        (id, index) =>
          `t${index}: resolveReviewThread(input: { threadId: ${JSON.stringify(id)} }) { thread { id isResolved } }`,
      );
    const answer = await askGraphql(client, repository, `resolving threads of #${number}`, {
      query: `mutation { ${fields.join(' ')} }`,
      answer: resolved,
      mayRefuse: /^t\d+$/,
    });
    for (const each of Object.values(answer)) {
      if (each !== 'refused' && each.thread?.isResolved === true) found.push(each.thread.id);
    }
  }
  return found;
}
