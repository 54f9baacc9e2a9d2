import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { Ending, Glance, Look, LookOrder } from '../../ports/lookout.js';
import { actorFragment, timeline } from './actor.js';
import type { Client } from './client.js';
import { rollupOf, verdictOf } from './checks.js';
import { askGraphql, inRepository } from './graphql.js';
import { conflict } from './review-state.js';
import { instant } from './schema.js';

const issueFragment =
  'fragment end on Issue { number state labels(first: 100) { nodes { name } } timelineItems(last: 20, itemTypes: [CLOSED_EVENT, UNLABELED_EVENT]) { nodes { __typename ... on ClosedEvent { createdAt actor { ...actor } } ... on UnlabeledEvent { createdAt actor { ...actor } label { name } } } } }';
const mergeRequestFragment =
  'fragment pullEnd on PullRequest { number state updatedAt headRefOid mergeable statusCheckRollup { state } timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { __typename ... on ClosedEvent { createdAt actor { ...actor } } } } }';

const issueFate = z.object({
  number: z.number(),
  state: z.enum(['OPEN', 'CLOSED']),
  labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }),
  timelineItems: timeline,
});
const mergeRequestFate = z.object({
  number: z.number(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  updatedAt: instant,
  headRefOid: z.string(),
  mergeable: z.string(),
  statusCheckRollup: rollupOf(z.object({ state: z.string() })),
  timelineItems: timeline,
});
type IssueFate = z.output<typeof issueFate>;
type MergeRequestFate = z.output<typeof mergeRequestFate>;

const answer = z.object({ repository: z.record(z.string(), z.union([mergeRequestFate, issueFate]).nullable()) });

/** Issues and merge requests in one question. */
const batch = 200;

/** What ended of the issues and merge requests that are asked about, and how the open ones are: one question for 200 of them. */
export async function readFates(
  client: Client,
  repository: Repository,
  order: LookOrder,
): Promise<Pick<Look, 'endings' | 'glances'>> {
  const asked = [
    ...order.issues.map((number) => ({
      text: `i${number}: issue(number: ${number}) { ...end }`,
      fragment: issueFragment,
    })),
    ...order.mergeRequests.map((number) => ({
      text: `m${number}: pullRequest(number: ${number}) { ...pullEnd }`,
      fragment: mergeRequestFragment,
    })),
  ];
  const endings: Ending[] = [];
  const glances: Glance[] = [];
  for (let from = 0; from < asked.length; from += batch) {
    const part = asked.slice(from, from + batch);
    // GitHub refuses a question with a fragment that it does not use.
    const fragments = [...new Set(part.map(({ fragment }) => fragment)), actorFragment].join(' ');
    const found = await askGraphql(client, repository, 'what became of issues and merge requests', {
      query: inRepository(part.map(({ text }) => text).join(' '), fragments),
      answer,
      mayRefuse: /^statusCheckRollup$/,
    });
    for (const each of Object.values(found.repository)) {
      if (each === null) continue;
      if ('labels' in each) endings.push(...issueEnding(each, order.label));
      else if (each.state === 'OPEN') glances.push(glanceAt(each));
      else endings.push(...mergeRequestEnding(each));
    }
  }
  return { endings, glances };
}

function glanceAt(pull: MergeRequestFate): Glance {
  const { number, updatedAt: updatedAtMs, headRefOid: headSha, statusCheckRollup } = pull;
  return { number, updatedAtMs, headSha, ...conflict(pull), ci: verdictOf(statusCheckRollup) };
}

function mergeRequestEnding({ number, state, timelineItems }: MergeRequestFate): readonly Ending[] {
  const closed = timelineItems.at(-1);
  if (closed === undefined) return [];
  const kind = state === 'MERGED' ? 'mergeRequestMerged' : 'mergeRequestClosed';
  return [{ kind, number, by: closed.actor, atMs: closed.createdAt }];
}

function issueEnding({ number, state, labels, timelineItems }: IssueFate, label: string): readonly Ending[] {
  const isClosed = state === 'CLOSED';
  if (!isClosed && labels.nodes.some(({ name }) => name === label)) return [];
  const last = timelineItems.findLast((item) =>
    isClosed ? item.__typename === 'ClosedEvent' : item.label?.name === label,
  );
  if (last === undefined) return [];
  return [{ kind: isClosed ? 'issueClosed' : 'issueUnlabelled', number, by: last.actor, atMs: last.createdAt }];
}
