import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Failure } from '../../src/domain/failure.js';
import type { MergeRequest, Person } from '../../src/domain/forge.js';
import type { ReviewState, Thread } from '../../src/domain/review.js';
import type { MergeRequestOrder } from '../../src/ports/forge.js';
import type { ThreadAnswer } from '../../src/ports/review.js';
import type { CiJob, Remark, ReviewsWorld, SeenThread, Way } from './reviews-world.js';

const branch = 'fleet/1-keep-digits';
const order: MergeRequestOrder = {
  ...{ branch, base: 'trunk', title: 'Keep digits', body: 'Closes #1', draft: false, reviewers: [] },
};
const stranger: Person = { id: '999999', login: 'nobody-at-all', kind: 'person' };
const ways: readonly Way[] = ['inline', 'comment', 'review'];
/** The third line of a file that the change adds. */
const gamma = { path: 'src/new.txt', line: 3 };

/** What every forge must tell of what people say about a merge request, and do with what Fleet says back. */
export function describeReviews(name: string, setUp: () => Promise<ReviewsWorld>): void {
  describe(`${name} as a place of review`, () => {
    let world: ReviewsWorld;
    let ada: Person;
    let mergeRequest: MergeRequest;
    let head: string;

    beforeEach(async () => {
      world = await setUp();
      ada = await world.person('ada', 'write');
      await world.push('trunk', { 'src/list.txt': 'one\ntwo\nthree\nfour\n' });
      head = await world.push(branch, {
        'src/list.txt': 'one\nthree\nfour\n',
        'src/new.txt': 'alpha\nbeta\ngamma\ndelta\n',
      });
      mergeRequest = await world.forge.ensureMergeRequest(world.repository, order);
    });

    afterEach(() => world.tearDown());

    /** The whole state, threads by the text that they begin with; asked again while the forge finds out about conflicts. */
    async function read(): Promise<ReviewState> {
      for (let tries = 1; ; tries += 1) {
        const state = await world.reviews.read(world.repository, mergeRequest.number);
        if (state === undefined) throw new Error('the merge request is gone');
        if (state.isConflicting === undefined && tries < 5) continue;
        return { ...state, threads: sorted(state.threads) };
      }
    }

    /** The thread that begins with this text. */
    async function threadOf(text: string): Promise<Thread> {
      const thread = (await read()).threads.find(({ comments }) => comments[0]?.body.startsWith(text) === true);
      if (thread === undefined) throw new Error(`no thread begins with ${text}`);
      return thread;
    }

    const remark = (at: Omit<Remark, 'text'>, text = 'Why?', by = ada): Promise<readonly string[]> =>
      world.review(mergeRequest.number, by, { remarks: [{ ...at, text }] });

    /** Says something in one of the three ways; the thread that it begins. */
    async function say(way: Way, text: string): Promise<Thread> {
      if (way === 'inline') await remark(gamma, text);
      else if (way === 'comment') await world.comment(mergeRequest.number, ada, text);
      else await world.review(mergeRequest.number, ada, { text });
      return threadOf(text);
    }

    const comment = (by: Person, body: unknown, more: object = {}): object => ({
      ...{ id: expect.any(String) as string, author: by, body, createdAtMs: expect.any(Number) as number },
      ...{ byFleet: false, suggestions: [], ...more },
    });
    const thread = (way: Way, comments: readonly object[], more: object = {}): object => ({
      id: expect.stringMatching(/^[A-Za-z0-9._-]+$/) as string,
      ...world.traits[way],
      ...{ isResolved: false, comments, ...more },
    });

    describe('reading', () => {
      test('a merge request that nobody spoke of', async () => {
        expect(await read()).toEqual({
          ...{ mergeRequest, headSha: head, isConflicting: false, threads: [], verdicts: [] },
          ...{ updatedAtMs: expect.any(Number) as number, ci: { sha: head, verdict: 'none', red: [] } },
        });
        expect(await world.reviews.read(world.repository, 987_654)).toBeUndefined();
      });

      test('what was said at a line, below, and as the text of a review', async () => {
        const rolf = await world.person('rolf', 'read');
        const [name] = await world.review(mergeRequest.number, ada, {
          text: 'B: almost there',
          remarks: [{ ...gamma, text: 'A: say why' }],
        });
        await world.reply(mergeRequest.number, name!, rolf, 'I wonder, too.');
        await world.comment(mergeRequest.number, rolf, 'C: does it scale?');
        const state = await read();
        expect(state.threads).toEqual([
          thread('inline', [comment(ada, 'A: say why'), comment(rolf, 'I wonder, too.')], {
            place: { ...gamma, isOutdated: false },
          }),
          thread('review', [comment(ada, 'B: almost there')]),
          thread('comment', [comment(rolf, 'C: does it scale?')]),
        ]);
        expect(new Set(state.threads.map(({ id }) => id)).size).toBe(3);
        expect((await read()).threads).toEqual(state.threads);
      });

      test('and a look tells the same of it', async () => {
        await world.comment(mergeRequest.number, ada, 'Does it scale?');
        const { updatedAtMs } = await read();
        const asked = { label: 'fleet', issues: [], mergeRequests: [mergeRequest.number] };
        const { glances } = await world.lookout.look(world.repository, asked, undefined);
        expect(glances).toEqual([
          { number: mergeRequest.number, updatedAtMs, headSha: head, isConflicting: false, ci: 'none' },
        ]);
      });

      test('a suggestion with the lines that it is for', async () => {
        await remark({ ...gamma, fromLine: 2, suggestion: 'BETA\n  GAMMA' }, 'Louder:');
        expect((await threadOf('Louder:')).comments).toEqual([
          comment(ada, expect.stringContaining('Louder:'), {
            suggestions: [{ path: gamma.path, fromLine: 2, toLine: 3, text: 'BETA\n  GAMMA' }],
          }),
        ]);
        await remark({ ...gamma, suggestion: '' }, 'Away:');
        expect((await threadOf('Away:')).comments[0]?.suggestions).toEqual([
          { path: gamma.path, fromLine: 3, toLine: 3, text: '' },
        ]);
      });

      test('that a thread was resolved, and is open again', async () => {
        const [name] = await remark(gamma);
        await world.resolve(mergeRequest.number, name!, { by: ada, isResolved: true });
        expect((await threadOf('Why?')).isResolved).toBe(true);
        await world.resolve(mergeRequest.number, name!, { by: ada, isResolved: false });
        expect((await threadOf('Why?')).isResolved).toBe(false);
      });

      test('a review of 200 comments', async () => {
        const remarks = Array.from({ length: 200 }, (_, index) => ({ ...gamma, text: `Remark ${1000 + index}` }));
        await world.review(mergeRequest.number, ada, { verdict: 'requestChanges', remarks });
        const { threads } = await read();
        expect(threads.map(({ comments }) => comments[0]?.body)).toEqual(remarks.map(({ text }) => text));
        expect(new Set(threads.map(({ id }) => id)).size).toBe(200);
      });

      test('the last verdict of each reviewer', async () => {
        const rolf = await world.person('rolf', 'read');
        await world.review(mergeRequest.number, ada, { verdict: 'requestChanges', text: 'Not yet.' });
        await world.review(mergeRequest.number, rolf, { verdict: 'approve', text: 'Fine.' });
        const verdict = { id: expect.any(String) as string, atMs: expect.any(Number) as number };
        const verdicts = async (): Promise<ReviewState['verdicts']> =>
          [...(await read()).verdicts].sort((a, b) => a.by.login.localeCompare(b.by.login));
        expect(await verdicts()).toEqual([
          { ...verdict, by: ada, kind: 'changesRequested' },
          { ...verdict, by: rolf, kind: 'approved' },
        ]);
        await world.review(mergeRequest.number, ada, { verdict: 'approve' });
        await world.review(mergeRequest.number, ada, { text: 'By the way …' });
        expect((await verdicts()).map(({ kind }) => kind)).toEqual(['approved', 'approved']);
      });

      test('that it was closed, and what was said is there when it is open again', async () => {
        await remark(gamma);
        const { threads } = await read();
        await world.close(mergeRequest.number);
        expect(await read()).toMatchObject({ mergeRequest: { ...mergeRequest, state: 'closed' }, threads });
        await world.reopen(mergeRequest.number);
        expect(await read()).toMatchObject({ mergeRequest, headSha: head, threads });
      });
    });

    describe('reading after a push', () => {
      const place = async (): Promise<Thread['place']> => (await threadOf('Why?')).place;

      test('by a person gives its head, and a line that moved', async () => {
        await remark({ ...gamma, suggestion: 'GAMMA' });
        const pushed = await world.push(branch, { 'src/new.txt': 'zero\nalpha\nbeta\ngamma\ndelta\n' });
        const state = await read();
        expect([state.headSha, state.ci.sha]).toEqual([pushed, pushed]);
        expect(state.threads.map((each) => each.place)).toEqual([{ ...gamma, line: 4, isOutdated: false }]);
        expect(state.threads[0]?.comments[0]?.suggestions).toEqual([
          { path: gamma.path, fromLine: 4, toLine: 4, text: 'GAMMA' },
        ]);
      });

      test('that changed the line gives it as outdated, and its suggestion no more', async () => {
        await remark({ ...gamma, suggestion: 'GAMMA' });
        await world.push(branch, { 'src/new.txt': 'alpha\nbeta\nGamma!\ndelta\n' });
        expect(await place()).toEqual({ path: gamma.path, isOutdated: true });
        expect((await threadOf('Why?')).comments[0]?.suggestions).toEqual([]);
      });

      test('that removed the file gives its path', async () => {
        await remark(gamma);
        await world.push(branch, { 'src/new.txt': undefined });
        expect(await place()).toEqual({ path: gamma.path, isOutdated: true });
      });

      test('a line that the change takes out has no place in the file as it is now', async () => {
        await remark({ path: 'src/list.txt', line: 2, side: 'old' });
        expect(await place()).toEqual({ path: 'src/list.txt', isOutdated: false });
      });

      test('to the base tells of a conflict', async () => {
        await world.push('trunk', { 'src/other.txt': 'elsewhere\n' });
        expect((await read()).isConflicting).toBe(false);
        await world.push('trunk', { 'src/list.txt': 'one\nTWO\nthree\nfour\n' });
        expect(await read()).toMatchObject({ headSha: head, isConflicting: true });
      });
    });

    describe('answering', () => {
      const marker = '<!-- fleet:v1 kind=reply run=r1 round=2 -->';
      const body = 'Done in 1234567.';
      const seen = async (): Promise<readonly SeenThread[]> => sorted(await world.seenThreads(mergeRequest.number));
      const answer = (to: string, more: Partial<ThreadAnswer> = {}): Promise<'answered' | 'gone'> =>
        world.reviews.answer(world.repository, mergeRequest.number, {
          ...{ thread: to, marker, body, mayExist: true, ...more },
        });
      const byAda = (text: string): object => ({ author: ada.login, body: text });
      /** What the forge holds once a thread has its answer: in the thread, or where there is none below the merge request. */
      const answered = (way: Way, text: string): readonly object[] => {
        const given = { author: world.fleet, body: `${marker}\n${body}` };
        return world.traits[way].isThreaded
          ? [{ comments: [byAda(text), given], isResolved: false }]
          : [{ comments: [given] }, { comments: [byAda(text)] }].map((each) => ({ ...each, isResolved: false }));
      };

      test.each(ways)('%s is answered once, however often it is asked for', async (way) => {
        const { id } = await say(way, 'Why?');
        expect(await answer(id, { mayExist: false })).toBe('answered');
        expect(await answer(id)).toBe('answered');
        expect(await seen()).toEqual(answered(way, 'Why?'));
        const told = (await read()).threads.flatMap(({ comments }) => comments);
        expect(told.map((each) => [each.byFleet, each.body]).sort()).toEqual([
          [false, 'Why?'],
          [true, `${marker}\n${body}`],
        ]);
      });

      test.each(ways)('%s is answered once though the answer of the forge was lost', async (way) => {
        const { id } = await say(way, 'Why?');
        world.loseNextAnswer?.();
        const first = await answer(id, { mayExist: false }).catch((error: unknown) => error);
        expect(first === 'answered' || first instanceof Failure).toBe(true);
        expect(await answer(id)).toBe('answered');
        expect(await seen()).toEqual(answered(way, 'Why?'));
      });

      test('a second round’s answer stands beside the first one', async () => {
        const { id } = await say('inline', 'Why?');
        await answer(id);
        await answer(id, { marker: marker.replace('2', '3'), body: 'See above.' });
        const [{ comments } = { comments: [] }] = await seen();
        expect(comments.map((each) => each.body.split('\n')[1] ?? each.body)).toEqual(['Why?', body, 'See above.']);
      });

      test('a marker that somebody else wrote is no answer', async () => {
        const [name] = await remark(gamma);
        await world.reply(mergeRequest.number, name!, ada, `${marker}\n${body}`);
        const { id, comments } = await threadOf('Why?');
        expect(comments.map(({ byFleet }) => byFleet)).toEqual([false, false]);
        await answer(id);
        expect((await seen())[0]?.comments.map(({ author }) => author)).toEqual([ada.login, ada.login, world.fleet]);
      });

      test.each([true, false])('a thread that is gone gets none (may exist: %s)', async (mayExist) => {
        const [name] = await remark(gamma);
        const { id } = await threadOf('Why?');
        await world.deleteThread(mergeRequest.number, name!);
        expect((await read()).threads).toEqual([]);
        expect([await answer(id, { mayExist }), await seen()]).toEqual(['gone', []]);
      });

      test('a resolved thread stays resolved', async () => {
        const [name] = await remark(gamma);
        await world.resolve(mergeRequest.number, name!, { by: ada, isResolved: true });
        expect(await answer((await threadOf('Why?')).id)).toBe('answered');
        expect((await seen())[0]).toMatchObject({ isResolved: true, comments: [{}, { author: world.fleet }] });
      });
    });

    describe('resolving', () => {
      test('does what can be done, and tells it', async () => {
        await remark(gamma, 'A');
        const [byAda] = await remark(gamma, 'B');
        const [gone] = await remark(gamma, 'C');
        await world.comment(mergeRequest.number, ada, 'D');
        const threads = (await read()).threads;
        await world.resolve(mergeRequest.number, byAda!, { by: ada, isResolved: true });
        await world.deleteThread(mergeRequest.number, gone!);
        const ids = threads.map(({ id }) => id);
        const can = threads.filter((each) => each.id !== ids[2] && each.canResolve).map(({ id }) => id);
        const resolve = (): Promise<readonly string[]> =>
          world.reviews.resolve(world.repository, mergeRequest.number, ids);
        expect([...(await resolve())].sort()).toEqual([...can].sort());
        expect([...(await resolve())].sort()).toEqual([...can].sort());
        expect(can).toEqual(expect.arrayContaining([ids[0], ids[1]]));
        const state = await read();
        expect(state.threads.map((each) => [each.id, each.isResolved])).toEqual(
          [ids[0], ids[1], ids[3]].map((id) => [id, can.includes(id!)]),
        );
      });
    });

    describe('asking again', () => {
      test('asks whom the forge lets, also after their review', async () => {
        await world.review(mergeRequest.number, ada, { verdict: 'requestChanges', text: 'Not yet.' });
        await world.reviews.askAgain(world.repository, mergeRequest.number, [stranger, ada]);
        expect(await world.seenReviewers(mergeRequest.number)).toEqual([ada.login]);
        await world.reviews.askAgain(world.repository, mergeRequest.number, [stranger]);
        await world.reviews.askAgain(world.repository, mergeRequest.number, []);
        expect(await world.seenReviewers(mergeRequest.number)).toEqual([ada.login]);
      });
    });

    describe('CI of the head', () => {
      const green: CiJob = { name: 'lint', state: 'green' };

      test('is pending, then green, and nothing once there is another head', async ({ skip }) => {
        if (world.redCauses.length === 0) skip();
        await world.setCi(head, [green, { name: 'test', state: 'pending' }]);
        expect((await read()).ci).toEqual({ sha: head, verdict: 'pending', red: [] });
        await world.setCi(head, [green, { name: 'test', state: 'green' }]);
        expect((await read()).ci).toEqual({ sha: head, verdict: 'green', red: [] });
        const pushed = await world.push(branch, { 'src/new.txt': 'alpha\n' });
        expect((await read()).ci).toEqual({ sha: pushed, verdict: 'none', red: [] });
      });

      test('is red with the facts of each job, whatever the reason, and is run again', async ({ skip }) => {
        if (world.redCauses.length === 0) skip();
        const log = 'not ok 1 - keeps digits\nexpected 1905';
        const jobs = world.redCauses.map((cause): CiJob => ({
          name: `test-${cause}`,
          state: 'red',
          cause,
          step: 'npm test',
          log,
        }));
        const red = await world.setCi(head, [green, ...jobs]);
        expect(red.map(({ cause }) => cause)).toEqual(world.redCauses);
        const { ci } = await read();
        expect({ ...ci, red: byName(ci.red) }).toEqual({ sha: head, verdict: 'red', red: byName(red) });
        const again = red.filter(({ canRerun }) => canRerun);
        expect(await world.reviews.rerun(world.repository, again)).toBe(true);
        expect([...(await world.seenReruns())].sort()).toEqual(again.map(({ id }) => id).sort());
      });
    });

    describe('the merge request itself', () => {
      const ensure = (more: Partial<MergeRequestOrder>): Promise<MergeRequest> =>
        world.forge.ensureMergeRequest(world.repository, { ...order, knownNumber: mergeRequest.number, ...more });
      const seen = async (): Promise<readonly (string | number)[][]> =>
        (await world.seenMergeRequests()).map((each) => [each.number, each.title, each.body]);

      test('that is known is brought up to date', async () => {
        expect(await ensure({ title: 'Keep all digits', body: 'Closes #1.' })).toEqual(mergeRequest);
        expect(await seen()).toEqual([[mergeRequest.number, 'Keep all digits', 'Closes #1.']]);
      });

      test('that is known and not open any more is opened anew', async () => {
        await world.close(mergeRequest.number);
        const { number, state } = await ensure({});
        expect([number === mergeRequest.number, state]).toEqual([false, 'open']);
        expect(await seen()).toEqual([mergeRequest.number, number].map((each) => [each, 'Keep digits', 'Closes #1']));
      });
    });
  });
}

/** By the text that they begin with: forges keep times to the second only. */
function sorted<T extends { readonly comments: readonly { readonly body: string }[] }>(threads: readonly T[]): T[] {
  return [...threads].sort((a, b) => (a.comments[0]?.body ?? '').localeCompare(b.comments[0]?.body ?? '', 'en'));
}

function byName<T extends { readonly name: string }>(jobs: readonly T[]): T[] {
  return [...jobs].sort((a, b) => a.name.localeCompare(b.name));
}
