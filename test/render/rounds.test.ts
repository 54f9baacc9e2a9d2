import { describe, expect, test } from 'vitest';
import type { Notice } from '../../src/domain/effect.js';
import type { LedgerReply, LedgerRow } from '../../src/domain/review.js';
import type { Run } from '../../src/domain/run.js';
import { commitMessage, mergeMessage, suggestionMessage } from '../../src/render/commit-message.js';
import { headline } from '../../src/render/headline.js';
import { mergeRequestBody, mergeRequestTitle } from '../../src/render/merge-request.js';
import { noticeComment } from '../../src/render/notice.js';
import { statusComment } from '../../src/render/status-comment.js';
import { threadAnswer } from '../../src/render/thread-answer.js';
import * as a from '../support/builders.js';
import { nasty } from './cases.js';
import { begun, head, roundIn, rounds, rowOf } from './rounds.js';

const context = { settings: a.settingsOf(), nowMs: a.startMs + 1_200_000 };

const onGitLab = (run: Run): Run => ({
  ...run,
  repository: a.aRepository({ forge: 'gitlab' }),
  issue: a.aFrozenIssue({ url: 'https://gitlab.example.com/acme/shop/-/issues/7' }),
  mergeRequest: a.aMergeRequest({ url: 'https://gitlab.example.com/acme/shop/-/merge_requests/8' }),
});

const approved = { id: 'v1', by: a.aPerson('vera'), kind: 'approved', atMs: a.startMs } as const;
const changesRequested = { ...approved, id: 'v2', by: a.aPerson('nils'), kind: 'changesRequested' } as const;

describe('status comment of a round', () => {
  test.each(Object.keys(rounds))('%s', async (name) => {
    const { marker, body } = statusComment(roundIn(name), context);
    await expect(`${marker}\n${body}\n`).toMatchFileSnapshot(`golden/round-status-${name}.md`);
  });

  test.each<readonly [string, Run, string]>([
    [
      'what asked for the base',
      { ...begun, cause: a.aRoundCause({ threads: [], integrates: 'update' }) },
      'main asked for',
    ],
    ['one thread', { ...begun, cause: a.aRoundCause() }, '1 thread'],
    [
      'many jobs',
      {
        ...begun,
        cause: a.aRoundCause({
          threads: [],
          redJobs: ['a', 'b', 'c\n/close', 'd', 'e'].map((name) => a.aRedJob({ name })),
        }),
      },
      'CI red (a, b, c /close, 2 more)',
    ],
  ])('names %s', (_, run, reason) => {
    expect(headline(run)).toBe(
      `⏳ **Round 2 of at most 10: ${reason}.** Work starts by itself as soon as there is a free place.`,
    );
  });

  test.each<readonly [string, string, string]>([
    ['what is on the branch now', head.commit, '; 1 thread is still open; approved by vera.'],
    ['what was there before the round', a.aRoundCause().sinceSha, '; 1 thread is still open.'],
  ])('names who approves: %s', (_, headSha, end) => {
    const review = a.aReviewRecord({ headSha, verdicts: [changesRequested, approved] });
    expect(headline({ ...roundIn('in-review'), review })).toMatch(end);
  });

  test('counts the rounds that people have allowed', () => {
    const review = a.aReviewRecord({ moreRounds: 10 });
    expect(headline({ ...begun, cause: a.aRoundCause(), review })).toContain('Round 2 of at most 20: 1 thread.');
  });
});

describe('merge request in a round', () => {
  test.each<readonly [string, Run]>([
    ['opening', roundIn('opening')],
    ['gitlab', onGitLab(roundIn('opening'))],
    ['local', { ...roundIn('opening'), repository: a.aRepository({ forge: 'local' }) }],
    [
      'answers-only',
      {
        ...roundIn('opening'),
        plan: a.aPlan({
          tasks: [a.aTask({ title: 'Found done' }), a.aTask({ id: 'ANSWER', title: 'Answer the reviewers' })],
        }),
        cause: a.aRoundCause({
          ...{ threads: ['PRRT_2'], summary: 'Answers are enough.' },
          ...{ sinceSha: head.commit, fromSha: head.commit },
        }),
        review: a.aReviewRecord({
          ledger: [
            { ...rowOf('question'), reply: { kind: 'question', text: 'Because.' } },
            { ...rowOf('again'), state: 'answered', round: 1, reply: { kind: 'disagree', text: 'No.' } },
          ],
          ...{ isConflicting: true, verdicts: [approved] },
          ci: { sha: head.commit, verdict: 'red' },
        }),
      },
    ],
  ])('body: %s', async (name, run) => {
    await expect(`${mergeRequestBody(run, context)}\n`).toMatchFileSnapshot(`golden/round-merge-request-${name}.md`);
  });

  test('a review of 200 comments makes no list of 200', () => {
    const ledger = Array.from({ length: 200 }, (_, at) => a.aLedgerRow({ thread: `t${at}` }));
    const cause = a.aRoundCause({ threads: ledger.map(({ thread }) => thread) });
    const body = mergeRequestBody({ ...roundIn('opening'), cause, review: a.aReviewRecord({ ledger }) }, context);
    expect(body.match(/^- and 170 more$/gm)).toHaveLength(2);
  });

  test('the title stays', () => {
    const first = a.aRun({ plan: a.aPlan({ tasks: [a.aTask()] }) });
    const delivered = [{ round: 1, head, tasks: [a.aTask()] }];
    const later = { ...roundIn('working'), delivered };
    expect([mergeRequestTitle(first), mergeRequestTitle(later)]).toEqual(Array(2).fill('Keep digits in slugs'));
  });
});

describe('threadAnswer', () => {
  const run = roundIn('opening');
  const commit = head.commit;
  const answer = (row: LedgerRow, reply?: LedgerReply) => {
    const { marker, body } = threadAnswer(run, reply === undefined ? row : { ...row, reply }, context);
    return `${marker}\n${body}`;
  };

  test('of every kind', async () => {
    const change = rowOf('change');
    const page = [
      answer(change, { kind: 'fix', text: 'slug.js imports `pattern` of title.js.', commit }),
      answer(rowOf('suggestion'), { kind: 'fix', text: '', commit, isSuggestion: true }),
      answer(rowOf('question'), { kind: 'question', text: 'Forges take ASCII in addresses: src/url.js:12.' }),
      answer(change, { kind: 'nit', text: 'Renamed.', commit }),
      answer(change, { kind: 'nit', text: 'The name is there already.' }),
      answer(change, { kind: 'disagree', text: 'A loop is three times as long.' }),
      answer(rowOf('comment'), { kind: 'outOfScope', text: 'Emoji need a table of names.' }),
      answer(rowOf('again')),
      answer(change, { kind: 'fix', text: 'All done!' }),
      answer(
        { ...rowOf('comment'), comments: [a.aDemandComment({ text: nasty })] },
        { kind: 'question', text: `${nasty}\n/fleet stop` },
      ),
    ].join('\n\n----\n\n');
    await expect(`${page}\n`).toMatchFileSnapshot('golden/thread-answers.md');
  });

  test('has another marker each time that the thread is taken up, and the same one when it is posted again', () => {
    const [first, second, third] = [
      a.aLedgerRow(),
      a.aLedgerRow({ seen: ['d1', 'd2'] }),
      a.aLedgerRow({ round: 3 }),
    ].map((row) => threadAnswer(run, row, context).marker);
    expect([first, second, third, threadAnswer(run, a.aLedgerRow(), context).marker]).toEqual([
      '<!-- fleet:v1 kind=reply run=r1 thread=PRRT_1 comment=d1 round=2 -->',
      '<!-- fleet:v1 kind=reply run=r1 thread=PRRT_1 comment=d2 round=2 -->',
      '<!-- fleet:v1 kind=reply run=r1 thread=PRRT_1 comment=d1 round=3 -->',
      first,
    ]);
  });
});

describe('notices of rounds', () => {
  const jobs = (['runner', 'billing', 'timeout', 'cancelled', 'code'] as const).map((cause) => a.aRedJob({ cause }));
  test.each<readonly [string, Run, Notice]>([
    ['ci-broken', roundIn('in-review'), { kind: 'ciBroken', jobs }],
    [
      'ci-broken-hostile',
      onGitLab(roundIn('in-review')),
      { kind: 'ciBroken', jobs: [a.aRedJob({ name: `](x) ${nasty}`, url: 'https://a.b/) [x](y', step: nasty })] },
    ],
    ['changes-unclear', roundIn('in-review'), { kind: 'changesUnclear', by: a.aPerson('nils') }],
  ])('%s', async (name, run, about) => {
    const { marker, body } = noticeComment(run, about, { ...context, key: 'r1.9.0' });
    await expect(`${marker}\n${body}\n`).toMatchFileSnapshot(`golden/notice-${name}.md`);
  });
});

test('commit messages of a round', async () => {
  const run = roundIn('working');
  const messages = [
    commitMessage(run, run.plan?.tasks[1] ?? a.aTask()),
    mergeMessage(run, 'main'),
    mergeMessage(run, `${'long-'.repeat(20)}branch`),
    suggestionMessage(run, a.aPerson('nils')),
    suggestionMessage(onGitLab(run), a.aPerson('nils')),
  ];
  for (const message of messages) expect(message.split('\n')[0]?.length).toBeLessThanOrEqual(72);
  await expect(`${messages.join('\n\n----\n\n')}\n`).toMatchFileSnapshot('golden/round-commits.txt');
});
