import { createPrivateKey } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { Probot, type ProbotOctokit } from 'probot';
import { needsPerson } from '../../domain/failure.js';
import type { Repository } from '../../domain/forge.js';
import type { Secret } from '../../domain/secret.js';
import type { Clock, Log } from '../../ports.js';
import { statusOf, translate } from './errors.js';
import { plainOctokit, type PlainOptions } from './plain-octokit.js';
import { probotLog } from './probot-log.js';
import { ownerAndName } from './shapes.js';

/** What Fleet needs to be a GitHub App. */
export interface GitHubOptions {
  readonly appId: number;
  /** PEM. */
  readonly privateKey: Secret;
  /** Without it no delivery is authentic. */
  readonly webhookSecret?: Secret;
  /** A GitHub Enterprise Server, e.g. `ghe.example.com:8443`; github.com by default. */
  readonly host?: string;
  readonly protocol?: 'http' | 'https';
  readonly spacing: PlainOptions['spacing'];
  /** How long one call may take, in ms; must be well below a claim's 30 s. */
  readonly timeoutMs?: number;
  readonly clock: Clock;
  readonly log: Log;
}

export interface CallOptions {
  /** The thing may have been made so lately that GitHub does not find it yet: a 404 is asked about once more. */
  readonly mayBeNew?: boolean;
}

/** GitHub's API, as the app itself or as an installation of it. Whatever GitHub refuses is thrown as a `Failure`. */
export interface Client {
  readonly appId: number;
  readonly probot: Probot;
  /** Where people see the host, without a trailing slash. */
  readonly webUrl: string;
  readonly log: Log;
  /** How often a token was refused so far: those that were given out before may have ended with it. */
  refusals(): number;
  call<T>(
    repository: Repository,
    what: string,
    request: (octokit: ProbotOctokit) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>;
  asApp<T>(what: string, request: (octokit: ProbotOctokit) => Promise<T>): Promise<T>;
  asInstallation<T>(id: number, what: string, request: (octokit: ProbotOctokit) => Promise<T>): Promise<T>;
}

/** GitHub may answer 404 for a moment after the webhook about the very thing. */
const secondLookMs = 500;

const defaultTimeoutMs = 10_000;

/** The client, ready to use; throws `needsPerson` when the private key is none. */
export async function createClient(options: GitHubOptions): Promise<Client> {
  checkKey(options.privateKey);
  const { host, protocol = 'https' } = options;
  // A trailing slash in an address makes every REST call a 404.
  const webUrl = host === undefined ? 'https://github.com' : `${protocol}://${host.replace(/\/+$/, '')}`;
  const probot = probotOf(options, host === undefined ? 'https://api.github.com' : `${webUrl}/api/v3`);
  await probot.ready();
  const told = async <T>(what: string, request: () => Promise<T>): Promise<T> => {
    try {
      return await request();
    } catch (error) {
      throw translate(error, what, options.clock.nowMs());
    }
  };
  let refusals = 0;
  const octokits = new Map<number, Promise<ProbotOctokit>>();
  const octokitOf = (installation: number): Promise<ProbotOctokit> => {
    const octokit = octokits.get(installation) ?? probot.auth(installation);
    octokits.set(installation, octokit);
    return octokit;
  };
  const asApp: Client['asApp'] = (what, request) => told(what, async () => request(await probot.auth()));
  const asInstallation: Client['asInstallation'] = (id, what, request) =>
    told(what, async () =>
      refreshing(await octokitOf(id), request, () => {
        refusals += 1;
      }),
    );
  const call: Client['call'] = async (repository, what, request, { mayBeNew = false } = {}) => {
    const where = `${what} of ${repository.path}`;
    const id = await installationOf(repository, asApp);
    try {
      return await asInstallation(id, where, request);
    } catch (error) {
      if (!mayBeNew || statusOf(error) !== 404) throw error;
      await delay(secondLookMs);
      return asInstallation(id, where, request);
    }
  };
  return {
    appId: options.appId,
    probot,
    webUrl,
    log: options.log,
    refusals: () => refusals,
    call,
    asApp,
    asInstallation,
  };
}

function probotOf(options: GitHubOptions, baseUrl: string): Probot {
  const { appId, privateKey, webhookSecret, spacing, timeoutMs = defaultTimeoutMs, log } = options;
  return new Probot({
    appId,
    privateKey: privateKey.reveal(),
    ...(webhookSecret === undefined ? {} : { secret: webhookSecret.reveal() }),
    baseUrl,
    log: probotLog(log),
    Octokit: plainOctokit({ spacing, timeoutMs }),
  });
}

/** A token that ended before its time stays in auth-app's cache, so a 401 is worth one fresh token. */
async function refreshing<T>(
  octokit: ProbotOctokit,
  request: (octokit: ProbotOctokit) => Promise<T>,
  refused: () => void,
): Promise<T> {
  try {
    return await request(octokit);
  } catch (error) {
    if (statusOf(error) !== 401) throw error;
    refused();
    await octokit.auth({ type: 'installation', refresh: true });
    return request(octokit);
  }
}

async function installationOf(repository: Repository, asApp: Client['asApp']): Promise<number> {
  if (repository.installation !== undefined) return Number(repository.installation);
  const { data } = await asApp(`the installation of ${repository.path}`, (octokit) =>
    octokit.rest.apps.getRepoInstallation(ownerAndName(repository)),
  );
  return data.id;
}

function checkKey(key: Secret): void {
  try {
    createPrivateKey(key.reveal());
  } catch (error) {
    throw needsPerson(
      'configurationBroken',
      ['PRIVATE_KEY or the file of PRIVATE_KEY_PATH is not a PEM private key'],
      error,
    );
  }
}
