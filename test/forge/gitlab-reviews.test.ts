import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '../../src/domain/forge.js';
import { suggestionsIn } from '../../src/forge/gitlab/suggestions.js';
import { accountOf, addNote, type ReviewerState } from '../support/gitlab/state.js';
import { branch, reviewedGitLab, type ReviewedGitLab } from './gitlab-reviews-world.js';

let world: ReviewedGitLab;
let ada: Person;

beforeEach(async () => {
  world = await reviewedGitLab();
  ada = await world.person('ada', 'write');
});

afterEach(() => world.close());

const marker = '<!-- fleet:v1 kind=reply run=r1 round=2 -->';

test('a round with five threads, all answered and resolved, takes ten calls', async () => {
  const { reviews, repository, number } = world;
  await world.remark({}, {}, {}, {});
  world.below('And below?');
  await world.gitLab.identity();
  world.standIn.calls.length = 0;
  const { threads } = await world.read();
  for (const { id: thread } of threads) {
    await reviews.answer(repository, number, { thread, marker, body: 'Done.', mayExist: false });
  }
  const ids = threads.map(({ id }) => id);
  expect(await reviews.resolve(repository, number, ids)).toEqual(ids);
  await reviews.askAgain(repository, number, [ada]);
  const place = `/merge_requests/${number}`;
  expect(world.restCalls()).toEqual([
    `GET ${place} 200`,
    `GET ${place}/discussions 200`,
    `GET ${place}/reviewers 200`,
    ...ids.map((id) => `POST ${place}/discussions/${id}/notes 201`),
    'POST /graphql 200',
    `POST ${place}/notes 202`,
  ]);
  expect((await world.read()).threads.map(({ isResolved }) => isResolved)).toEqual([true, true, true, true, true]);
});

describe('a comment alone', () => {
  test('becomes a thread by its answer, and can be resolved from then on', async () => {
    const { reviews, repository, number } = world;
    const id = world.below('Does it scale?');
    const given = { thread: id, marker, body: 'Yes.', mayExist: false };
    expect(await reviews.resolve(repository, number, [id])).toEqual([]);
    expect((await world.read()).threads).toMatchObject([{ id, kind: 'comment', canResolve: true, isResolved: false }]);
    await reviews.answer(repository, number, given);
    expect(await reviews.resolve(repository, number, [id])).toEqual([id]);
    const { threads } = await world.read();
    expect(threads).toMatchObject([{ id, kind: 'comment', isResolved: true, comments: [{}, { byFleet: true }] }]);
  });

  test('of GitLab’s own is none', async () => {
    addNote(world.standIn.state, world.thread, {
      author: world.standIn.state.bot,
      body: 'added 1 commit',
      system: true,
    });
    expect((await world.read()).threads).toEqual([]);
  });

  test('has the id that its delivery gave it', async () => {
    world.below('Hm.');
    const [note] = world.thread.notes;
    const { threads } = await world.read();
    expect(threads[0]?.comments[0]?.id).toBe(`merge_requests/${world.number}/notes/${note?.id ?? 0}`);
  });
});

test('of a long thread the last hundred comments are read', async () => {
  const [thread = ''] = await world.remark({});
  for (let count = 0; count < 120; count += 1) {
    await world.standIn.people.reply(world.project, world.thread, thread, { by: 'ada', text: `reply ${count}` });
  }
  const [{ comments } = { comments: [] }] = (await world.read()).threads;
  expect([comments.length, comments[0]?.body, comments.at(-1)?.body]).toEqual([100, 'reply 20', 'reply 119']);
});

test('a remark about a whole file has no line', async () => {
  await world.remark({});
  const position = world.thread.notes[0]?.position;
  if (position !== undefined) position.newLine = null;
  expect((await world.read()).threads[0]?.place).toEqual({ path: 'new.txt', isOutdated: false });
});

test('whether it conflicts is open until GitLab has looked', async () => {
  const seen = async () => (await world.read()).isConflicting;
  expect([await seen(), await seen()]).toEqual([undefined, false]);
  world.standIn.people.push(world.project, 'trunk', { by: 'ada', files: { 'new.txt': 'other\n' } });
  expect([await seen(), await seen()]).toEqual([undefined, true]);
});

test('a branch that was deleted leaves its last head', async () => {
  await world.read();
  world.standIn.facts.drop(world.project.path, branch);
  expect(await world.read()).toMatchObject({ headSha: world.head });
});

describe('suggestions', () => {
  const lines = (...all: readonly string[]): string => all.join('\n');

  test.each([
    ['of its own line', lines('```suggestion', 'new', '```'), [[5, 5, 'new']]],
    ['with no range', lines('```suggestion:-0+0', 'new', '```'), [[5, 5, 'new']]],
    ['of lines around it', lines('Better:', '```suggestion:-2+1', 'a', '', 'b', '```'), [[3, 6, 'a\n\nb']]],
    ['from before the first line', lines('```suggestion:-9+0', 'a', '```'), [[1, 5, 'a']]],
    ['that takes lines out', lines('```suggestion:-1+0', '```'), [[4, 5, '']]],
    ['that leaves an empty line', lines('```suggestion:-1+0', '', '```'), [[4, 5, '']]],
    ['with fences in it', lines('````suggestion', '```', 'x', '```', '````'), [[5, 5, '```\nx\n```']]],
    ['in tildes, with CRLF', '~~~suggestion\r\nnew\r\n~~~\r\n', [[5, 5, 'new']]],
    [
      'twice',
      lines('```suggestion', 'a', '```', 'or', '```suggestion', 'b', '```'),
      [
        [5, 5, 'a'],
        [5, 5, 'b'],
      ],
    ],
    ['in a quote', lines('> ```suggestion', '> a', '> ```'), []],
    ['shown in another block', lines('````md', '```suggestion', 'a', '```', '````'), []],
    ['in a block that never ends', lines('~~~', '```suggestion', 'a', '```'), []],
    ['of another language', lines('```suggestions', 'a', '```'), []],
    ['with a strange range', lines('```suggestion:+1-1', 'a', '```'), []],
  ])('%s', (_name, body, expected) => {
    const found = suggestionsIn(body, { path: 'a.ts', line: 5 });
    expect(found.map(({ fromLine, toLine, text }) => [fromLine, toLine, text])).toEqual(expected);
  });
});

describe('verdicts', () => {
  const kinds = async () => (await world.read()).verdicts.map(({ by, kind }) => [by.login, kind]);
  const review = (verdict?: 'approve' | 'requestChanges') =>
    world.standIn.people.review(world.project, world.thread, 'ada', verdict === undefined ? {} : { verdict });
  const setState = (state: ReviewerState) => world.thread.merge?.reviews.set(Number(ada.id), state);

  test('stay the same while nobody gives another one, also when review is asked for again', async () => {
    await review('requestChanges');
    const { verdicts } = await world.read();
    await review();
    await world.reviews.askAgain(world.repository, world.number, [ada]);
    expect((await world.read()).verdicts).toEqual(verdicts);
    expect(verdicts).toEqual([
      { id: expect.any(String) as string, by: ada, kind: 'changesRequested', atMs: expect.any(Number) as number },
    ]);
  });

  test('by somebody who was not asked count', async () => {
    await review('approve');
    if (world.thread.merge !== undefined) world.thread.merge.reviewers = [];
    expect(await kinds()).toEqual([['ada', 'approved']]);
  });

  test('end when they are taken back, by their giver or by a push', async () => {
    const { state } = world.standIn;
    await review('approve');
    setState('unapproved');
    expect(await kinds()).toEqual([]);
    setState('approved');
    expect(await kinds()).toEqual([['ada', 'approved']]);
    if (world.thread.merge !== undefined) world.thread.merge.reviewers = [];
    addNote(state, world.thread, { ...note, author: accountOf(state, 'ada') });
    expect(await kinds()).toEqual([]);
  });

  test('of GitLabs that note nothing about them are told by the reviewer’s state', async () => {
    await review('requestChanges');
    world.standIn.people.deleteNotes(world.thread, ({ system }) => system);
    expect(await kinds()).toEqual([['ada', 'changesRequested']]);
  });

  test('that people pretend to give are none', async () => {
    world.below('requested changes');
    expect(await kinds()).toEqual([]);
  });

  const note = { body: 'unapproved this merge request', system: true };
});

describe('asking again', () => {
  const ask = (...people: readonly Person[]) => world.reviews.askAgain(world.repository, world.number, people);

  test('nobody takes no call', async () => {
    await ask({ ...ada, kind: 'bot' }, { ...ada, login: 'ada\n/close' });
    expect(world.restCalls()).toEqual([]);
  });

  test('people that GitLab does not know is no failure', async () => {
    await ask({ ...ada, login: 'nobody-at-all' });
    expect(world.restCalls()).toEqual([`POST /merge_requests/${world.number}/notes 400`]);
  });

  test('keeps the reviewers that people asked', async () => {
    await world.person('rita', 'read');
    world.thread.merge?.reviewers.push(accountOf(world.standIn.state, 'rita'));
    await ask(ada);
    expect(world.thread.merge?.reviewers.map(({ username }) => username)).toEqual(['rita', 'ada']);
  });
});
