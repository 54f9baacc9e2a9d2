import { z } from 'zod';
import type { Repository } from '../../domain/forge.js';
import type { Ending, LookOrder } from '../../ports/lookout.js';
import { actorFragment, timeline } from './actor.js';
import type { Client } from './client.js';
import { askGraphql } from './graphql.js';

const issueFragment =
  'fragment end on Issue { number state labels(first: 100) { nodes { name } } timelineItems(last: 20, itemTypes: [CLOSED_EVENT, UNLABELED_EVENT]) { nodes { __typename ... on ClosedEvent { createdAt actor { ...actor } } ... on UnlabeledEvent { createdAt actor { ...actor } label { name } } } } }';
const mergeRequestFragment =
  'fragment pullEnd on PullRequest { number state timelineItems(last: 1, itemTypes: [CLOSED_EVENT]) { nodes { __typename ... on ClosedEvent { createdAt actor { ...actor } } } } }';

const endsAnswer = z.object({
  repository: z.record(
    z.string(),
    z
      .object({
        number: z.number(),
        state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
        labels: z.object({ nodes: z.array(z.object({ name: z.string() })) }).optional(),
        timelineItems: timeline,
      })
      .nullable(),
  ),
});

type Ended = NonNullable<z.output<typeof endsAnswer>['repository'][string]>;

/** Issues and merge requests in one question. */
const batch = 200;

/** What ended of the issues and merge requests that are asked about, however many: one question for 200 of them. */
export async function readEndings(
  client: Client,
  repository: Repository,
  order: LookOrder,
): Promise<readonly Ending[]> {
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
  for (let from = 0; from < asked.length; from += batch) {
    const part = asked.slice(from, from + batch);
    const answer = await askGraphql(client, repository, 'what became of issues and merge requests', {
      selection: part.map(({ text }) => text).join(' '),
      // GitHub refuses a question with a fragment that it does not use.
      fragments: [...new Set(part.map(({ fragment }) => fragment)), actorFragment].join(' '),
      answer: endsAnswer,
    });
    for (const [alias, each] of Object.entries(answer.repository)) {
      if (each === null) continue;
      endings.push(...(alias.startsWith('m') ? mergeRequestEnding(each) : issueEnding(each, order.label)));
    }
  }
  return endings;
}

function mergeRequestEnding({ number, state, timelineItems }: Ended): readonly Ending[] {
  const closed = timelineItems.at(-1);
  if (state === 'OPEN' || closed === undefined) return [];
  const kind = state === 'MERGED' ? 'mergeRequestMerged' : 'mergeRequestClosed';
  return [{ kind, number, by: closed.actor, atMs: closed.createdAt }];
}

function issueEnding({ number, state, labels, timelineItems }: Ended, label: string): readonly Ending[] {
  const isClosed = state === 'CLOSED';
  if (!isClosed && labels?.nodes.some(({ name }) => name === label) === true) return [];
  const last = timelineItems.findLast((item) =>
    isClosed ? item.__typename === 'ClosedEvent' : item.label?.name === label,
  );
  if (last === undefined) return [];
  return [{ kind: isClosed ? 'issueClosed' : 'issueUnlabelled', number, by: last.actor, atMs: last.createdAt }];
}
