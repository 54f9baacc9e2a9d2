import { AccessLevel } from '@gitbeaker/rest';
import type { Issue, Person, Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import { unlessMissing } from './errors.js';
import { toPerson } from './shapes.js';

/** Asked by id, inherited memberships included; GitLab answers 404 for whoever is no member. */
export async function canWrite(client: Client, repository: Repository, { id, login }: Person): Promise<boolean> {
  const member = await unlessMissing(
    client.call(repository, `the membership of ${login}`, ({ ProjectMembers }, projectId) =>
      ProjectMembers.show(projectId, Number(id), { includeInherited: true }),
    ),
  );
  return member !== undefined && member.state === 'active' && member.access_level >= AccessLevel.DEVELOPER;
}

/** An issue, or undefined. */
export async function readIssue(client: Client, repository: Repository, number: number): Promise<Issue | undefined> {
  const issue = await unlessMissing(
    client.call(repository, `issue #${number}`, ({ Issues }, projectId) => Issues.show(number, { projectId }), {
      mayBeNew: true,
    }),
  );
  if (issue === undefined) return undefined;
  const { title, description, web_url: url, author } = issue;
  return { number, title, body: textOf(description), url, author: toPerson(author) };
}

/** Text of a file at the head of the default branch, or undefined. */
export async function readFile(client: Client, repository: Repository, path: string): Promise<string | undefined> {
  const file = await unlessMissing(
    client.call(repository, `the file ${path}`, ({ RepositoryFiles }, projectId) =>
      RepositoryFiles.show(projectId, path, 'HEAD'),
    ),
  );
  return file === undefined ? undefined : Buffer.from(file.content, 'base64').toString();
}

/** An empty description comes as null, which gitbeaker's types do not know. */
function textOf(description: string | null): string {
  return description ?? '';
}
