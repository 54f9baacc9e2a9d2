import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { Failure, type FailureReason } from '../../src/domain/failure.js';
import type { MarkedComment, MergeRequestOrder } from '../../src/ports/forge.js';
import { gitHubWorld, type GitHubWorld } from './github-world.js';

let world: GitHubWorld;
let number: number;

beforeEach(async () => {
  world = await gitHubWorld({ timeoutMs: 400 });
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
const ensureMergeRequest = (): Promise<unknown> => world.forge.ensureMergeRequest(world.repository, order);

async function failureOf(work: Promise<unknown>): Promise<FailureReason> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error('expected a Failure', { cause: failure });
  expect(failure.cause).toBeInstanceOf(Error);
  return failure.reason;
}

/** Status by call, without the minting of tokens. */
function restCalls(): readonly string[] {
  return world.standIn.calls
    .filter(({ kind }) => kind === 'rest')
    .map(({ method, path, status }) => `${method} ${path.replace('/repos/acme/sample', '')} ${status}`);
}

describe('an answer that was lost', () => {
  const lost = [
    ['a connection broken after the work', { hangUp: 'after' }],
    ['a 500 after the work', { doneBut: 500 }],
    ['a 502 after the work', { doneBut: 502 }],
    ['an answer that comes too late', { delayMs: 600 }],
  ] as const;

  test.each(lost)('%s leaves one comment', async (_name, effect) => {
    world.standIn.fail({ method: 'POST', path: /\/comments$/, effect });
    const { id } = await ensureComment();
    expect(await world.seenComments(number)).toEqual([{ id, author: world.fleet, body: `${comment.marker}\nQueued.` }]);
  });

  test.each(lost)('%s leaves one merge request', async (_name, effect) => {
    world.standIn.fail({ method: 'POST', path: /\/pulls$/, effect });
    await ensureMergeRequest();
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });

  test('nothing is made twice in one try when the work was not done, and the next try makes it', async () => {
    world.standIn.fail({ method: 'POST', path: /\/comments$/, effect: { hangUp: 'before' } });
    world.standIn.fail({ method: 'POST', path: /\/pulls$/, effect: { answer: 500 } });
    expect(await failureOf(ensureComment())).toEqual({ kind: 'retryLater' });
    expect(await failureOf(ensureMergeRequest())).toEqual({ kind: 'retryLater' });
    expect(restCalls()).toEqual([
      'POST /issues/1/comments 0',
      'GET /issues/1/comments 200',
      'GET /pulls 200',
      'POST /pulls 500',
      'GET /pulls 200',
    ]);
    await ensureComment({ mayExist: true });
    await ensureMergeRequest();
    expect(await world.seenComments(number)).toHaveLength(1);
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });

  test('a merge request that is there already counts as opened', async () => {
    await ensureMergeRequest();
    // As if somebody else had opened it between the look and the creation.
    world.standIn.faults.add({ method: 'GET', path: /\/pulls$/, effect: { answer: 200, body: [] } });
    await ensureMergeRequest();
    expect(restCalls().slice(-2)).toEqual(['POST /pulls 422', 'GET /pulls 200']);
    expect(await world.seenMergeRequests()).toHaveLength(1);
  });
});

describe('a refusal', () => {
  const noMoreThanOnce = /\/comments$/;

  test.each([
    ['403 with retry-after', 403, { 'retry-after': '7' }, 7000],
    ['429 with retry-after', 429, { 'retry-after': '2' }, 2000],
    ['429 without', 429, {}, 60_000],
  ] as const)('%s waits as long as GitHub asks', async (_name, answer, headers, retryAfterMs) => {
    world.standIn.fail({ method: 'POST', path: noMoreThanOnce, effect: { answer, headers } });
    expect(await failureOf(ensureComment())).toEqual({ kind: 'retryLater', retryAfterMs });
    expect(restCalls()).toHaveLength(1);
  });

  test('a spent quota waits for its reset', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_800_000_000_000 });
    onTestFinished(() => void vi.useRealTimers());
    const headers = { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': '1800000090' };
    world.standIn.fail({ method: 'GET', path: noMoreThanOnce, effect: { answer: 403, headers } });
    const reason = await failureOf(world.forge.comments(world.repository, number));
    expect(reason).toEqual({ kind: 'retryLater', retryAfterMs: 91_000 });
  });

  test.each([
    [403, { 'x-ratelimit-remaining': '4999' }],
    [422, {}],
    [451, {}],
  ] as const)('%i needs a person, who is told what and where', async (answer, headers) => {
    world.standIn.fail({ method: 'POST', path: noMoreThanOnce, effect: { answer, headers, message: 'No.' } });
    expect(await failureOf(ensureComment())).toEqual({
      kind: 'needsPerson',
      obstacle: {
        kind: 'forgeRefused',
        details: [
          `GitHub answered ${answer} to a new comment on #1 of acme/sample: No.`,
          expect.stringMatching(/^(Check|Read) /) as string,
        ],
      },
    });
  });

  test('a merge request that GitHub does not want needs a person', async () => {
    world.standIn.fail({ method: 'POST', path: /\/pulls$/, effect: { answer: 422, message: 'No commits' } });
    expect(await failureOf(ensureMergeRequest())).toMatchObject({ kind: 'needsPerson' });
  });

  test.each([500, 502, 503] as const)('a %i on reading is tried again later', async (answer) => {
    world.standIn.fail({ method: 'GET', path: noMoreThanOnce, effect: { answer } });
    expect(await failureOf(world.forge.comments(world.repository, number))).toEqual({ kind: 'retryLater' });
    expect(restCalls()).toHaveLength(1);
  });

  test('a 404 right after the webhook is asked about once more, and then believed', async () => {
    const path = /\/issues\/1\/reactions$/;
    world.standIn.fail({ method: 'POST', path, effect: { answer: 404 } });
    await world.forge.react(world.repository, { kind: 'issue', number });
    expect(await world.seenReactions({ kind: 'issue', number })).toEqual(['eyes']);
    world.standIn.fail({ method: 'POST', path, times: 2, effect: { answer: 404 } });
    const reason = await failureOf(world.forge.react(world.repository, { kind: 'issue', number }));
    expect(reason).toMatchObject({ kind: 'needsPerson', obstacle: { kind: 'forgeRefused' } });
  });

  test('reviewers that GitHub refuses are told in the log alone', async () => {
    const reviewer = await world.person('rolf', 'read');
    world.standIn.fail({ method: 'POST', path: /requested_reviewers$/, effect: { answer: 422 } });
    await world.forge.ensureMergeRequest(world.repository, { ...order, reviewers: [reviewer] });
    expect(world.log.kept.map(({ level, message }) => `${level}: ${message}`)).toEqual(['info: reviewers not asked']);
  });
});

describe('a token', () => {
  test('that ended before its time is replaced once', async () => {
    await world.forge.comments(world.repository, number);
    world.standIn.revokeTokens();
    // Within five seconds of minting, auth-app itself waits and tries again.
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    expect(await world.forge.comments(world.repository, number)).toEqual([]);
    const kinds = world.standIn.calls.map(({ kind, status }) => `${kind} ${status}`);
    expect(kinds).toEqual(['token 201', 'rest 200', 'rest 401', 'token 201', 'rest 200']);
  });

  test('that GitHub does not take at all needs a person', async () => {
    await world.forge.comments(world.repository, number);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    world.standIn.fail({ method: 'GET', path: /\/comments$/, effect: { answer: 401 } });
    world.standIn.fail({ method: 'POST', path: /access_tokens$/, effect: { answer: 401 } });
    const reason = await failureOf(world.forge.comments(world.repository, number));
    expect(reason).toMatchObject({ kind: 'needsPerson', obstacle: { kind: 'forgeRefused' } });
  });

  test('is minted once per purpose, for one repository and with no more than it needs', async () => {
    const purposes = ['fetch', 'push', 'fetch', 'push'] as const;
    for (const purpose of purposes) await world.forge.remote(world.repository, purpose);
    const minted = [...world.standIn.state.tokens.values()].map(({ permissions, repositoryIds }) => ({
      permissions,
      repositoryIds,
    }));
    const repositoryIds = [world.seeded.id];
    expect(minted).toEqual([
      { permissions: { contents: 'read' }, repositoryIds },
      { permissions: { contents: 'write' }, repositoryIds },
    ]);
  });

  test('for git is minted anew once a call was refused its own', async () => {
    const remote = async (): Promise<string> =>
      (await world.forge.remote(world.repository, 'fetch')).authorization?.reveal() ?? '';
    const before = await remote();
    expect(await remote()).toBe(before);
    await world.forge.comments(world.repository, number);
    world.standIn.revokeTokens();
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 60_000 });
    onTestFinished(() => void vi.useRealTimers());
    await world.forge.comments(world.repository, number);
    const after = await remote();
    expect(after).not.toBe(before);
    expect(await remote()).toBe(after);
  });

  test('is not seen when a remote is printed', async () => {
    const remote = await world.forge.remote(world.repository, 'push');
    expect(JSON.stringify(remote)).toBe(
      `{"url":"${world.standIn.web.url}/acme/sample.git","authorization":"[secret]"}`,
    );
  });
});
