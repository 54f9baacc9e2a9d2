import { z } from 'zod';
import { needsPerson, retryLater } from '../../domain/failure.js';
import type { Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import { unseen } from './errors.js';
import { ownerAndName } from './shapes.js';

/** An error that stands beside what GraphQL could bring; GitHub answers 200 all the same. */
interface Objection {
  readonly type?: string;
  readonly message: string;
  readonly path?: readonly (string | number)[];
}

interface Refused extends Error {
  readonly data: unknown;
  readonly errors: readonly Objection[];
}

export interface Question<T> {
  /** With the variables `owner` and `repo`, as `inRepository` names them. */
  readonly query: string;
  readonly answer: z.ZodType<T>;
  /** Names of fields that GitHub may refuse without spoiling the rest: they come as `refused`. */
  readonly mayRefuse?: RegExp;
}

/** A question whose `selection` stands inside of `repository { … }`. */
export function inRepository(selection: string, fragments: string): string {
  return `query ($owner: String!, $repo: String!) { repository(owner: $owner, name: $repo) { ${selection} } } ${fragments}`;
}

/** Asks in GraphQL; what is not found is null in the answer, but for the repository itself, without which Fleet knows nothing of the rest. */
export async function askGraphql<T>(
  client: Client,
  repository: Repository,
  what: string,
  { query, answer, mayRefuse }: Question<T>,
): Promise<T> {
  const asked = await client.call(repository, what, async (octokit) => {
    try {
      return await octokit.graphql<unknown>(query, ownerAndName(repository));
    } catch (error) {
      if (!isRefused(error)) throw error;
      return found(error, `${what} of ${repository.path}`, mayRefuse);
    }
  });
  return answer.parse(asked);
}

/** Throws when Fleet cannot see the repository: then nothing can be said of what is in it. */
export async function assertSeen(client: Client, repository: Repository): Promise<void> {
  await askGraphql(client, repository, 'the repository', { query: inRepository('id', ''), answer: z.unknown() });
}

/** What was found, where all that GitHub objects to is that other things were not, or what it may refuse. */
function found(error: Refused, what: string, mayRefuse: RegExp | undefined): unknown {
  const refusals = error.errors.map((each) => ({ ...each, at: refusedAt(each, mayRefuse) }));
  const grave = refusals.filter(({ type, at }) => type !== 'NOT_FOUND' && at.length === 0);
  const told = `GitHub refused ${what}: ${error.errors.map(({ message }) => message).join('; ')}`;
  if (error.errors.some(({ type }) => type === 'RATE_LIMITED')) throw retryLater(told, 60_000, error);
  if (grave.length > 0) {
    throw needsPerson('forgeRefused', [told, 'Check that the app’s permissions were accepted.'], error);
  }
  if (error.errors.some(({ path }) => path?.join() === 'repository')) throw unseen(what, error);
  for (const { at } of refusals) mark(error.data, at);
  return error.data;
}

/** The path to the field that may be refused; empty where it is none. */
function refusedAt({ path = [] }: Objection, mayRefuse: RegExp | undefined): readonly (string | number)[] {
  return path.slice(0, path.findIndex((step) => mayRefuse?.test(String(step))) + 1);
}

/** Tells what was refused from what is not there: both are null in GitHub's answer. */
function mark(answer: unknown, path: readonly (string | number)[]): void {
  const last = path.at(-1);
  if (last === undefined) return;
  let place = answer as Record<string | number, unknown> | null;
  for (const step of path.slice(0, -1)) place = (place?.[step] ?? null) as typeof place;
  if (place !== null) place[last] = 'refused';
}

function isRefused(error: unknown): error is Refused {
  return error instanceof Error && error.name === 'GraphqlResponseError';
}
