import { createHash } from 'node:crypto';
import { AccessLevel } from '@gitbeaker/rest';
import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { CiVerdict } from '../../domain/review.js';
import type { Glance, Look, Lookout, LookMemo, LookOrder } from '../../ports/lookout.js';
import { verdictOf } from './ci.js';
import type { Client } from './client.js';
import { issueEndings, mergeRequestEnding, readMergeRequests, type Listed } from './endings.js';
import { readLabelling } from './labelling.js';
import { conflictOf, toMergeRequest } from './merge-requests.js';
import { issueSchema, pipelineSchema } from './review-schema.js';

/** Pages of 100 labelled issues that are read; those that changed last come first. */
const mostPages = 3;

/** Pages of 100 projects that are read. */
const mostProjectPages = 10;

/** Pipelines are asked for from so long before the last look on: clocks differ, and pipelines change while they are listed. */
const overlapMs = 10 * 60_000;

/**
 * Looks at GitLab: one list of the labelled issues, one of the merge requests, one of the pipelines that changed. A
 * request for changes has no event: it is a note of GitLab's own, which is a change of the merge request as any note is.
 */
export function createLookout(client: Client): Lookout {
  return {
    repositories: () => ownProjects(client),
    look: (repository, order, memo) => look(client, repository, order, memo),
    labelling: (repository, number, label) => readLabelling(client, repository, number, label),
  };
}

async function ownProjects(client: Client): Promise<readonly Repository[]> {
  const found = await client.ask('Fleet’s projects', ({ Projects }) =>
    Projects.all({
      ...{ membership: true, minAccessLevel: AccessLevel.DEVELOPER, archived: false, simple: true },
      ...{ perPage: 100, maxPages: mostProjectPages },
    }),
  );
  return found.map(({ id, path_with_namespace: path, default_branch: branch }: Project): Repository => ({
    ...{ forge: 'gitlab', id: String(id), path, defaultBranch: branch ?? '' },
  }));
}

interface Project {
  readonly id: number;
  readonly path_with_namespace: string;
  /** Null while the repository is empty. */
  readonly default_branch?: string | null;
}

async function look(
  client: Client,
  repository: Repository,
  order: LookOrder,
  before: LookMemo | undefined,
): Promise<Look> {
  const [sinceMs = '', digest] = before?.mark.split(' ') ?? [];
  const atMs = client.clock.nowMs();
  const [labelled, mergeRequests, ciOf] = await Promise.all([
    readLabelled(client, repository, order.label),
    readMergeRequests(client, repository, order.mergeRequests),
    readPipelines(client, repository, order, sinceMs === '' ? undefined : Number(sinceMs) - overlapMs),
  ]);
  const open = labelled.map(({ number }) => number);
  const mark = createHash('sha256').update(JSON.stringify(labelled)).digest('hex').slice(0, 16);
  const issues = order.issues.filter((number) => !open.includes(number));
  return {
    labelled: mark === digest ? undefined : labelled,
    endings: [
      ...(await issueEndings(client, repository, { ...order, issues })),
      ...mergeRequests.flatMap(mergeRequestEnding),
    ],
    glances: mergeRequests.filter((each) => toMergeRequest(each).state === 'open').map((each) => glance(each, ciOf)),
    memo: { mark: `${atMs} ${mark}`, open },
  };
}

async function readLabelled(client: Client, repository: Repository, labels: string) {
  const found = await client.call(repository, `the issues with the label ${labels}`, ({ Issues }, projectId) =>
    Issues.all({
      ...{ projectId, labels, state: 'opened', orderBy: 'updated_at', sort: 'desc' },
      ...{ perPage: 100, maxPages: mostPages },
    }),
  );
  return z
    .array(issueSchema)
    .parse(found)
    .map(({ iid: number, updated_at: updatedAtMs }) => ({ number, updatedAtMs }));
}

/** The verdict about a commit, as far as pipelines that changed lately tell it; without `sinceMs`, the 100 newest. */
async function readPipelines(
  client: Client,
  repository: Repository,
  { mergeRequests }: LookOrder,
  sinceMs: number | undefined,
): Promise<(found: Listed) => CiVerdict> {
  if (mergeRequests.length === 0) return () => 'unknown';
  const found = await client.call(repository, 'the pipelines', ({ Pipelines }, projectId) =>
    Pipelines.all(projectId, {
      ...(sinceMs === undefined ? {} : { updatedAfter: new Date(sinceMs).toISOString() }),
      ...{ orderBy: 'id', sort: 'desc', perPage: 100, maxPages: 1 },
    }),
  );
  const statuses = new Map<string, string>();
  for (const { sha, ref, status } of z.array(pipelineSchema).parse(found).reverse()) {
    statuses.set(sha, status).set(ref, status);
  }
  const isAll = sinceMs === undefined && found.length < 100;
  return ({ sha, iid }) =>
    // Those of merged results run on a commit that is neither the head nor known.
    verdictOf(statuses.get(sha ?? '') ?? statuses.get(`refs/merge-requests/${iid}/merge`) ?? (isAll ? 'skipped' : ''));
}

/** A conflict is no change of the merge request, so all that were asked about are told of. */
function glance(found: Listed, ciOf: (found: Listed) => CiVerdict): Glance {
  const { iid: number, sha, updated_at: updatedAtMs } = found;
  return { number, updatedAtMs, headSha: sha ?? '', ...conflictOf(found), ci: ciOf(found) };
}
