import { AccessLevel } from '@gitbeaker/rest';
import type { Repository } from '../../domain/forge.js';
import { createClient, type Client, type GitLabOptions } from './client.js';
import { statusOf } from './errors.js';
import { findHook, neededEvents } from './hooks.js';

export interface GitLabHealth {
  /** Login of Fleet's own account. */
  readonly account: string;
  /** Scopes that the token lacks. */
  readonly missing: readonly string[];
  /** The token's last day, `YYYY-MM-DD`. */
  readonly expiresOn?: string;
  /** The projects that Fleet may work on, at most 100. */
  readonly projects: readonly ProjectHealth[];
}

export interface ProjectHealth {
  readonly path: string;
  readonly webhook: WebhookState;
  /** What the webhook does not tell of, and has to, by GitLab's names: `pipeline_events`. */
  readonly untold: readonly string[];
}

/** `unseen`: only a Maintainer may look, and Fleet’s account is none. */
export type WebhookState = 'well' | 'switchedOff' | 'missing' | 'unseen';

/** Looks at what Fleet needs of a GitLab: the token, and the webhooks of its projects. */
export async function examineGitLab(options: GitLabOptions): Promise<GitLabHealth> {
  const client = createClient(options);
  const { login: account } = await client.self();
  const token = await client.ask('the token', ({ PersonalAccessTokens }) => PersonalAccessTokens.show());
  const found = await client.ask('Fleet’s projects', ({ Projects }) =>
    Projects.all({
      membership: true,
      minAccessLevel: AccessLevel.DEVELOPER,
      archived: false,
      simple: true,
      perPage: 100,
      maxPages: 1,
    }),
  );
  const projects = await Promise.all(
    found.map(async ({ id, path_with_namespace: path }) => ({ path, ...(await webhookOf(client, id, path)) })),
  );
  const { scopes = [], expires_at: expiresOn } = token;
  return {
    account,
    missing: scopes.includes('api') ? [] : ['api'],
    ...(typeof expiresOn === 'string' ? { expiresOn } : {}),
    projects,
  };
}

async function webhookOf(client: Client, id: number, path: string): Promise<Omit<ProjectHealth, 'path'>> {
  const repository: Repository = { forge: 'gitlab', id: String(id), path, defaultBranch: '' };
  try {
    const hook = await client.call(repository, 'the webhooks', findHook);
    if (hook === undefined) return { webhook: 'missing', untold: [] };
    return {
      webhook: hook.alert_status === 'executable' ? 'well' : 'switchedOff',
      untold: neededEvents.filter((event) => !hook[event]),
    };
  } catch (error) {
    if (![401, 403, 404].includes(statusOf(error) ?? 0)) throw error;
    return { webhook: 'unseen', untold: [] };
  }
}
