import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { reviewed, type Reviewed } from './github-reviewed.js';

let world: Reviewed;
beforeEach(async () => {
  world = await reviewed();
});
afterEach(() => world.tearDown());

const repliesTo = (id: string | undefined): string =>
  `POST /pulls/1/comments/${(id ?? '').replace('inline-', '')}/replies 201`;

test('a round with five threads, all answered and resolved, costs seven calls', async () => {
  world.callsSince();
  const threads = await world.remark({}, {}, {}, {}, {});
  for (const { id } of threads) await world.answerTo(id);
  const ids = threads.map(({ id }) => id);
  expect(await world.reviews.resolve(world.repository, 1, ids)).toEqual(ids);
  expect(world.callsSince()).toEqual([
    'POST /graphql 200',
    ...threads.map(({ comments: [first] }) => repliesTo(first?.id)),
    'POST /graphql 200',
  ]);
  expect((await world.readState()).threads.map(({ isResolved }) => isResolved)).toEqual(ids.map(() => true));
});

test('hundreds of threads and comments cost a question for each further hundred, the newest first', async () => {
  const remarks = Array.from({ length: 620 }, (_, index) => ({ text: `remark ${index}` }));
  for (let from = 0; from < 230; from += 1) await world.comment(1, world.ada, `comment ${from}`);
  await world.review(1, world.ada, { remarks: remarks.map((each) => ({ path: 'src/new.txt', line: 1, ...each })) });
  world.callsSince();
  const { threads } = await world.readState();
  expect(world.callsSince()).toHaveLength(5);
  const said = (kind: string): readonly (string | undefined)[] =>
    threads.flatMap((each) => (each.kind === kind ? [each.comments[0]?.body] : []));
  expect(said('inline')).toEqual(remarks.slice(120).map(({ text }) => text));
  expect(said('comment')).toHaveLength(230);
});

test('ids of threads and comments are those that a delivery gives', async () => {
  await world.review(1, world.ada, { text: 'Almost.', remarks: [{ path: 'src/new.txt', line: 1, text: 'Why?' }] });
  await world.comment(1, world.ada, 'Below.');
  const told = world.gitHub.standIn.people.sent.flatMap(({ event, payload }) =>
    world.gitHub.gitHub.parse({ event, payload, receivedAtMs: 0, known: [] }),
  );
  const ids = told.flatMap((each) => (each.type === 'issueCommented' ? [each.commentId] : []));
  const { threads } = await world.readState();
  expect(threads.flatMap(({ comments }) => comments.map(({ id }) => id)).sort()).toEqual(ids.sort());
  expect(threads.map(({ id }) => id.split(/[-_]/)[0]).sort()).toEqual(['PRRT', 'comment', 'review']);
});

test('eyes are put on comments of every kind but on the text of a review, which takes none', async () => {
  await world.review(1, world.ada, { text: 'Almost.', remarks: [{ path: 'src/new.txt', line: 1, text: 'Why?' }] });
  await world.comment(1, world.ada, 'Below.');
  const { threads } = await world.readState();
  const ids = threads.map(({ comments }) => comments[0]?.id ?? '');
  for (const id of [...ids, ...ids]) await world.forge.react(world.repository, { kind: 'comment', id });
  const issue = world.gitHub.seeded.issues.get(1);
  const reactions = [issue?.comments[0]?.reactions, issue?.threads[0]?.comments[0]?.reactions];
  expect(reactions.map((each) => each?.map(({ content }) => content))).toEqual([['eyes'], ['eyes']]);
});

describe('a suggestion', () => {
  const suggested = async (text: string): Promise<unknown> => {
    const [thread] = await world.remark({ text });
    return thread?.comments[0]?.suggestions.map((each) => each.text);
  };

  test.each([
    ['without lines takes them out', '```suggestion\n```', ['']],
    ['keeps empty lines and blanks', '```suggestion\n\n  a\n\n```', ['\n  a\n']],
    ['may hold fences of its own', '````suggestion\n```js\n1\n```\n````', ['```js\n1\n```']],
    ['may be fenced with tildes', 'So:\n~~~ suggestion\na\n~~~', ['a']],
    ['in a quote is none', '> ```suggestion\n> a\n> ```', []],
    ['in other code is none', '```js\nsuggestion\n```', []],
    ['that never ends is none', '```suggestion\na', []],
    ['beside another one is a choice, and left to the agent', '```suggestion\na\n```\n```suggestion\nb\n```', []],
  ])('%s', async (_name, text, texts) => {
    expect(await suggested(text)).toEqual(texts);
  });

  test('on the side of the base is none', async () => {
    await world.push('trunk', { 'old.txt': 'one\ntwo\n' });
    const [thread] = await world.remark({ path: 'old.txt', line: 1, side: 'old', suggestion: 'ONE' });
    expect([thread?.place, thread?.comments[0]?.suggestions]).toEqual([{ path: 'old.txt', isOutdated: false }, []]);
  });
});

test('a dismissed review is no verdict', async () => {
  await world.review(1, world.ada, { verdict: 'approve' });
  await world.review(1, world.ada, { verdict: 'requestChanges', text: 'No.' });
  const reviews = world.gitHub.seeded.issues.get(1)?.reviews ?? [];
  reviews.at(-1)!.state = 'DISMISSED';
  expect((await world.readState()).verdicts).toEqual([]);
});

test('what GitHub has not found out is not told as no conflict', async () => {
  world.gitHub.seeded.isMergeabilityKnown = false;
  expect(await world.readState()).not.toHaveProperty('isConflicting');
  world.gitHub.seeded.isMergeabilityKnown = true;
  expect((await world.readState()).isConflicting).toBe(false);
});

test('who cannot be asked for review does not spoil it for the others', async () => {
  const grace = await world.person('grace', 'write');
  const stranger = { id: '1', login: 'nobody-at-all', kind: 'person' } as const;
  const bot = { id: '2', login: 'helper[bot]', kind: 'bot' } as const;
  await world.reviews.askAgain(world.repository, 1, [stranger, world.ada, bot, grace]);
  expect(await world.seenReviewers(1)).toEqual(['ada', 'grace']);
});

test('a merge request that is known costs no search, one call where it says the same already', async () => {
  const order = { branch: 'fleet/1-keep-digits', base: 'trunk', title: 'Keep digits', draft: false, reviewers: [] };
  world.callsSince();
  await world.forge.ensureMergeRequest(world.repository, { ...order, body: 'Closes #1', knownNumber: 1 });
  expect(world.callsSince()).toEqual(['GET /pulls/1 200']);
  await world.forge.ensureMergeRequest(world.repository, { ...order, body: 'Closes #1.', knownNumber: 1 });
  expect(world.callsSince()).toEqual(['GET /pulls/1 200', 'PATCH /pulls/1 200']);
});

test('a merge request that is known and closed is not written', async () => {
  const order = { branch: 'fleet/1-keep-digits', base: 'trunk', draft: false, reviewers: [] };
  await world.close(1);
  await world.forge.ensureMergeRequest(world.repository, { ...order, title: 'All digits', body: '', knownNumber: 1 });
  expect((await world.seenMergeRequests()).map(({ number, title }) => [number, title])).toEqual([
    [1, 'Keep digits'],
    [2, 'All digits'],
  ]);
});
