import type { Person } from '../../../src/domain/forge.js';
import { forgeContract, type World } from '../contract.js';
import { aCheckout, addBranch, aLocalForge, sharedDatabase } from './world.js';

const database = sharedDatabase();

forgeContract('local', async (): Promise<World> => {
  const { forge, people, tables } = aLocalForge(database());
  const folder = aCheckout();
  const repository = await people.addRepository({ at: folder, push: false });
  const ofRepository = { repository_id: repository.id };
  let written = 0;
  return {
    forge,
    repository,
    fleet: 'fleet',
    person: async (login): Promise<Person> =>
      login === 'ada' ? { id: 'owner', login, kind: 'person' } : { id: `as:${login}`, login, kind: 'person' },
    openIssue: async ({ title, body, by }) =>
      (await people.openIssue({ repository, title, body, by: by.login })).number,
    comment: async (number, by, body) => {
      if (by !== 'fleet') return (await people.comment({ repository, number, body, by: by.login })).id;
      const id = `past-${repository.id}-${(written += 1)}`;
      await tables
        .insertInto('local_comments')
        .values({
          ...{ ...ofRepository, id, number, body, at_ms: 1, by_fleet: true, verdict: null },
          ...{ author_id: 'fleet', author_login: 'fleet' },
        })
        .execute();
      return id;
    },
    deleteComment: async (_, id) => {
      await tables.deleteFrom('local_comments').where('id', '=', id).execute();
    },
    branch: async (name) => addBranch(folder, name, { path: 'new.txt', text: 'new\n' }),
    end: async (number, how) => {
      if (how === 'closed') await people.close({ repository, number });
      else {
        await tables
          .updateTable('local_merge_requests')
          .set({ state: 'merged' })
          .where('number', '=', number)
          .execute();
      }
    },
    seenComments: async (number) => {
      const rows = await tables
        .selectFrom('local_comments')
        .selectAll()
        .where('repository_id', '=', repository.id)
        .where('number', '=', number)
        .orderBy('seq')
        .execute();
      return rows.map(({ id, author_login, body }) => ({ id, author: author_login, body }));
    },
    seenReactions: async (target) => {
      const name = target.kind === 'issue' ? `issue ${target.number}` : `comment ${target.id}`;
      const rows = await tables
        .selectFrom('local_reactions')
        .selectAll()
        .where('repository_id', '=', repository.id)
        .where('target', '=', name)
        .execute();
      return rows.map(() => 'eyes');
    },
    seenMergeRequests: async () => {
      const rows = await tables
        .selectFrom('local_merge_requests')
        .selectAll()
        .where('repository_id', '=', repository.id)
        .orderBy('number')
        .execute();
      return rows.map(({ number, title, body, branch, base, state, draft, reviewers }) => ({
        ...{ number, title, body, head: branch, base, state, draft },
        reviewers: reviewers.split(' ').filter((login) => login !== ''),
      }));
    },
    close: async () => Promise.resolve(),
  };
});
