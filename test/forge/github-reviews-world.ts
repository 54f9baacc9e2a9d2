import type { RedCause, RedJob } from '../../src/domain/review.js';
import { checkPage } from '../support/github/check-nodes.js';
import { endOf, hasLog } from '../support/github/ci-jobs.js';
import type { CheckState, IssueState } from '../support/github/state.js';
import { gitHubWorld, type GitHubWorld, type GitHubWorldOptions } from './github-world.js';
import type { CiJob, ReviewsWorld, SeenThread } from './reviews-world.js';

export interface GitHubReviewsWorld extends ReviewsWorld {
  readonly gitHub: GitHubWorld;
}

const redCauses: readonly RedCause[] = ['code', 'runner', 'billing', 'timeout', 'cancelled'];

/** The contract's world of reviews on GitHub; without more permissions, logs and re-runs are not to be had. */
export async function gitHubReviewsWorld(options?: GitHubWorldOptions): Promise<GitHubReviewsWorld> {
  const gitHub = await gitHubWorld(options);
  const { standIn, seeded } = gitHub;
  const { reviewers } = standIn;
  const issueOf = (number: number): IssueState => {
    const issue = seeded.issues.get(number);
    if (issue === undefined) throw new Error(`no pull request #${number}`);
    return issue;
  };
  return {
    ...{
      gitHub,
      forge: gitHub.forge,
      reviews: gitHub.gitHub.reviews,
      lookout: gitHub.gitHub.lookout,
      repository: gitHub.repository,
    },
    ...{ fleet: gitHub.fleet, redCauses, person: (login, access) => gitHub.person(login, access) },
    traits: {
      inline: { kind: 'inline', canResolve: true, isThreaded: true },
      comment: { kind: 'comment', canResolve: false, isThreaded: false },
      review: { kind: 'review', canResolve: false, isThreaded: false },
    },
    push: (branch, files) => reviewers.push(seeded, branch, files),
    review: async (number, by, review) => {
      const threads = await reviewers.review(seeded, number, by.login, review);
      return threads.map(({ id }) => String(id));
    },
    comment: async (number, by, text) => {
      await standIn.people.comment(seeded, number, by.login, text);
      return String(issueOf(number).comments.at(-1)?.id);
    },
    reply: (number, thread, by, text) => reviewers.reply(seeded, number, Number(thread), { by: by.login, text }),
    resolve: (number, thread, { isResolved }) => {
      reviewers.resolve(seeded, number, Number(thread), isResolved);
      return Promise.resolve();
    },
    deleteThread: (number, thread) => reviewers.deleteThread(seeded, number, Number(thread), 'ada'),
    close: async (number) => {
      await standIn.people.endPull(seeded, number, 'closed', 'ada');
    },
    reopen: async (number) => {
      await reviewers.reopen(seeded, number, 'ada');
    },
    setCi: async (sha, jobs) => {
      const checks = await reviewers.ci(seeded, sha, jobs);
      return jobs.flatMap((job, index) => (job.state === 'red' ? [redJob(gitHub, job, checks[index]!)] : []));
    },
    loseNextAnswer: () => standIn.fail({ method: 'POST', path: /comments|replies/, effect: { hangUp: 'after' } }),
    seenThreads: (number) => {
      const { threads, comments, reviews } = issueOf(number);
      const texts = reviews.filter(({ body }) => body !== '').map(seen);
      return Promise.resolve([
        ...threads
          .filter((each) => each.comments.length > 0)
          .map(({ isResolved, comments: said }) => ({ isResolved, comments: said.map(shown) })),
        ...[...texts, ...comments.map(seen)],
      ]);
    },
    seenReviewers: (number) => Promise.resolve(issueOf(number).pull?.reviewers ?? []),
    seenReruns: () => {
      const again = seeded.checks.filter(({ id }) => seeded.reruns.includes(id));
      return Promise.resolve(again.map(({ id, run }) => `${run ?? ''}.${id}`));
    },
    seenMergeRequests: () => gitHub.seenMergeRequests(),
    tearDown: () => gitHub.close(),
  };
}

interface Said {
  readonly user: { readonly login: string };
  readonly body: string;
}

const shown = ({ user, body }: Said): SeenThread['comments'][number] => ({ author: user.login, body });
const seen = (said: Said): SeenThread => ({ isResolved: false, comments: [shown(said)] });

function redJob({ standIn }: GitHubWorld, { cause = 'code', step, log = '' }: CiJob, check: CheckState): RedJob {
  const { actions } = standIn.state.app.permissions;
  const canRead = actions !== undefined && hasLog(cause);
  return {
    ...{ id: `${check.run ?? ''}.${check.id}`, name: `ci / ${check.name}`, url: checkPage(standIn.web, check), cause },
    ...(step === undefined || cause === 'billing' ? {} : { step }),
    canRerun: actions === 'write',
    logTail: canRead ? endOf(log) : (check.annotations[0]?.message ?? ''),
  };
}
