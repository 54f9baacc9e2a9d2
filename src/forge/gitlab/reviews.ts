import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { ReviewState } from '../../domain/review.js';
import type { Reviews } from '../../ports/review.js';
import { answer, askAgain } from './answers.js';
import { readCi } from './ci.js';
import type { Client } from './client.js';
import { toThread } from './discussions.js';
import { unlessMissing } from './errors.js';
import { conflictOf, toMergeRequest } from './merge-requests.js';
import { assertLetIn, listDiscussions } from './read-discussions.js';
import { rerun } from './rerun.js';
import { resolve } from './resolving.js';
import { mergeRequestSchema, reviewerSchema } from './review-schema.js';
import { toVerdicts } from './verdicts.js';

/** What people and machines say about merge requests on GitLab. */
export function createReviews(client: Client): Reviews {
  return {
    read: (repository, number) => read(client, repository, number),
    answer: (repository, number, given) => answer(client, { repository, number }, given),
    resolve: (repository, number, threads) => resolve(client, { repository, number }, threads),
    rerun: (repository, jobs) => rerun(client, repository, jobs),
    askAgain: (repository, number, reviewers) => askAgain(client, { repository, number }, reviewers),
  };
}

/** Three calls while CI is not red. */
async function read(client: Client, repository: Repository, number: number): Promise<ReviewState | undefined> {
  const { id: ownId } = await client.self();
  const shown = await unlessMissing(
    client.call(repository, `merge request !${number}`, ({ MergeRequests }, projectId) =>
      MergeRequests.show(projectId, number),
    ),
  );
  if (shown === undefined) {
    await assertLetIn(client, repository);
    return undefined;
  }
  const found = mergeRequestSchema.parse(shown);
  const headSha = found.sha ?? '';
  const [discussions, reviewers, ci] = await Promise.all([
    listDiscussions(client, { repository, number }),
    client.call(repository, `the reviewers of !${number}`, ({ MergeRequests }, projectId) =>
      MergeRequests.showReviewers(projectId, number),
    ),
    readCi(client, repository, { headSha, pipeline: found.head_pipeline ?? undefined }),
  ]);
  return {
    mergeRequest: toMergeRequest(found),
    updatedAtMs: found.updated_at,
    headSha,
    ...conflictOf(found),
    threads: discussions.flatMap((each) =>
      toThread(each, { number, ownId, headSha: found.diff_refs?.head_sha ?? headSha }),
    ),
    verdicts: toVerdicts(z.array(reviewerSchema).parse(reviewers), discussions),
    ci,
  };
}
