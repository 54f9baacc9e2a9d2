import { describe, expect, test } from 'vitest';
import type { Repository } from '../../../src/domain/forge.js';
import type { Thread } from '../../../src/domain/review.js';
import { aCheckout, addBranch, aLocalForge, gitIn, pushCommit, sharedDatabase } from './world.js';

const database = sharedDatabase();
const branch = 'fleet/1-keep-digits';
const order = { branch, base: 'trunk', title: 'Keep digits', body: 'Closes #1', draft: false, reviewers: [] };
const at = (line: number, more: object = {}) => ({
  ...{ path: 'new.txt', fromLine: line, line, side: 'new' as const, text: 'Why?', ...more },
});

/** An open merge request, number 1, that adds three lines in new.txt and takes `# Sample` out of README.md. */
async function aMergeRequest() {
  const local = aLocalForge(database());
  const checkout = aCheckout();
  pushCommit(checkout, 'trunk', { 'kept.txt': 'a\nb\n' });
  const repository: Repository = await local.people.addRepository({ at: checkout, push: false });
  pushCommit(checkout, branch, {
    'new.txt': 'one\ntwo\nthree\n',
    'README.md': '# Shop\n',
    'docs/über uns.md': undefined,
  });
  await local.forge.ensureMergeRequest(repository, order);
  local.deliveries.length = 0;
  const act = { repository, number: 1 };
  const review = (remarks: readonly object[], more: object = {}): Promise<void> =>
    local.people.review({ ...act, body: '', remarks: remarks as ReturnType<typeof at>[], ...more });
  const threads = async (): Promise<readonly Thread[]> => (await local.people.threads(repository, 1)).threads;
  const events = () => local.deliveries.map(({ event }) => event);
  return { ...local, checkout, repository, act, review, threads, events };
}

async function message(act: Promise<unknown>): Promise<string> {
  return act.then(
    () => 'nothing was refused',
    (error: unknown) => (error as Error).message,
  );
}

describe('a review', () => {
  test('is told once: by its text where it has one, else as a touch', async () => {
    const { review, events, repository } = await aMergeRequest();
    await review([at(1), at(2)]);
    await review([at(1)], { body: 'Look again.', verdict: 'requestChanges' });
    await review([], { verdict: 'approve', by: 'rolf' });
    const seen = { repository, atMs: expect.any(Number) };
    const ada = { id: 'owner', login: 'ada', kind: 'person' };
    expect(events()).toEqual([
      { ...seen, by: ada, type: 'mergeRequestTouched', number: 1, why: 'review' },
      {
        ...{ ...seen, by: ada, type: 'issueCommented', issueNumber: 1, onMergeRequest: true },
        ...{ commentId: expect.any(String), body: 'Look again.' },
      },
      { ...seen, by: { ...ada, id: 'as:rolf', login: 'rolf' }, type: 'mergeRequestTouched', number: 1, why: 'review' },
    ]);
  });

  test.each([
    ['a file that is not there', at(1, { path: 'no.txt' }), `There is no file no.txt on ${branch}.`],
    [
      'a file that the change takes out',
      at(1, { path: 'docs/über uns.md' }),
      `There is no file docs/über uns.md on ${branch}.`,
    ],
    ['a folder', at(1, { path: 'docs' }), `There is no file docs on ${branch}.`],
    ['a line beyond the last', at(4), `new.txt has 3 lines on ${branch}: there is no line 4.`],
    ['lines beyond the last', at(4, { fromLine: 2 }), `new.txt has 3 lines on ${branch}: there is no range 2-4.`],
    ['a removed line of a new file', at(1, { side: 'old' }), 'There is no file new.txt on trunk.'],
    [
      ...(['a removed line that is still there', at(2, { side: 'old', path: 'kept.txt' })] as const),
      `The change leaves line 2 of kept.txt as it was: name it as it is on ${branch}.`,
    ],
    ['nothing', undefined, 'The review says nothing.'],
  ])('at %s is refused, and nothing of it is kept', async (_, remark, refusal) => {
    const { review, threads, events } = await aMergeRequest();
    expect(await message(review(remark === undefined ? [] : [at(1), remark]))).toBe(refusal);
    expect([await threads(), events()]).toEqual([[], []]);
  });

  test('of a closed merge request, or of one without its branch, is refused', async () => {
    const { people, repository, act, review, checkout } = await aMergeRequest();
    gitIn(checkout, 'branch', '-D', branch);
    const gone = await message(review([at(1)]));
    await people.close(act);
    const name = `${repository.path}!1`;
    expect([gone, await message(review([], { verdict: 'approve' }))]).toEqual([
      `The branch ${branch} is no longer in ${checkout}.`,
      `${name} is closed: only an open one can be reviewed.`,
    ]);
  });

  test('may speak of a line that is taken out, and of a file that is gone as a whole', async () => {
    const { review, threads } = await aMergeRequest();
    await review([
      at(1, { side: 'old', path: 'README.md', suggestion: '# Shop' }),
      at(1, { side: 'old', path: 'docs/über uns.md' }),
    ]);
    expect((await threads()).map(({ place, comments }) => [place, comments[0]?.suggestions])).toEqual([
      [{ path: 'README.md', isOutdated: false }, []],
      [{ path: 'docs/über uns.md', isOutdated: false }, []],
    ]);
  });
});

describe('a thread', () => {
  test.each([
    ['moves with lines put before it', 'zero\none\ntwo\nthree\n', { line: 3, isOutdated: false }],
    ['stays for lines put behind it', 'one\ntwo\nmore\nthree\n', { line: 2, isOutdated: false }],
    ['moves with lines taken out before it', 'two\nthree\n', { line: 1, isOutdated: false }],
    ['is outdated when its line has changed', 'one\nTwo\nthree\n', { isOutdated: true }],
    ['is outdated when its line is gone', 'one\nthree\n', { isOutdated: true }],
  ])('%s', async (_, text, place) => {
    const { review, threads, checkout } = await aMergeRequest();
    await review([at(2)]);
    pushCommit(checkout, branch, { 'new.txt': text });
    expect((await threads()).map((each) => each.place)).toEqual([{ path: 'new.txt', ...place }]);
  });

  test('about several lines is outdated when one is put between them', async () => {
    const { review, threads, checkout } = await aMergeRequest();
    await review([at(2, { fromLine: 1, suggestion: 'both' })]);
    pushCommit(checkout, branch, { 'new.txt': 'one\none and a half\ntwo\nthree\n' });
    const [thread] = await threads();
    expect([thread?.place, thread?.comments[0]?.suggestions]).toEqual([{ path: 'new.txt', isOutdated: true }, []]);
  });

  test('is outdated when the commit that it was made at is not there any more', async () => {
    const { review, threads, checkout } = await aMergeRequest();
    await review([at(2)]);
    gitIn(checkout, 'update-ref', `refs/heads/${branch}`, 'trunk');
    gitIn(checkout, '-c', 'gc.reflogExpire=now', 'reflog', 'expire', '--expire=now', '--all');
    gitIn(checkout, 'prune', '--expire=now');
    expect((await threads())[0]?.place).toEqual({ path: 'new.txt', isOutdated: true });
  });

  test('takes suggestions that hold fences, and more than one', async () => {
    const { review, threads } = await aMergeRequest();
    await review([at(1, { suggestion: '```js\nf();\n```' })]);
    await review([at(1, { text: '```suggestion\nlater\n```\nor\n```suggestion\n```' })]);
    expect((await threads()).map(({ comments }) => comments[0]?.suggestions.map(({ text }) => text))).toEqual([
      ['```js\nf();\n```'],
      ['later', ''],
    ]);
  });

  test('goes by its id, or enough of it', async () => {
    const { review, threads, people, act, repository } = await aMergeRequest();
    await review([at(1), at(2)]);
    const [first, second] = (await threads()).map(({ id }) => id);
    await people.reply({ ...act, thread: first!.slice(-3), body: 'Because.' });
    await people.resolve({ ...act, thread: second!, isResolved: true });
    expect((await threads()).map(({ comments, isResolved }) => [comments.length, isResolved])).toEqual([
      [2, false],
      [1, true],
    ]);
    const name = `${repository.path}!1`;
    expect([
      await message(people.reply({ ...act, thread: 'nope', body: 'Hm.' })),
      await message(people.resolve({ ...act, thread: 'id', isResolved: true })),
      await message(people.threads(repository, 9)),
      await message(people.reply({ repository, number: 9, thread: 'id', body: 'Hm.' })),
    ]).toEqual([
      `${name} has no thread nope: \`fleet threads '${name}'\` shows those that it has.`,
      `id stands for 2 threads of ${name}: give more of the id.`,
      `${repository.path} has no merge request 9.`,
      `${repository.path} has no merge request 9.`,
    ]);
  });
});

describe('a merge request', () => {
  test('is opened again once, and not beside another one of its branch', async () => {
    const { people, forge, repository, act, events } = await aMergeRequest();
    const name = `${repository.path}!1`;
    const open = await message(people.reopen(act));
    await people.close(act);
    const { number } = await forge.ensureMergeRequest(repository, order);
    const taken = await message(people.reopen(act));
    await people.close({ repository, number });
    await people.reopen(act);
    expect([open, taken, events().map(({ type }) => type)]).toEqual([
      `${name} is open: only a closed one is opened again.`,
      `${branch} has another open merge request, !${number}: close that first.`,
      ['mergeRequestClosed', 'mergeRequestClosed', 'mergeRequestReopened'],
    ]);
  });

  test('without its branch cannot be read, looked at or opened again, and its threads can', async () => {
    const { people, reviews, lookout, repository, act, review, checkout, threads } = await aMergeRequest();
    await review([at(1)]);
    gitIn(checkout, 'branch', '-D', branch);
    const look = await lookout.look(repository, { label: 'fleet', issues: [], mergeRequests: [1] }, undefined);
    await expect(reviews.read(repository, 1)).rejects.toMatchObject({
      reason: { kind: 'needsPerson', obstacle: { kind: 'forgeRefused' } },
      message: `The branch ${branch} is no longer in ${checkout}: put it back and comment \`/fleet retry\`, or close the merge request.`,
    });
    await people.close(act);
    expect([look.glances, (await threads()).map(({ place }) => place)]).toEqual([
      [],
      [{ path: 'new.txt', isOutdated: true }],
    ]);
    expect(await reviews.read(repository, 1)).toMatchObject({ headSha: '', mergeRequest: { state: 'closed' } });
    expect(await message(people.reopen(act))).toBe(`The branch ${branch} is no longer in ${checkout}.`);
  });

  test('of a URL that is pushed to is read from there', async () => {
    const { people, forge, reviews } = aLocalForge(database());
    const checkout = aCheckout();
    const repository = await people.addRepository({ at: `file://${checkout}`, push: true });
    addBranch(checkout, branch, { path: 'new.txt', text: 'new\n' });
    const { number } = await forge.ensureMergeRequest(repository, order);
    await people.review({ repository, number, body: '', remarks: [at(1)] });
    const pushed = pushCommit(checkout, branch, { 'new.txt': 'newer\n' });
    const state = await reviews.read(repository, number);
    expect([state?.headSha, state?.isConflicting, state?.threads.map(({ place }) => place)]).toEqual([
      ...[pushed, false, [{ path: 'new.txt', isOutdated: true }]],
    ]);
    gitIn(checkout, 'branch', '-D', branch);
    await expect(reviews.read(repository, number)).rejects.toThrow(`The branch ${branch} is no longer in `);
  });
});

test('what people said below stays apart from reviews and threads', async () => {
  const { people, forge, act, review, repository } = await aMergeRequest();
  await review([at(1)], { body: 'Look again.' });
  await review([], { verdict: 'approve' });
  await people.comment({ ...act, body: 'By the way …' });
  expect((await forge.comments(repository, 1)).map(({ body }) => body)).toEqual(['Look again.', 'By the way …']);
});
