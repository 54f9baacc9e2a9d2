import { stripVTControlCharacters } from 'node:util';
import { z } from 'zod';
import type { RedJob } from '../../domain/review.js';
import type { Repository } from '../../domain/forge.js';
import type { Client } from './client.js';
import { statusOf, unlessMissing } from './errors.js';
import { ownerAndName } from './shapes.js';

/** What the installation lets Fleet do with jobs of GitHub Actions; it is asked for by nobody who need not. */
export type Grant = 'none' | 'read' | 'write';

const installationToken = z.object({ permissions: z.record(z.string(), z.string()) });

/** As the token at hand says it: no call is made where one is there. */
export async function grantOf(client: Client, repository: Repository): Promise<Grant> {
  const token = await client.call(repository, 'a token', (octokit) => octokit.auth({ type: 'installation' }));
  const { actions } = installationToken.parse(token).permissions;
  return actions === 'write' || actions === 'read' ? actions : 'none';
}

/** Bytes of a log that are kept while it comes; a log may be gigabytes. */
const keptBytes = 64 * 1024;

/** The end of a job's log, up to the error that ended it; empty where GitHub does not give it. */
export async function readJobLog(client: Client, repository: Repository, job: number): Promise<string> {
  try {
    const log = await client.call(repository, `the log of job ${job}`, async (octokit) => {
      const { data } = await octokit.rest.actions.downloadJobLogsForWorkflowRun({
        ...ownerAndName(repository),
        job_id: job,
        request: { parseSuccessResponseBody: false },
      });
      return tailOf(data as AsyncIterable<Uint8Array>);
    });
    return readable(log);
  } catch (error) {
    // Logs end by retention and are served from elsewhere: the verdict does not wait for them, and annotations are left.
    client.log.info({ repository: repository.path, job, status: statusOf(error) }, 'job log not read');
    return '';
  }
}

async function tailOf(stream: AsyncIterable<Uint8Array>): Promise<string> {
  let kept = Buffer.alloc(0);
  for await (const chunk of stream) kept = Buffer.concat([kept, chunk]).subarray(-keptBytes);
  return kept.toString();
}

const stamp = /^\uFEFF?\d{4}-\d\d-\d\dT[\d:.]+Z /;

/** Without the time that each line begins with, without colours, and without the cleaning up after the error. */
function readable(log: string): string {
  const lines = log.split(/\r?\n/).map((line) => stripVTControlCharacters(line.replace(stamp, '')));
  const last = lines.findLastIndex((line) => line.startsWith('##[error]'));
  return lines
    .slice(0, last < 0 ? undefined : last + 1)
    .join('\n')
    .trim();
}

/** Runs red jobs again, all of a workflow's run in one call: while one of them runs, GitHub refuses the others. */
export async function rerunJobs(client: Client, repository: Repository, jobs: readonly RedJob[]): Promise<boolean> {
  const byRun = new Map<number, number[]>();
  for (const { id } of jobs.filter(({ canRerun }) => canRerun)) {
    const [run = 0, job = 0] = id.split('.').map(Number);
    byRun.set(run, [...(byRun.get(run) ?? []), job]);
  }
  let isStarted = false;
  for (const [run, ids] of byRun) isStarted = (await rerun(client, repository, run, ids)) || isStarted;
  return isStarted;
}

async function rerun(client: Client, repository: Repository, run: number, jobs: readonly number[]): Promise<boolean> {
  const [job = 0, ...others] = jobs;
  const target = ownerAndName(repository);
  try {
    await client.call(repository, `a re-run of ${run}`, (octokit) =>
      others.length === 0
        ? octokit.rest.actions.reRunJobForWorkflowRun({ ...target, job_id: job })
        : octokit.rest.actions.reRunWorkflowFailedJobs({ ...target, run_id: run }),
    );
    return true;
  } catch (error) {
    if (![403, 404].includes(statusOf(error) ?? 0)) throw error;
    // A run that runs is refused as well: an earlier try whose answer was lost has started it.
    const now = await unlessMissing(
      client.call(repository, `the run ${run}`, (octokit) =>
        octokit.rest.actions.getWorkflowRun({ ...target, run_id: run }),
      ),
    );
    return now !== undefined && now.data.status !== 'completed';
  }
}
