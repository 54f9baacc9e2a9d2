import type { ForgeEvent, Person } from '../../domain/forge.js';
import type { Forge } from '../../ports/forge.js';
import type { Lookout } from '../../ports/lookout.js';
import type { Reviews } from '../../ports/review.js';
import { createClient, type Client, type GitLabOptions } from './client.js';
import { ensureComment } from '../ensure-comment.js';
import { listComments, react, talkOn, threadOf } from './comments.js';
import { parseGitLab, type GitLabDelivery } from './inbox.js';
import { createLookout } from './lookout.js';
import { ensureMergeRequest, mergeRequest } from './merge-requests.js';
import { canWrite, readFile, readIssue } from './reading.js';
import { remoteOf } from './remote.js';
import { createReviews } from './reviews.js';
import { isAuthentic, type Credentials } from './signature.js';

export interface GitLab {
  readonly forge: Forge;
  readonly reviews: Reviews;
  readonly lookout: Lookout;
  /** Fleet's own account: `@<login>` is what people mention it by. Asked once; a failure is asked about again by the next call. */
  readonly identity: () => Promise<Person>;
  /** True when the delivery shows the webhook's secret, or is signed with its key; compared in constant time. */
  readonly verify: (body: Buffer, shown: Credentials) => boolean;
  /** What an authentic delivery says, in Fleet's words; what Fleet itself did is left out, once its identity is known. */
  readonly parse: (delivery: GitLabDelivery) => readonly ForgeEvent[];
}

/** GitLab through gitbeaker; no call is made yet. */
export function createGitLab(options: GitLabOptions): GitLab {
  const client = createClient(options);
  return {
    forge: forgeOf(client),
    reviews: createReviews(client),
    lookout: createLookout(client),
    identity: () => client.self(),
    verify: (body, shown) => isAuthentic(body, shown, options, options.clock.nowMs()),
    parse: (delivery) => parseGitLab(delivery, client.known()?.id),
  };
}

function forgeOf(client: Client): Forge {
  return {
    name: 'gitlab',
    canWrite: (repository, person) => canWrite(client, repository, person),
    issue: (repository, number) => readIssue(client, repository, number),
    comments: (repository, number) => listComments(client, repository, threadOf({ number })),
    react: (repository, target) => react(client, repository, target),
    ensureComment: (repository, number, comment) =>
      ensureComment(talkOn(client, repository, threadOf({ number, isMergeRequest: comment.isMergeRequest })), comment),
    ensureMergeRequest: (repository, order) => ensureMergeRequest(client, repository, order),
    mergeRequest: (repository, number) => mergeRequest(client, repository, number),
    readFile: (repository, path) => readFile(client, repository, path),
    remote: (repository) => remoteOf(client, repository),
  };
}
