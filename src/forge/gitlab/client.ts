import { setTimeout as delay } from 'node:timers/promises';
import { Gitlab } from '@gitbeaker/rest';
import type { Person, Repository } from '../../domain/forge.js';
import type { Secret } from '../../domain/secret.js';
import type { Clock, Log } from '../../ports.js';
import { statusOf, translate } from './errors.js';
import { requesterFn } from './requester.js';
import { toPerson } from './shapes.js';

/** What Fleet needs to work on a GitLab. */
export interface GitLabOptions {
  /** e.g. `https://gitlab.com`. */
  readonly url: string;
  /** Of Fleet's own account: a project's, a group's or a person's access token with the scope `api`. */
  readonly token: Secret;
  /** What webhooks show as `X-Gitlab-Token`. */
  readonly webhookSecret?: Secret;
  /** What newer webhooks are signed with, `whsec_…`. Without either no delivery is authentic. */
  readonly webhookSigningKey?: Secret;
  /** How long one call may take, in ms; must be well below a claim's 30 s. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

/** Gitbeaker's resources, with GitLab's own field names. */
export type Api = Gitlab;

export interface CallOptions {
  /** The thing may have been made so lately that GitLab does not find it yet: a 404 is asked about once more. */
  readonly mayBeNew?: boolean;
}

/** GitLab's API with Fleet's token. Whatever GitLab refuses is thrown as a `Failure`. */
export interface Client {
  /** Where people see GitLab, without a trailing slash. */
  readonly webUrl: string;
  readonly token: Secret;
  readonly log: Log;
  readonly clock: Clock;
  /** Fleet's own account; asked once, and again after a failure. */
  self(): Promise<Person>;
  /** `self` as far as it is known by now. */
  known(): Person | undefined;
  /** `what` names the thing for people. */
  ask<T>(what: string, request: (api: Api) => Promise<T>): Promise<T>;
  call<T>(
    repository: Repository,
    what: string,
    request: (api: Api, projectId: number) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
  /** GitLab's whole answer to a question in GraphQL: 200 as well where it objects to some of it. */
  graphql(what: string, query: string): Promise<unknown>;
}

/** GitLab may not find a thing, or a branch, for a moment after it told of it or took it. */
export const secondLookMs = 500;

const defaultTimeoutMs = 10_000;

/** The client, ready to use; nothing is asked yet. */
export function createClient(options: GitLabOptions): Client {
  const { token, timeoutMs = defaultTimeoutMs, clock, log } = options;
  // A slash at the end makes every call a 404.
  const webUrl = options.url.replace(/\/+$/, '');
  const api: Api = new Gitlab({ host: webUrl, token: token.reveal(), queryTimeout: timeoutMs, requesterFn });
  const ask: Client['ask'] = async (what, request) => {
    try {
      return await request(api);
    } catch (error) {
      throw translate(error, what, clock.nowMs());
    }
  };
  const call: Client['call'] = async (repository, what, request, { mayBeNew = false } = {}) => {
    const once = (): ReturnType<typeof request> =>
      ask(`${what} of ${repository.path}`, () => request(api, Number(repository.id)));
    try {
      return await once();
    } catch (error) {
      if (!mayBeNew || statusOf(error) !== 404) throw error;
      await delay(secondLookMs);
      return once();
    }
  };
  const authorization = (): Promise<string> => Promise.resolve(`Bearer ${token.reveal()}`);
  const requester = requesterFn({ url: `${webUrl}/api`, headers: {}, authHeaders: { authorization } });
  const graphql: Client['graphql'] = (what, query) =>
    ask(what, async () => {
      const { body } = await requester.post('graphql', { body: { query }, signal: AbortSignal.timeout(timeoutMs) });
      return body;
    });
  let known: Person | undefined;
  const self = async (): Promise<Person> =>
    (known ??= toPerson(await ask('who Fleet is', ({ Users }) => Users.showCurrentUser())));
  return { webUrl, token, log, clock, self, known: () => known, ask, call, graphql };
}
