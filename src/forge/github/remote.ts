import { z } from 'zod';
import { Secret } from '../../domain/secret.js';
import type { Forge } from '../../ports/forge.js';
import type { Client } from './client.js';

const tokenSchema = z.object({ token: z.string() });

/**
 * Where git finds a repository, with a token for this repository and purpose alone. auth-app keeps tokens for 59 of
 * their 60 minutes; their length and shape say nothing. Git cannot ask for a fresh one, so all are minted anew once a
 * call was refused one.
 */
export function createRemotes(client: Client): Forge['remote'] {
  const mintedAfter = new Map<string, number>();
  return async (repository, purpose) => {
    const key = `${repository.id} ${purpose}`;
    const refusals = client.refusals();
    const minted = await client.call(repository, `a token to ${purpose}`, (octokit) =>
      octokit.auth({
        type: 'installation',
        repositoryIds: [Number(repository.id)],
        permissions: { contents: purpose === 'fetch' ? 'read' : 'write' },
        refresh: (mintedAfter.get(key) ?? 0) < refusals,
      }),
    );
    mintedAfter.set(key, refusals);
    const { token } = tokenSchema.parse(minted);
    return {
      url: `${client.webUrl}/${repository.path}.git`,
      authorization: new Secret(`basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`),
    };
  };
}
