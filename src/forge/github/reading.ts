import type { Issue, Person, Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import { unlessMissing } from './errors.js';
import { ownerAndName, toPerson } from './shapes.js';

/** Asked for the login that the person has in the event; GitHub answers 404 for people that it does not know. */
export async function canWrite(client: Client, repository: Repository, { id, login }: Person): Promise<boolean> {
  const answer = await unlessMissing(
    client.call(repository, `the permission of ${login}`, (octokit) =>
      octokit.rest.repos.getCollaboratorPermissionLevel({ ...ownerAndName(repository), username: login }),
    ),
  );
  // A login can change hands between the event and the question.
  if (answer === undefined || String(answer.data.user?.id) !== id) return false;
  // `maintain` comes as write here and `triage` as read; custom roles as the permission that they build on.
  return ['admin', 'maintain', 'write'].includes(answer.data.permission);
}

/** An issue, or undefined; a merge request is none. */
export async function readIssue(client: Client, repository: Repository, number: number): Promise<Issue | undefined> {
  const answer = await unlessMissing(
    client.call(
      repository,
      `issue #${number}`,
      (octokit) => octokit.rest.issues.get({ ...ownerAndName(repository), issue_number: number }),
      { mayBeNew: true },
    ),
  );
  if (answer === undefined || answer.data.pull_request !== undefined) return undefined;
  const { title, body, html_url: url, user } = answer.data;
  return { number, title, body: body ?? '', url, author: toPerson(user) };
}

/** Text of a file at the head of the default branch, or undefined. */
export async function readFile(client: Client, repository: Repository, path: string): Promise<string | undefined> {
  const answer = await unlessMissing(
    client.call(repository, `the file ${path}`, (octokit) =>
      octokit.rest.repos.getContent({ ...ownerAndName(repository), path, mediaType: { format: 'raw' } }),
    ),
  );
  // Asked for as raw text, which the types of octokit do not know; a folder comes as a list all the same.
  const content: unknown = answer?.data;
  return typeof content === 'string' ? content : undefined;
}
