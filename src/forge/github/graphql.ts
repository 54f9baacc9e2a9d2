import type { z } from 'zod';
import { needsPerson, retryLater } from '../../domain/failure.js';
import type { Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import { ownerAndName } from './shapes.js';

/** GraphQL answers 200 to what it refuses; the errors stand beside what it could bring. */
interface Refused extends Error {
  readonly data: unknown;
  readonly errors: readonly { readonly type?: string; readonly message: string }[];
}

/** Asks about a repository in GraphQL; what is not found is null in the answer. `selection` stands inside of `repository { … }`. */
export async function askGraphql<T>(
  client: Client,
  repository: Repository,
  what: string,
  question: { readonly selection: string; readonly fragments: string; readonly answer: z.ZodType<T> },
): Promise<T> {
  const { selection, fragments, answer } = question;
  const query = `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { ${selection} } } ${fragments}`;
  const asked = await client.call(repository, what, async (octokit) => {
    try {
      return await octokit.graphql<unknown>(query, ownerAndName(repository));
    } catch (error) {
      if (!isRefused(error)) throw error;
      return found(error, `${what} of ${repository.path}`);
    }
  });
  return answer.parse(asked);
}

/** What was found, where all that GitHub objects to is that other things were not. */
function found(error: Refused, what: string): unknown {
  if (error.errors.every(({ type }) => type === 'NOT_FOUND')) return error.data;
  const told = `GitHub refused ${what}: ${error.errors.map(({ message }) => message).join('; ')}`;
  if (error.errors.some(({ type }) => type === 'RATE_LIMITED')) throw retryLater(told, 60_000, error);
  throw needsPerson('forgeRefused', [told, 'Check that the app’s permissions were accepted.'], error);
}

function isRefused(error: unknown): error is Refused {
  return error instanceof Error && error.name === 'GraphqlResponseError';
}
