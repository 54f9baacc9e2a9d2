import { z } from 'zod';
import { needsPerson } from '../../domain/failure.js';
import type { Client } from './client.js';
import type { Subject } from './read-discussions.js';

/** Threads in one call, which GitLab works on one after the other; it takes 10,000 characters. */
const batch = 20;

/** What GitLab has not, or does not let Fleet resolve, is null; of a question that it refuses there is no `data`. */
const answer = z.object({
  data: z.record(z.string(), z.object({ errors: z.array(z.string()) }).nullable()).nullish(),
  errors: z.array(z.object({ message: z.string() })).default([]),
});

/** Resolves discussions, many in one call, for which REST has none; the ids of those that are resolved now. */
export async function resolve(
  client: Client,
  subject: Subject,
  threads: readonly string[],
): Promise<readonly string[]> {
  const resolved: string[] = [];
  for (let from = 0; from < threads.length; from += batch) {
    resolved.push(...(await resolveSome(client, subject, threads.slice(from, from + batch))));
  }
  return resolved;
}

async function resolveSome(
  client: Client,
  { repository, number }: Subject,
  threads: readonly string[],
): Promise<readonly string[]> {
  const fields = threads.map((thread, index) => {
    const id = JSON.stringify(`gid://gitlab/Discussion/${thread}`);
    return `t${index}: discussionToggleResolve(input: { id: ${id}, resolve: true }) { errors }`;
  });
  const what = `resolving threads of !${number} of ${repository.path}`;
  const { data, errors } = answer.parse(await client.graphql(what, `mutation { ${fields.join(' ')} }`));
  if (data == null) {
    const told = errors.map(({ message }) => message).join('; ');
    throw needsPerson('forgeRefused', [`GitLab refused ${what}: ${told}`, 'Check that it is GitLab 13.1 or newer.']);
  }
  return threads.filter((_thread, index) => data[`t${index}`]?.errors.length === 0);
}
