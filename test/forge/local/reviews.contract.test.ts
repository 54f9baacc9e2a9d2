import type { Person } from '../../../src/domain/forge.js';
import { describeReviews } from '../reviews-contract.js';
import type { ReviewsWorld, Traits } from '../reviews-world.js';
import { aCheckout, aLocalForge, pushCommit, sharedDatabase } from './world.js';

const database = sharedDatabase();

const traits = (kind: Traits['kind']): Traits => ({ kind, canResolve: true, isThreaded: true });

describeReviews('local', async (): Promise<ReviewsWorld> => {
  const { forge, reviews, lookout, people, tables } = aLocalForge(database());
  const folder = aCheckout();
  const repository = await people.addRepository({ at: folder, push: false });
  const ids = async (number: number): Promise<readonly string[]> =>
    (await people.threads(repository, number)).threads.map(({ id }) => id);
  const mergeRequests = () =>
    tables
      .selectFrom('local_merge_requests')
      .selectAll()
      .where('repository_id', '=', repository.id)
      .orderBy('number')
      .execute();
  return {
    ...{ forge, reviews, lookout, repository, fleet: 'fleet', redCauses: [], loseNextAnswer: undefined },
    traits: { inline: traits('inline'), comment: traits('comment'), review: traits('review') },
    person: async (login): Promise<Person> =>
      login === 'ada' ? { id: 'owner', login, kind: 'person' } : { id: `as:${login}`, login, kind: 'person' },
    push: async (branch, files) => pushCommit(folder, branch, files),
    review: async (number, by, { verdict, text = '', remarks = [] }) => {
      const before = await ids(number);
      await people.review({
        ...{ repository, number, by: by.login, body: text },
        ...(verdict === undefined ? {} : { verdict }),
        remarks: remarks.map((remark) => ({ fromLine: remark.line, side: 'new', ...remark })),
      });
      return (await ids(number)).slice(before.length + (text === '' ? 0 : 1));
    },
    comment: async (number, by, body) => (await people.comment({ repository, number, by: by.login, body })).id,
    reply: async (number, thread, by, body) => {
      await people.reply({ repository, number, thread, by: by.login, body });
    },
    resolve: (number, thread, { by, isResolved }) =>
      people.resolve({ repository, number, thread, by: by.login, isResolved }),
    deleteThread: async (_, thread) => {
      await tables
        .deleteFrom('local_comments')
        .where((row) => row.or([row('id', '=', thread), row('thread_id', '=', thread)]))
        .execute();
    },
    close: (number) => people.close({ repository, number }),
    reopen: (number) => people.reopen({ repository, number }),
    setCi: () => Promise.reject(new Error('there is no CI here')),
    seenThreads: async (number) =>
      (await people.threads(repository, number)).threads.map(({ comments, isResolved }) => ({
        comments: comments.map(({ author, body }) => ({ author: author.login, body })),
        isResolved,
      })),
    seenReviewers: async (number) => {
      const row = (await mergeRequests()).find((each) => each.number === number);
      return row?.reviewers.split(' ').filter((login) => login !== '') ?? [];
    },
    seenReruns: async () => Promise.resolve([]),
    seenMergeRequests: mergeRequests,
    tearDown: async () => Promise.resolve(),
  };
});
