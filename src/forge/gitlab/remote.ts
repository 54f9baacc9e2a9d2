import type { Repository } from '../../domain/forge.js';
import { Secret } from '../../domain/secret.js';
import type { GitRemote } from '../../ports/forge.js';
import type { Client } from './client.js';

/** Where git finds the repository now: its path is asked for, since a project moves and another may take its place. */
export async function remoteOf(client: Client, repository: Repository): Promise<GitRemote> {
  const project = await client.call(repository, 'the project', ({ Projects }, projectId) => Projects.show(projectId));
  const credentials = Buffer.from(`oauth2:${client.token.reveal()}`).toString('base64');
  return {
    url: `${client.webUrl}/${project.path_with_namespace}.git`,
    authorization: new Secret(`basic ${credentials}`),
  };
}
