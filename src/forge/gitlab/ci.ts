import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { Repository } from '../../domain/forge.js';
import type { CiState, CiVerdict, RedCause, RedJob } from '../../domain/review.js';
import type { Client } from './client.js';
import { logTail } from './job-log.js';
import { jobSchema, type pipelineSchema } from './review-schema.js';

export type Pipeline = z.infer<typeof pipelineSchema>;

type Job = z.infer<typeof jobSchema>;

const mostRed = 20;
const mostLogs = 5;

const verdicts: ReadonlyMap<string, CiVerdict> = new Map<string, CiVerdict>([
  ['success', 'green'],
  ['failed', 'red'],
  ['canceled', 'red'],
  // `[skip ci]`: nothing ran.
  ['skipped', 'none'],
  ...['created', 'waiting_for_resource', 'preparing', 'waiting_for_callback', 'pending', 'running', 'canceling'].map(
    (status) => [status, 'pending'] as const,
  ),
  // Somebody has to start it, or a clock.
  ['manual', 'pending'],
  ['scheduled', 'pending'],
]);

/** `failure_reason`s that no change of the code could mend; all others count as the code's. */
const causes: ReadonlyMap<string, RedCause> = new Map<string, RedCause>([
  ['ci_quota_exceeded', 'billing'],
  ['job_execution_timeout', 'timeout'],
  ...[
    ...['runner_system_failure', 'stuck_or_timeout_failure', 'runner_unsupported', 'no_matching_runner'],
    ...['runner_provisioning_timeout', 'api_failure', 'scheduler_failure', 'data_integrity_failure', 'stale_schedule'],
    ...['unknown_failure', 'archived_failure', 'builds_disabled', 'user_blocked', 'unmet_prerequisites'],
  ].map((reason) => [reason, 'runner'] as const),
]);

/** What a pipeline's status says of its commit. */
export function verdictOf(status: string): CiVerdict {
  return verdicts.get(status) ?? 'unknown';
}

/** What the head pipeline says of the head; jobs are asked for only when it is red. Never fails: then the verdict is unknown. */
export async function readCi(
  client: Client,
  repository: Repository,
  { headSha: sha, pipeline }: { readonly headSha: string; readonly pipeline: Pipeline | undefined },
): Promise<CiState> {
  try {
    if (pipeline === undefined || !(await isOf(client, repository, pipeline, sha))) {
      return { sha, verdict: 'none', red: [] };
    }
    const verdict = verdictOf(pipeline.status);
    return { sha, verdict, red: verdict === 'red' ? await redJobs(client, repository, pipeline) : [] };
  } catch (error) {
    // The rest of what was read stands without it.
    if (!(error instanceof Failure)) throw error;
    return { sha, verdict: 'unknown', red: [] };
  }
}

/** Right after a push the head pipeline is still the one of the older head. One of merged results runs on a merge of the head. */
async function isOf(client: Client, repository: Repository, pipeline: Pipeline, headSha: string): Promise<boolean> {
  if (pipeline.sha === headSha || !/^refs\/merge-requests\/\d+\/merge$/.test(pipeline.ref)) {
    return pipeline.sha === headSha;
  }
  const merge = await client.call(repository, `the commit ${pipeline.sha}`, ({ Commits }, projectId) =>
    Commits.show(projectId, pipeline.sha),
  );
  return (merge.parent_ids ?? []).includes(headSha);
}

async function redJobs(client: Client, repository: Repository, pipeline: Pipeline): Promise<readonly RedJob[]> {
  // What was cancelled beside a failure was so because of it.
  const scope = pipeline.status === 'canceled' ? 'canceled' : 'failed';
  const listed = await client.call(repository, `the jobs of pipeline ${pipeline.id}`, ({ Jobs }, projectId) =>
    Jobs.all(projectId, { pipelineId: pipeline.id, scope, perPage: 100, maxPages: 1 }),
  );
  const jobs = z.array(jobSchema).parse(listed);
  const red = jobs.filter((job) => scope === 'canceled' || !job.allow_failure).slice(0, mostRed);
  if (red.length === 0) return [wholePipeline(pipeline)];
  return Promise.all(
    red.map(async (job, index) => toRedJob(job, index < mostLogs ? await logTail(client, repository, job.id) : '')),
  );
}

/** Red without a red job of its own: its configuration is broken, or what another project or system ran for it. */
function wholePipeline({ id, status, web_url: url, yaml_errors: problems }: Pipeline): RedJob {
  const cause = status === 'canceled' ? 'cancelled' : 'code';
  return { id: `pipeline-${id}`, name: 'pipeline', url, cause, canRerun: false, logTail: problems ?? '' };
}

function toRedJob(job: Job, log: string): RedJob {
  const { id, stage, name, status, web_url: url, failure_reason: reason, archived } = job;
  return {
    id: String(id),
    name: `${stage} / ${name}`,
    url,
    cause: status === 'canceled' ? 'cancelled' : (causes.get(reason ?? '') ?? 'code'),
    canRerun: archived !== true,
    logTail: log,
  };
}
