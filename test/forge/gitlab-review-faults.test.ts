import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure, type FailureReason } from '../../src/domain/failure.js';
import { reviewedGitLab, type ReviewedGitLab } from './gitlab-reviews-world.js';

let world: ReviewedGitLab;
let id: string;

beforeEach(async () => {
  world = await reviewedGitLab({ timeoutMs: 400 });
  [id = ''] = await world.remark({});
});

afterEach(() => world.close());

const marker = '<!-- fleet:v1 kind=reply run=r1 round=2 -->';
const answer = (mayExist = false): Promise<'answered' | 'gone'> =>
  world.reviews.answer(world.repository, world.number, { thread: id, marker, body: 'Done.', mayExist });
const resolve = (...threads: readonly string[]): Promise<readonly string[]> =>
  world.reviews.resolve(world.repository, world.number, threads);
const said = (): readonly string[] => world.thread.notes.map(({ body }) => body);
const gone = (): void => {
  world.standIn.people.deleteNotes(world.thread, ({ discussion }) => discussion === id);
};
const answered = ['Why?', `${marker}\nDone.`];
const replies = /\/discussions\/\w+\/notes$/;

async function failureOf(work: Promise<unknown>): Promise<FailureReason> {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(failure instanceof Failure)) throw new Error('expected a Failure', { cause: failure });
  return failure.reason;
}

describe('an answer', () => {
  test.each([
    ['a connection broken after the work', { hangUp: 'after' }],
    ['a 502 after the work', { doneBut: 502 }],
    ['an answer that comes too late', { delayMs: 600 }],
  ] as const)('is there once after %s', async (_name, effect) => {
    world.standIn.fail({ method: 'POST', path: replies, effect });
    expect(await answer()).toBe('answered');
    expect(await answer(true)).toBe('answered');
    expect(said()).toEqual(answered);
  });

  test.each([
    ['a connection broken before the work', { hangUp: 'before' }, { kind: 'retryLater' }],
    ['a 502 without the work', { answer: 502 }, { kind: 'retryLater' }],
    ['a 409', { answer: 409 }, { kind: 'retryLater' }],
    ['a 429', { answer: 429, headers: { 'retry-after': '7' } }, { kind: 'retryLater', retryAfterMs: 7000 }],
  ] as const)('is tried again after %s, and then there once', async (_name, effect, reason) => {
    world.standIn.fail({ method: 'POST', path: replies, effect });
    expect(await failureOf(answer())).toEqual(reason);
    expect(said()).toEqual(['Why?']);
    expect(await answer(true)).toBe('answered');
    expect(said()).toEqual(answered);
  });

  test('that was lost in a thread which was deleted meanwhile is gone', async () => {
    world.standIn.fail({ method: 'POST', path: replies, effect: { hangUp: 'before' } });
    gone();
    expect(await answer()).toBe('gone');
  });

  test('of two rounds is looked for by the round’s own marker', async () => {
    await answer();
    const later = { thread: id, marker: marker.replace('2', '3'), body: 'Again.', mayExist: true };
    await world.reviews.answer(world.repository, world.number, later);
    expect(said()).toHaveLength(3);
  });
});

describe('resolving', () => {
  const graphql = { method: 'POST', path: /^\/graphql$/ };

  test('leaves out what is gone, and what nobody can resolve, in one call', async () => {
    const below = world.below('Hm.');
    const [other = ''] = await world.remark({});
    gone();
    expect(await resolve(id, below, other)).toEqual([other]);
    expect(world.restCalls()).toEqual(['POST /graphql 200']);
  });

  test('leaves out what GitLab could not keep', async () => {
    const [other = ''] = await world.remark({});
    const data = { t0: { errors: ['Discussion failed to be resolved'] }, t1: { errors: [] } };
    world.standIn.fail({ ...graphql, effect: { answer: 200, body: { data } } });
    expect(await resolve(id, other)).toEqual([other]);
  });

  test('of many threads takes twenty in a call', async () => {
    const ids = await world.remark(...Array.from({ length: 41 }, () => ({})));
    expect(await resolve(...ids)).toEqual(ids);
    expect(world.restCalls()).toEqual(Array.from({ length: 3 }, () => 'POST /graphql 200'));
    expect((await world.read()).threads.filter(({ isResolved }) => !isResolved).map((each) => each.id)).toEqual([id]);
  });

  test('of none asks nothing', async () => {
    expect([await resolve(), world.restCalls()]).toEqual([[], []]);
  });

  test.each([
    ['a 502', { answer: 502 }, { kind: 'retryLater' }],
    ['a connection broken after the work', { hangUp: 'after' }, { kind: 'retryLater' }],
    ['an answer that comes too late', { delayMs: 600 }, { kind: 'retryLater' }],
    ['a 429', { answer: 429, headers: { 'retry-after': '7' } }, { kind: 'retryLater', retryAfterMs: 7000 }],
  ] as const)('is tried again after %s', async (_name, effect, reason) => {
    world.standIn.fail({ ...graphql, effect });
    expect(await failureOf(resolve(id))).toEqual(reason);
    expect(await resolve(id)).toEqual([id]);
  });

  test.each([
    [200, 'GitLab refused resolving threads of !1 of acme/sample: No.', /13\.1/],
    [422, 'GitLab answered 422 to resolving threads of !1 of acme/sample: [{"message":"No."}]', /^Read /],
  ] as const)('that is refused as a whole with a %i needs a person', async (answer, told, wayOut) => {
    world.standIn.fail({ ...graphql, effect: { answer, body: { errors: [{ message: 'No.' }] } } });
    expect(await failureOf(resolve(id))).toEqual({
      kind: 'needsPerson',
      obstacle: { kind: 'forgeRefused', details: [told, expect.stringMatching(wayOut) as string] },
    });
  });
});

describe('Fleet’s account', () => {
  test('out of the project needs a person, and takes nothing for gone', async () => {
    world.project.members.delete(world.fleet);
    expect(await failureOf(world.read())).toMatchObject({ kind: 'needsPerson' });
    expect(await failureOf(answer())).toMatchObject({ kind: 'needsPerson' });
    expect(await failureOf(answer(true))).toMatchObject({ kind: 'needsPerson' });
  });

  test('in an archived project reads, and is refused to write', async () => {
    world.project.isArchived = true;
    expect((await world.read()).threads).toHaveLength(1);
    expect(await failureOf(answer())).toMatchObject({ kind: 'needsPerson' });
    expect(await resolve(id)).toEqual([]);
  });

  test('works again once a revoked token is back', async () => {
    const token = world.standIn.state.tokens.get(world.standIn.token);
    if (token === undefined) throw new Error('no token');
    token.revoked = true;
    expect(await failureOf(world.read())).toMatchObject({ kind: 'needsPerson' });
    expect(await failureOf(answer())).toMatchObject({ kind: 'needsPerson' });
    expect(await failureOf(resolve(id))).toMatchObject({ kind: 'needsPerson' });
    token.revoked = false;
    expect([await answer(true), await resolve(id)]).toEqual(['answered', [id]]);
  });
});

test('a project that was moved is found by its id', async () => {
  world.project.path = 'acme/moved';
  world.standIn.facts.move('acme/sample', 'acme/moved');
  expect(await world.read()).toMatchObject({ headSha: world.head });
});

test('a merge request that is deleted is none', async () => {
  world.project.mergeRequests.clear();
  expect(await world.reviews.read(world.repository, world.number)).toBeUndefined();
});
