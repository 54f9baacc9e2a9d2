import { z } from 'zod';
import { Failure } from '../../domain/failure.js';
import type { CiState, CiVerdict, RedJob } from '../../domain/review.js';
import type { Repository } from '../../domain/forge.js';
import { detailsFragment, isRed, runDetails, type CheckNode, type CheckRun, type RunDetails } from './checks.js';
import type { Client } from './client.js';
import { askGraphql } from './graphql.js';
import { grantOf, readJobLog } from './jobs.js';
import { actionsJobOf, redJobOfRun, redJobOfStatus } from './red-jobs.js';

/** Red jobs that are told of, and those whose log is read. */
const mostJobs = 20;
const mostLogs = 5;

/** A commit with its checks. */
export interface CheckedHead {
  readonly sha: string;
  readonly verdict: CiVerdict;
  readonly checks: readonly CheckNode[];
}

/** The verdict with what is to know of the red jobs, which costs calls only where there are some. */
export async function readCi(
  client: Client,
  repository: Repository,
  { sha, verdict, checks }: CheckedHead,
): Promise<CiState> {
  if (verdict !== 'red') return { sha, verdict, red: [] };
  const red = checks.filter((each) => isRed(each.__typename === 'CheckRun' ? each.conclusion : each.state));
  try {
    return { sha, verdict, red: await readRed(client, repository, sha, red.slice(0, mostJobs)) };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    // What people said must not wait for it; an error of the API is no verdict.
    client.log.warn({ repository: repository.path, sha, status: error.message }, 'red jobs not read');
    return { sha, verdict: 'unknown', red: [] };
  }
}

async function readRed(
  client: Client,
  repository: Repository,
  sha: string,
  red: readonly CheckNode[],
): Promise<readonly RedJob[]> {
  const runs = red.filter((each) => each.__typename === 'CheckRun');
  const known = await readDetails(client, repository, runs);
  const grant = runs.length === 0 ? 'none' : await grantOf(client, repository);
  const jobs: RedJob[] = [];
  for (const [index, each] of red.entries()) {
    if (each.__typename === 'StatusContext') {
      jobs.push(redJobOfStatus(each, `${client.webUrl}/${repository.path}/commit/${sha}`));
      continue;
    }
    const job = grant === 'none' || index >= mostLogs ? undefined : actionsJobOf(each)?.job;
    const log = job === undefined ? '' : await readJobLog(client, repository, job);
    jobs.push(redJobOfRun(each, { details: known.get(each.id) ?? { steps: [], annotations: [] }, grant, log }));
  }
  return jobs;
}

async function readDetails(
  client: Client,
  repository: Repository,
  runs: readonly CheckRun[],
): Promise<ReadonlyMap<string, RunDetails>> {
  if (runs.length === 0) return new Map();
  const selection = runs.map(({ id }, index) => `j${index}: node(id: ${JSON.stringify(id)}) { ...details }`);
  const answer = await askGraphql(client, repository, 'the red jobs', {
    query: `query { ${selection.join(' ')} } ${detailsFragment}`,
    answer: z.record(z.string(), runDetails.nullable()),
  });
  const known = new Map<string, RunDetails>();
  for (const [index, { id }] of runs.entries()) {
    const details = answer[`j${index}`];
    if (details != null) known.set(id, details);
  }
  return known;
}
