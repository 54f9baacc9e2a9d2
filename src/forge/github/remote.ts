import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import { Secret } from '../../domain/secret.js';
import type { GitRemote } from '../../ports/forge.js';
import type { Client } from './client.js';

const tokenSchema = z.object({ token: z.string() });

/**
 * Where git finds the repository, with a token for this repository and purpose alone. auth-app keeps tokens for 59 of
 * their 60 minutes; their length and shape say nothing.
 */
export async function remoteOf(client: Client, repository: Repository, purpose: 'fetch' | 'push'): Promise<GitRemote> {
  const minted = await client.call(repository, `a token to ${purpose}`, (octokit) =>
    octokit.auth({
      type: 'installation',
      repositoryIds: [Number(repository.id)],
      permissions: { contents: purpose === 'fetch' ? 'read' : 'write' },
    }),
  );
  const { token } = tokenSchema.parse(minted);
  return {
    url: `${client.webUrl}/${repository.path}.git`,
    authorization: new Secret(`basic ${Buffer.from(`x-access-token:${token}`).toString('base64')}`),
  };
}
