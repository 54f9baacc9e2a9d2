import type { Thread } from '../../domain/review.js';
import type { Reviews } from '../../ports/review.js';
import { answerThread } from './answers.js';
import type { Client } from './client.js';
import { rerunJobs } from './jobs.js';
import { askForReview } from './merge-requests.js';
import { resolveThreads } from './resolving.js';
import { readReviewState } from './review-state.js';
import { databaseIdOf, mostComments } from './threads.js';

/** Threads whose first comment is remembered: who is forgotten costs a look. */
const mostRemembered = 5000;

/** Reviews on GitHub: read in GraphQL, answered in REST. */
export function createReviews(client: Client): Reviews {
  const firstComments = new Map<string, string>();
  const remember = ({ id, kind, comments: [first, ...others] }: Thread): void => {
    if (kind !== 'inline' || first === undefined || others.length + 1 === mostComments) return;
    firstComments.set(id, databaseIdOf(first.id));
    const [oldest] = firstComments.keys();
    if (firstComments.size > mostRemembered && oldest !== undefined) firstComments.delete(oldest);
  };
  return {
    read: async (repository, number) => {
      const state = await readReviewState(client, repository, number);
      state?.threads.forEach(remember);
      return state;
    },
    answer: (repository, number, answer) => answerThread(client, { repository, number, firstComments }, answer),
    resolve: (repository, number, threads) => resolveThreads(client, repository, number, threads),
    rerun: (repository, jobs) => rerunJobs(client, repository, jobs),
    askAgain: (repository, number, reviewers) => askForReview(client, repository, number, reviewers),
  };
}
