import { z } from 'zod';
import type { MergeRequest, Repository } from '../../domain/forge.js';
import type { ReviewState } from '../../domain/review.js';
import { actorFragment } from './actor.js';
import { checkFragment, checkNode, rollupOf, verdictOf } from './checks.js';
import { readCi } from './ci.js';
import type { Client } from './client.js';
import { askGraphql, inRepository } from './graphql.js';
import { instant } from './schema.js';
import { commentFragment, commentNode, commentThread, reviewFragment, reviewNode, reviewThreads } from './threads.js';
import { inlineThread, threadFragment, threadNode } from './threads.js';
import { lastVerdicts } from './verdicts.js';

/** Pages of 100 of each list, the newest first: of longer ones the oldest are left out. */
const mostPages = 5;

function pageOf<T extends z.ZodType>(node: T) {
  const pageInfo = z.object({ hasPreviousPage: z.boolean(), startCursor: z.string().nullable() });
  return z.object({ nodes: z.array(node), pageInfo });
}

const pull = z.object({
  number: z.number(),
  url: z.string(),
  state: z.enum(['OPEN', 'CLOSED', 'MERGED']),
  updatedAt: instant,
  headRefOid: z.string(),
  mergeable: z.string(),
  reviewThreads: pageOf(threadNode).optional(),
  reviews: pageOf(reviewNode).optional(),
  comments: pageOf(commentNode).optional(),
  statusCheckRollup: rollupOf(z.object({ state: z.string(), contexts: pageOf(checkNode) })).optional(),
});
type Pull = z.output<typeof pull>;

const lists: Readonly<Record<List, { readonly node: string; readonly fragment: string }>> = {
  reviewThreads: { node: 'thread', fragment: threadFragment },
  reviews: { node: 'review', fragment: reviewFragment },
  comments: { node: 'below', fragment: commentFragment },
  contexts: { node: 'check', fragment: checkFragment },
};
type List = 'reviewThreads' | 'reviews' | 'comments' | 'contexts';

/** Where each list goes on; `undefined`: at its newest. */
type Cursors = readonly (readonly [list: List, before: string | undefined])[];

const newest: Cursors = [
  ['reviewThreads', undefined],
  ['reviews', undefined],
  ['comments', undefined],
  ['contexts', undefined],
];

/** The whole state in one question, and another one for each further hundred; undefined when there is no such merge request. */
export async function readReviewState(
  client: Client,
  repository: Repository,
  number: number,
): Promise<ReviewState | undefined> {
  const now = await readPage(client, repository, number, newest);
  if (now === undefined) return undefined;
  const pages = [now];
  for (let next = goingOn(now); next.length > 0 && pages.length < mostPages;) {
    const page = await readPage(client, repository, number, next);
    if (page === undefined) return undefined;
    pages.unshift(page);
    next = goingOn(page);
  }
  const reviews = pages.flatMap((page) => page.reviews?.nodes ?? []);
  const threads = [
    ...pages.flatMap((page) => page.reviewThreads?.nodes ?? []).map(inlineThread),
    ...reviews.flatMap(reviewThreads),
    ...pages.flatMap((page) => page.comments?.nodes ?? []).map(commentThread),
  ].filter(({ comments }) => comments.length > 0);
  const begun = ({ comments }: (typeof threads)[number]): number => comments[0]?.createdAtMs ?? 0;
  return {
    mergeRequest: { number: now.number, url: now.url, state: states[now.state] },
    updatedAtMs: now.updatedAt,
    headSha: now.headRefOid,
    ...conflict(now),
    threads: threads.sort((one, other) => begun(one) - begun(other)),
    verdicts: lastVerdicts(reviews),
    ci: await readCi(client, repository, {
      sha: now.headRefOid,
      verdict: verdictOf(now.statusCheckRollup ?? null),
      checks: pages.flatMap((page) => contextsOf(page)?.nodes ?? []),
    }),
  };
}

const states: Readonly<Record<Pull['state'], MergeRequest['state']>> = {
  OPEN: 'open',
  CLOSED: 'closed',
  MERGED: 'merged',
};

/** GitHub finds out about conflicts after it was first asked; until then it does not know. */
export function conflict({ mergeable }: { readonly mergeable: string }): { readonly isConflicting?: boolean } {
  return mergeable === 'UNKNOWN' ? {} : { isConflicting: mergeable === 'CONFLICTING' };
}

async function readPage(
  client: Client,
  repository: Repository,
  number: number,
  cursors: Cursors,
): Promise<Pull | undefined> {
  const selected = cursors.map(([list, before]) => {
    const after = before === undefined ? '' : `, before: ${JSON.stringify(before)}`;
    const text = `${list}(last: 100${after}) { nodes { ...${lists[list].node} } pageInfo { hasPreviousPage startCursor } }`;
    return list === 'contexts' ? `statusCheckRollup { state ${text} }` : text;
  });
  const fragments = cursors.map(([list]) => lists[list].fragment);
  // GitHub refuses a question with a fragment that it does not use.
  if (cursors.some(([list]) => list !== 'contexts')) fragments.push(actorFragment);
  const asked = `pullRequest(number: ${number}) { number url state updatedAt headRefOid mergeable ${selected.join(' ')} }`;
  const { repository: answer } = await askGraphql(client, repository, `the talk on merge request #${number}`, {
    query: inRepository(asked, fragments.join(' ')),
    answer: z.object({ repository: z.object({ pullRequest: pull.nullable() }).nullable() }),
    mayRefuse: /^statusCheckRollup$/,
  });
  return answer?.pullRequest ?? undefined;
}

/** Lists that have older pages; checks only where some are red, for only those are told of. */
function goingOn(page: Pull): Cursors {
  const contexts = verdictOf(page.statusCheckRollup ?? null) === 'red' ? contextsOf(page) : undefined;
  const { reviewThreads, reviews, comments } = page;
  return Object.entries({ reviewThreads, reviews, comments, contexts }).flatMap(([list, { pageInfo } = {}]) =>
    pageInfo?.hasPreviousPage === true && pageInfo.startCursor !== null
      ? [[list as List, pageInfo.startCursor] as const]
      : [],
  );
}

function contextsOf({ statusCheckRollup: rollup }: Pull) {
  return rollup == null || rollup === 'refused' ? undefined : rollup.contexts;
}
