import type { RedCause, RedJob } from '../../src/domain/review.js';
import type { Job } from '../support/gitlab/people.js';
import { discussionsOf, type ProjectState, type ThreadState } from '../support/gitlab/state.js';
import { gitLabWorld } from './gitlab-world.js';
import { describeReviews } from './reviews-contract.js';
import type { CiJob, ReviewsWorld, Traits } from './reviews-world.js';

const traits = (kind: Traits['kind']): Traits => ({ kind, canResolve: true, isThreaded: true });

const reasons: Readonly<Record<RedCause, string>> = {
  code: 'script_failure',
  runner: 'runner_system_failure',
  billing: 'ci_quota_exceeded',
  timeout: 'job_execution_timeout',
  cancelled: '',
};

/** As a runner writes it: folded, and in colour. */
function jobOf({ name, state, cause = 'code', log = '' }: CiJob): Job {
  const shown = `section_start:1700000000:step_script\r\u001b[0K${log.replace(/^/gm, '\u001b[31;1m')}\u001b[0;m\n`;
  const status = ({ pending: 'pending', green: 'success', red: 'failed' } as const)[state];
  return { name, status, failureReason: reasons[cause], log: shown };
}

describeReviews('GitLab', async (): Promise<ReviewsWorld> => {
  const world = await gitLabWorld();
  const { standIn, gitLab, project, repository, forge, fleet } = world;
  const { people } = standIn;
  const threadOf = (number: number): ThreadState => {
    const thread = project.mergeRequests.get(number);
    if (thread === undefined) throw new Error(`no merge request !${number}`);
    return thread;
  };
  return {
    ...{ forge, reviews: gitLab.reviews, lookout: gitLab.lookout, repository, fleet },
    person: (login, access) => world.person(login, access),
    // GitLab keeps the text of a review as a comment like any other.
    traits: { inline: traits('inline'), comment: traits('comment'), review: traits('comment') },
    redCauses: ['code', 'runner', 'billing', 'timeout'],
    push: (branch, files) => Promise.resolve(people.push(project, branch, { by: 'ada', files })),
    review: (number, by, review) => people.review(project, threadOf(number), by.login, review),
    // A comment alone can be resolved from its first answer on: of that, gitlab-reviews.test.ts.
    comment: (number, by, text) => people.startThread(project, threadOf(number), by.login, text),
    reply: async (number, thread, by, text) => {
      await people.reply(project, threadOf(number), thread, { by: by.login, text });
    },
    resolve: (number, thread, { by, isResolved }) => {
      people.resolve(threadOf(number), thread, { by: by.login, isResolved });
      return Promise.resolve();
    },
    deleteThread: (number, thread) => {
      people.deleteNotes(threadOf(number), ({ discussion }) => discussion === thread);
      return Promise.resolve();
    },
    close: async (number) => {
      await people.end(project, threadOf(number), 'closed', 'ada');
    },
    reopen: async (number) => {
      await people.reopen(project, threadOf(number), 'ada');
    },
    setCi: (sha, jobs) => setCi(project, sha, jobs),
    loseNextAnswer: () => {
      standIn.fail({ method: 'POST', path: /./, effect: { hangUp: 'after' } });
    },
    seenThreads: (number) =>
      Promise.resolve(
        discussionsOf(threadOf(number))
          .filter(([, notes]) => notes.some(({ system }) => !system))
          .map(([, notes]) => ({
            comments: notes.map(({ author, body }) => ({ author: author.username, body })),
            isResolved: notes.every(({ resolvedBy }) => resolvedBy !== undefined),
          })),
      ),
    seenReviewers: (number) => Promise.resolve(threadOf(number).merge?.reviewers.map(({ username }) => username) ?? []),
    seenReruns: () =>
      Promise.resolve(
        project.pipelines
          .flatMap((each) => each.jobs)
          .filter(({ isRetried }) => isRetried)
          .map(({ id }) => String(id)),
      ),
    seenMergeRequests: () =>
      Promise.resolve(
        [...project.mergeRequests.values()].map(({ iid: number, title, description }) => ({
          ...{ number, title, body: description ?? '' },
        })),
      ),
    tearDown: () => world.close(),
  };

  async function setCi(of: ProjectState, sha: string, jobs: readonly CiJob[]): Promise<readonly RedJob[]> {
    const merged = [...of.mergeRequests.values()].find(({ merge }) => merge?.head === sha);
    const ref = merged?.merge?.source ?? of.defaultBranch;
    const pipeline = await people.runPipeline(of, { sha, ref }, jobs.map(jobOf));
    return pipeline.jobs.flatMap(({ id, name, stage, status }, index): readonly RedJob[] => {
      const { cause = 'code', log = '' } = jobs[index] ?? {};
      if (status !== 'failed') return [];
      const url = `${standIn.web.url}/${of.path}/-/jobs/${id}`;
      return [{ id: String(id), name: `${stage} / ${name}`, url, cause, canRerun: true, logTail: log }];
    });
  }
});
