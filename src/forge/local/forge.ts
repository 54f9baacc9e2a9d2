import type { Person } from '../../domain/forge.js';
import type { Forge } from '../../ports/forge.js';
import { ensureComment } from './comments.js';
import type { LocalForgeOptions } from './options.js';
import { ensureMergeRequest } from './merge-requests.js';
import { asMergeRequest, commentsOf, findIssue, findMergeRequest, repositoryRow } from './records.js';
import { freshPlace, remoteOf } from './remote.js';
import type { LocalDatabase } from './tables.js';

/** The `Forge` port over the local forge's tables. */
export function createForge(
  options: LocalForgeOptions,
  desk: { readonly database: LocalDatabase; readonly owner: Person },
): Forge {
  const { database, owner } = desk;
  return {
    name: 'local',
    canWrite: async (_, person) => Promise.resolve(person.id === owner.id),
    issue: (repository, number) => findIssue(database, repository, number),
    comments: (repository, number) => commentsOf(database, repository, number),
    react: async (repository, target) => {
      const name = target.kind === 'issue' ? `issue ${target.number}` : `comment ${target.id}`;
      await database
        .insertInto('local_reactions')
        .values({ repository_id: repository.id, target: name })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    },
    ensureComment: (repository, number, comment) => ensureComment(options, database, { repository, number }, comment),
    ensureMergeRequest: (repository, order) => ensureMergeRequest(options, desk, repository, order),
    mergeRequest: async (repository, number) => {
      const row = await findMergeRequest(database, repository, number);
      return row === undefined ? undefined : asMergeRequest(repository, row);
    },
    readFile: async (repository, path) => {
      const row = await repositoryRow(database, repository.id);
      const place = await freshPlace(options, row);
      const blob = `refs/heads/${row.default_branch}:${path}`;
      const { code, stdout } = await options.git(['-C', place, 'cat-file', 'blob', blob]);
      return code === 0 ? stdout : undefined;
    },
    remote: async (repository, purpose) => remoteOf(options, await repositoryRow(database, repository.id), purpose),
  };
}
