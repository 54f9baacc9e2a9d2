import type { Repository } from '../../domain/forge.js';
import type { Desk } from './desk.js';
import { commitAt, type RunGit } from './git.js';
import { repositoryRow, type LocalMergeRequest } from './records.js';
import { freshPlace } from './remote.js';

/** Where the branches of a merge request are. */
export interface Heads {
  /** The folder that git can be asked in. */
  readonly place: string;
  /** Undefined when somebody deleted the branch. */
  readonly head: string | undefined;
  readonly base: string | undefined;
}

/** The folder that git can be asked in about a repository, with its branches as they are now. */
export async function placeFor({ options, database }: Desk, repository: Repository): Promise<string> {
  return freshPlace(options, await repositoryRow(database, repository.id));
}

export async function headsIn(
  git: RunGit,
  place: string,
  { branch, base }: Pick<LocalMergeRequest, 'branch' | 'base'>,
): Promise<Heads> {
  return {
    place,
    head: await commitAt(git, place, `refs/heads/${branch}`),
    base: await commitAt(git, place, `refs/heads/${base}`),
  };
}

/** Whether the branch cannot be merged without somebody's help; undefined where one of the two is not there. */
export async function isConflicting(git: RunGit, { place, head, base }: Heads): Promise<boolean | undefined> {
  if (head === undefined || base === undefined) return undefined;
  const { code } = await git(['-C', place, 'merge-tree', '--write-tree', '--no-messages', base, head]);
  return code > 1 ? undefined : code === 1;
}
