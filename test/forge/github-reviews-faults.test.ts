import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Failure } from '../../src/domain/failure.js';
import { reviewed, type Reviewed } from './github-reviewed.js';

let world: Reviewed;
beforeEach(async () => {
  world = await reviewed({ timeoutMs: 2000 });
});
afterEach(() => world.tearDown());

const replies = { method: 'POST', path: /\/replies$/ } as const;
const graphql = { method: 'POST', path: /^\/graphql$/ } as const;
const bodies = async (): Promise<readonly (readonly string[])[]> =>
  (await world.seenThreads(1)).map(({ comments }) => comments.map(({ body }) => body.split('\n').at(-1) ?? ''));
const reasonOf = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'done',
    (error: unknown) => (error as Failure).reason,
  );

describe('an answer of GitHub that was lost', () => {
  test.each([
    ['a connection that broke after the work', { hangUp: 'after' }],
    ['a 502 after the work', { doneBut: 502 }],
    ['an answer that comes too late', { delayMs: 2500 }],
  ] as const)('%s leaves one reply', async (_name, effect) => {
    const [thread] = await world.remark({});
    world.gitHub.standIn.fail({ ...replies, effect });
    expect(await world.answerTo(thread!.id)).toBe('answered');
    expect(await bodies()).toEqual([['Why?', 'Done.']]);
  });

  test('leaves one reply when nothing was done, and the next try makes it', async () => {
    const [thread] = await world.remark({});
    world.gitHub.standIn.fail({ ...replies, effect: { hangUp: 'before' } });
    expect(await reasonOf(world.answerTo(thread!.id))).toEqual({ kind: 'retryLater' });
    expect(await bodies()).toEqual([['Why?']]);
    expect(await world.answerTo(thread!.id, { mayExist: true })).toBe('answered');
    expect(await bodies()).toEqual([['Why?', 'Done.']]);
  });

  test('of a resolution is asked for again: resolving twice is resolving', async () => {
    const [thread] = await world.remark({});
    world.gitHub.standIn.fail({ ...graphql, effect: { hangUp: 'after' } });
    const resolve = () => world.reviews.resolve(world.repository, 1, [thread!.id]);
    expect(await reasonOf(resolve())).toEqual({ kind: 'retryLater' });
    expect(await resolve()).toEqual([thread!.id]);
  });
});

describe('while Fleet answers', () => {
  test('a deleted thread is gone, and the others are answered', async () => {
    const [one, other] = await world.remark({ text: 'A' }, { text: 'B' });
    const { standIn, seeded } = world.gitHub;
    await standIn.reviewers.deleteThread(seeded, 1, Number(one!.id.replace('PRRT_', '')), 'ada');
    expect([await world.answerTo(one!.id), await world.answerTo(other!.id)]).toEqual(['gone', 'answered']);
    expect(await world.reviews.resolve(world.repository, 1, [one!.id, other!.id])).toEqual([other!.id]);
    expect(await bodies()).toEqual([['B', 'Done.']]);
  });

  test('a thread whose first comment was deleted goes on with its second', async () => {
    const [thread] = await world.remark({ text: 'A' });
    const state = world.gitHub.seeded.issues.get(1)!.threads[0]!;
    await world.reply(1, String(state.id), world.ada, 'B');
    state.comments.shift();
    expect(await world.answerTo(thread!.id)).toBe('answered');
    expect(await bodies()).toEqual([['B', 'Done.']]);
  });

  test('a thread that was read before Fleet was started again is found', async () => {
    const [thread] = await world.remark({});
    const again = await world.gitHub.again();
    const answer = { thread: thread!.id, marker: '<!-- m -->', body: 'Done.', mayExist: false };
    expect(await again.reviews.answer(world.repository, 1, answer)).toBe('answered');
    expect(await bodies()).toEqual([['Why?', 'Done.']]);
  });

  test('the merge request is gone: so are what is below it and its reviews', async () => {
    await world.comment(1, world.ada, 'Below.');
    const [{ id } = { id: '' }] = (await world.readState()).threads;
    world.gitHub.seeded.issues.delete(1);
    expect(await world.answerTo(id)).toBe('gone');
    expect(await world.reviews.read(world.repository, 1)).toBeUndefined();
  });
});

test('the app off the repository: what it cannot see is not gone, and a person is needed', async () => {
  const [thread] = await world.remark({});
  await world.comment(1, world.ada, 'Below.');
  const below = (await world.readState()).threads.at(-1)!.id;
  world.gitHub.seeded.isInstalled = false;
  const needed = { kind: 'needsPerson', obstacle: { kind: 'forgeRefused' } };
  expect(await reasonOf(world.readState())).toMatchObject(needed);
  for (const id of [thread!.id, below]) expect(await reasonOf(world.answerTo(id))).toMatchObject(needed);
  world.gitHub.seeded.isInstalled = true;
  for (const id of [thread!.id, below]) expect(await world.answerTo(id)).toBe('answered');
});

describe('a refusal', () => {
  test.each([
    ['403 with retry-after', 403, { 'retry-after': '7' }, 7000],
    ['429 with retry-after', 429, { 'retry-after': '2' }, 2000],
    ['429 without', 429, {}, 60_000],
  ] as const)('%s waits as long as GitHub asks', async (_name, answer, headers, retryAfterMs) => {
    const [thread] = await world.remark({});
    world.gitHub.standIn.fail({ ...replies, effect: { answer, headers } });
    world.gitHub.standIn.fail({ ...graphql, effect: { answer, headers } });
    const reason = { kind: 'retryLater', retryAfterMs };
    expect(await reasonOf(world.answerTo(thread!.id))).toEqual(reason);
    expect(await reasonOf(world.readState())).toEqual(reason);
  });

  test('of a read with a 502 is tried again later', async () => {
    world.gitHub.standIn.fail({ ...graphql, effect: { answer: 502 } });
    expect(await reasonOf(world.readState())).toEqual({ kind: 'retryLater' });
  });

  test('of a locked talk needs a person', async () => {
    const [thread] = await world.remark({});
    world.gitHub.standIn.fail({ ...replies, effect: { answer: 403, message: 'Issue is locked' } });
    expect(await reasonOf(world.answerTo(thread!.id))).toMatchObject({ kind: 'needsPerson' });
  });

  test('of a limit that GraphQL tells with a 200 waits, also for a resolution', async () => {
    const body = { data: null, errors: [{ type: 'RATE_LIMITED', message: 'slow down' }] };
    world.gitHub.standIn.fail({ ...graphql, effect: { answer: 200, body } });
    const resolving = world.reviews.resolve(world.repository, 1, ['PRRT_1']);
    expect(await reasonOf(resolving)).toEqual({ kind: 'retryLater', retryAfterMs: 60_000 });
  });
});
