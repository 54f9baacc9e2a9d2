import type { ForgeEvent } from '../../domain/forge.js';
import type { Forge } from '../../ports/forge.js';
import type { Lookout } from '../../ports/lookout.js';
import type { Reviews } from '../../ports/review.js';
import { createClient, type Client, type GitHubOptions } from './client.js';
import { ensureComment } from '../ensure-comment.js';
import { listComments, react, talkOn } from './comments.js';
import { parseGitHub, type GitHubDelivery } from './inbox.js';
import { createLookout } from './lookout.js';
import { ensureMergeRequest, mergeRequest } from './merge-requests.js';
import { canWrite, readFile, readIssue } from './reading.js';
import { createRemotes } from './remote.js';
import { createReviews } from './reviews.js';

/** Who the app is on GitHub. */
export interface AppIdentity {
  /** What people mention it by: `<slug>[bot]` is its account, `@<slug>` what they type. */
  readonly mention: string;
  /** Id of the bot account; unknown until the app is installed somewhere. */
  readonly botId?: string;
  /** What the app may do, e.g. `contents: write`. */
  readonly permissions: Readonly<Record<string, string>>;
}

export interface GitHub {
  readonly forge: Forge;
  readonly lookout: Lookout;
  readonly reviews: Reviews;
  readonly appId: number;
  /** Asked from GitHub once; a failure is asked about again by the next call. */
  readonly identity: () => Promise<AppIdentity>;
  /** True when `signature` (the `X-Hub-Signature-256` header) belongs to these very bytes; compared in constant time. */
  readonly verify: (body: Buffer, signature: string) => Promise<boolean>;
  /** What an authentic delivery says, in Fleet's words; what the app itself did is left out. */
  readonly parse: (delivery: GitHubDelivery) => readonly ForgeEvent[];
}

/** GitHub through probot's octokit. Throws `needsPerson` when the private key is none; no call is made yet. */
export async function createGitHub(options: GitHubOptions): Promise<GitHub> {
  const client = await createClient(options);
  let known: AppIdentity | undefined;
  return {
    forge: forgeOf(client),
    lookout: createLookout(client),
    reviews: createReviews(client),
    appId: client.appId,
    identity: async () => (known ??= await askIdentity(client)),
    verify: async (body, signature) =>
      // Without a secret probot falls back to one that everybody knows; of an empty body or signature it makes an error.
      options.webhookSecret !== undefined &&
      body.length > 0 &&
      signature !== '' &&
      (await client.probot.webhooks.verify(body.toString(), signature)),
    parse: (delivery) => parseGitHub(delivery, { appId: client.appId, botId: known?.botId }),
  };
}

function forgeOf(client: Client): Forge {
  return {
    name: 'github',
    canWrite: (repository, person) => canWrite(client, repository, person),
    issue: (repository, number) => readIssue(client, repository, number),
    comments: (repository, number) => listComments(client, repository, number),
    react: (repository, target) => react(client, repository, target),
    ensureComment: (repository, number, comment) => ensureComment(talkOn(client, repository, number), comment),
    ensureMergeRequest: (repository, order) => ensureMergeRequest(client, repository, order),
    mergeRequest: (repository, number) => mergeRequest(client, repository, number),
    readFile: (repository, path) => readFile(client, repository, path),
    remote: createRemotes(client),
  };
}

async function askIdentity(client: Client): Promise<AppIdentity> {
  const app = await client.asApp('the app', (octokit) => octokit.rest.apps.getAuthenticated());
  const mention = app.data?.slug ?? '';
  const permissions = definedOf(app.data?.permissions ?? {});
  const { data: installations } = await client.asApp('the app’s installations', (octokit) =>
    octokit.rest.apps.listInstallations({ per_page: 1 }),
  );
  const [installation] = installations;
  if (installation === undefined) return { mention, permissions };
  // Users can be asked for by installations only.
  const { data: bot } = await client.asInstallation(installation.id, 'the app’s account', (octokit) =>
    octokit.rest.users.getByUsername({ username: `${mention}[bot]` }),
  );
  return { mention, permissions, botId: String(bot.id) };
}

function definedOf(granted: Readonly<Record<string, string | undefined>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(granted).flatMap(([name, level]) => (level === undefined ? [] : [[name, level]])),
  );
}
