import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure, type FailureReason } from '../../src/domain/failure.js';
import type { MarkedComment, MergeRequestOrder } from '../../src/ports/forge.js';
import { gitLabWorld, type GitLabWorld } from './gitlab-world.js';

let world: GitLabWorld;
let number: number;

beforeEach(async () => {
  world = await gitLabWorld({ timeoutMs: 400 });
  const ada = await world.person('ada', 'write');
  number = await world.openIssue({ title: 'Faults', body: '', by: ada });
  await world.branch(order.branch);
});

afterEach(async () => {
  await world.close();
});

const find = '<!-- fleet:v1 kind=status ';
const comment: MarkedComment = { marker: `${find}run=r1 phase=queued -->`, find, body: 'Queued.', mayExist: false };
const order: MergeRequestOrder = {
  branch: 'fleet/1-faults',
  base: 'trunk',
  title: 'Faults',
  body: 'Closes #1',
  draft: false,
  reviewers: [],
};

const ensureComment = (more: Partial<MarkedComment> = {}): Promise<{ readonly id: string }> =>
  world.forge.ensureComment(world.repository, number, { ...comment, ...more });
const ensureMergeRequest = (more: Partial<MergeRequestOrder> = {}): Promise<unknown> =>
  world.forge.ensureMergeRequest(world.repository, { ...order, ...more });

async function failureOf(work: Promise<unknown>): Promise<FailureReason> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error('expected a Failure', { cause: failure });
  expect(failure.cause).toBeInstanceOf(Error);
  return failure.reason;
}

/** Status by call. */
function restCalls(): readonly string[] {
  return world.standIn.calls
    .filter(({ kind }) => kind === 'rest')
    .map(({ method, path, status }) => `${method} ${path.replace(`/projects/${world.project.id}`, '')} ${status}`);
}

describe('an answer that was lost', () => {
  const lost = [
    ['a connection broken after the work', { hangUp: 'after' }],
    ['a 500 after the work', { doneBut: 500 }],
    ['a 502 after the work', { doneBut: 502 }],
    ['an answer that comes too late', { delayMs: 600 }],
    ['a proxy’s page', { answer: 503, headers: { 'content-type': 'text/html' } }],
  ] as const;

  test.each(lost.slice(0, 4))('%s leaves one comment', async (_name, effect) => {
    world.standIn.fail({ method: 'POST', path: /\/notes$/, effect });
    const { id } = await ensureComment();
    expect(await world.seenComments(number)).toEqual([{ id, author: world.fleet, body: `${comment.marker}\nQueued.` }]);
  });

  test.each(lost.slice(0, 4))('%s leaves one merge request', async (_name, effect) => {
    world.standIn.fail({ method: 'POST', path: /\/merge_requests$/, effect });
    await ensureMergeRequest();
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });

  test.each(lost.slice(0, 4))('%s leaves one reaction', async (_name, effect) => {
    world.standIn.fail({ method: 'POST', path: /\/award_emoji$/, effect });
    const react = (): Promise<void> => world.forge.react(world.repository, { kind: 'issue', number });
    expect(await failureOf(react())).toEqual({ kind: 'retryLater' });
    await react();
    expect(await world.seenReactions({ kind: 'issue', number })).toEqual(['eyes']);
  });

  test('nothing is made twice in one try when the work was not done, and the next try makes it', async () => {
    world.standIn.fail({ method: 'POST', path: /\/notes$/, effect: { hangUp: 'before' } });
    world.standIn.fail({ method: 'POST', path: /\/merge_requests$/, effect: lost[4][1] });
    expect(await failureOf(ensureComment())).toEqual({ kind: 'retryLater' });
    expect(await failureOf(ensureMergeRequest())).toEqual({ kind: 'retryLater' });
    expect(restCalls()).toEqual([
      'POST /issues/1/notes 0',
      'GET /user 200',
      'GET /issues/1/notes 200',
      'GET /merge_requests 200',
      'POST /merge_requests 503',
      'GET /merge_requests 200',
    ]);
    await ensureComment({ mayExist: true });
    await ensureMergeRequest();
    expect(await world.seenComments(number)).toHaveLength(1);
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });

  test('a merge request that is there already counts as opened', async () => {
    await ensureMergeRequest();
    // As if somebody else had opened it between the look and the creation.
    world.standIn.fail({ method: 'GET', path: /\/merge_requests$/, effect: { answer: 200, body: [] } });
    await ensureMergeRequest();
    expect(restCalls().slice(-2)).toEqual(['POST /merge_requests 409', 'GET /merge_requests 200']);
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });
});

describe('a merge request that is known', () => {
  test.each([
    ['a connection broken after the work', { hangUp: 'after' }],
    ['a 409', { answer: 409 }],
    ['a 502', { answer: 502 }],
  ] as const)('is brought up to date later after %s', async (_name, effect) => {
    await ensureMergeRequest();
    const later = { title: 'Faults, all', knownNumber: 1 };
    world.standIn.fail({ method: 'PUT', path: /\/merge_requests\/1$/, effect });
    expect(await failureOf(ensureMergeRequest(later))).toEqual({ kind: 'retryLater' });
    await ensureMergeRequest(later);
    expect(await world.seenMergeRequests()).toMatchObject([{ title: 'Faults, all' }]);
  });
});

describe('right after a push', () => {
  test.each([400, 409])('a %i is no refusal yet: it is asked once more', async (answer) => {
    world.standIn.fail({ method: 'POST', path: /\/merge_requests$/, effect: { answer } });
    await ensureMergeRequest();
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });

  test('a 409 that stays is tried again later, a 400 needs a person', async () => {
    const path = /\/merge_requests$/;
    world.standIn.fail({ method: 'POST', path, times: 2, effect: { answer: 409 } });
    expect(await failureOf(ensureMergeRequest())).toEqual({ kind: 'retryLater' });
    world.standIn.fail({ method: 'POST', path, times: 2, effect: { answer: 400 } });
    expect(await failureOf(ensureMergeRequest())).toMatchObject({ kind: 'needsPerson' });
  });
});

describe('a refusal', () => {
  const notes = /\/notes$/;

  test.each([
    ['429 with Retry-After', { 'retry-after': '7' }, 7000],
    ['429 without', {}, 60_000],
    ['429 with nonsense', { 'retry-after': 'soon' }, 60_000],
  ] as const)(
    '%s waits as long as GitLab asks, and is not asked again meanwhile',
    async (_name, headers, retryAfterMs) => {
      world.standIn.fail({ method: 'POST', path: notes, effect: { answer: 429, headers } });
      expect(await failureOf(ensureComment())).toEqual({ kind: 'retryLater', retryAfterMs });
      expect(restCalls()).toHaveLength(1);
    },
  );

  test('a date in Retry-After is waited for', async () => {
    const headers = { 'retry-after': new Date(Date.now() + 90_000).toUTCString() };
    world.standIn.fail({ method: 'POST', path: notes, effect: { answer: 429, headers } });
    const reason = await failureOf(ensureComment());
    const waitMs = reason.kind === 'retryLater' ? (reason.retryAfterMs ?? 0) : 0;
    expect(waitMs).toBeGreaterThan(80_000);
    expect(waitMs).toBeLessThan(91_000);
  });

  test.each([401, 403, 422])('%i needs a person, who is told what and where', async (answer) => {
    world.standIn.fail({ method: 'POST', path: notes, effect: { answer, message: 'No.' } });
    expect(await failureOf(ensureComment())).toEqual({
      kind: 'needsPerson',
      obstacle: {
        kind: 'forgeRefused',
        details: [
          `GitLab answered ${answer} to a new comment on #1 of acme/sample: No.`,
          expect.stringMatching(/^(Check|Read) /) as string,
        ],
      },
    });
  });

  test('a redirect is not followed: the token would go along', async () => {
    const headers = { location: 'http://127.0.0.1:1/elsewhere' };
    world.standIn.fail({ method: 'GET', path: notes, effect: { answer: 302, headers } });
    expect(await failureOf(world.forge.comments(world.repository, number))).toMatchObject({
      kind: 'needsPerson',
      obstacle: { details: [expect.any(String), expect.stringContaining('GITLAB_URL') as string] },
    });
  });

  test.each([500, 502, 503] as const)('a %i on reading is tried again later, and asked once', async (answer) => {
    world.standIn.fail({ method: 'GET', path: notes, effect: { answer } });
    expect(await failureOf(world.forge.comments(world.repository, number))).toEqual({ kind: 'retryLater' });
    expect(restCalls()).toEqual(['GET /user 200', `GET /issues/1/notes ${answer}`]);
  });

  test('a page in the place of an answer is none', async () => {
    const headers = { 'content-type': 'text/html' };
    world.standIn.fail({ method: 'GET', path: /members/, effect: { answer: 200, headers } });
    const ada = { id: '5', login: 'ada', kind: 'person' } as const;
    expect(await failureOf(world.forge.canWrite(world.repository, ada))).toEqual({ kind: 'retryLater' });
  });

  test('a 404 right after the webhook is asked about once more, and then believed', async () => {
    const path = /\/issues\/1$/;
    world.standIn.fail({ method: 'GET', path, effect: { answer: 404 } });
    expect(await world.forge.issue(world.repository, number)).toMatchObject({ title: 'Faults' });
    world.standIn.fail({ method: 'GET', path, times: 2, effect: { answer: 404 } });
    expect(await world.forge.issue(world.repository, number)).toBeUndefined();
  });

  test('a comment that is gone cannot be reacted to', async () => {
    const target = { kind: 'comment', id: `issues/${number}/notes/31337` } as const;
    const reason = await failureOf(world.forge.react(world.repository, target));
    expect(reason).toMatchObject({ kind: 'needsPerson', obstacle: { kind: 'forgeRefused' } });
  });
});

describe('Fleet’s account', () => {
  test('out of the project needs a person', async () => {
    world.project.members.delete(world.fleet);
    expect(await failureOf(ensureComment())).toMatchObject({ kind: 'needsPerson' });
    expect(await failureOf(world.forge.remote(world.repository, 'push'))).toMatchObject({ kind: 'needsPerson' });
  });

  test('works again once a revoked token is back', async () => {
    const token = world.standIn.state.tokens.get(world.standIn.token);
    if (token === undefined) throw new Error('no token');
    token.revoked = true;
    expect(await failureOf(ensureComment())).toMatchObject({ kind: 'needsPerson' });
    token.revoked = false;
    await ensureComment({ mayExist: true });
    expect(await world.seenComments(number)).toHaveLength(1);
  });
});
