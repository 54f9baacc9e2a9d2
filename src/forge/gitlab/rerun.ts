import type { Repository } from '../../domain/forge.js';
import type { RedJob } from '../../domain/review.js';
import { verdictOf } from './ci.js';
import type { Client } from './client.js';
import { isOutcomeUnknown, statusOf, unlessMissing } from './errors.js';

/** Starts the jobs once more; false when GitLab lets Fleet start none of them. */
export async function rerun(client: Client, repository: Repository, jobs: readonly RedJob[]): Promise<boolean> {
  let isAny = false;
  for (const job of jobs) isAny = (job.canRerun && (await rerunOne(client, repository, job))) || isAny;
  return isAny;
}

async function rerunOne(client: Client, repository: Repository, { id, name }: RedJob): Promise<boolean> {
  try {
    await client.call(repository, `a new try of the job ${name}`, ({ Jobs }, projectId) =>
      Jobs.retry(projectId, Number(id)),
    );
    return true;
  } catch (error) {
    const isRefused = [403, 404, 409].includes(statusOf(error) ?? 0);
    if (!isRefused && !isOutcomeUnknown(error)) throw error;
    // A job that was started again before is refused, too.
    if (await isRunningAgain(client, repository, Number(id))) return true;
    if (!isRefused) throw error;
    return false;
  }
}

async function isRunningAgain(client: Client, repository: Repository, id: number): Promise<boolean> {
  const job = await unlessMissing(
    client.call(repository, `the job ${id}`, ({ Jobs }, projectId) => Jobs.show(projectId, id)),
  );
  return job !== undefined && verdictOf(job.pipeline.status) === 'pending';
}
