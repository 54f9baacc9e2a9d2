import { describe } from 'vitest';
import type { Demand, LedgerRow, ReadFeedback, ReviewRecord, ReviewVerdict } from '../../src/domain/review.js';
import type { Phase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import type { Obstacle } from '../../src/domain/work.js';
import {
  aDeliveredRound,
  aDemand,
  aDemandComment,
  aFeedback,
  aLedgerRow,
  aPerson,
  aPlan,
  aPlanningPhase,
  aReviewRecord,
  aRoundCause,
  aRunInReview,
  aSnapshot,
  startMs,
} from '../support/builders.js';
import { showing, table, type Row } from './table.js';

const atMs = startMs + 1_000_000;
const head = aSnapshot('a7');
const nils = aPerson('nils');
const settled: Phase = { name: 'inReview', head, settling: { sinceMs: atMs - 60_000, dueAtMs: atMs } };
const idle: Phase = { name: 'inReview', head };
const waiting: Phase = { name: 'queued', step: 'waiting', resume: { to: 'round', head } };
const asking = (obstacle: Obstacle): Phase => ({ name: 'blocked', obstacle, resume: { to: 'inReview', head } });
const read = (feedback: ReadFeedback = aFeedback()) => ({ type: 'feedbackRead', feedback, atMs }) as const;
const given = (change: Partial<Run> = {}): Run => aRunInReview({ phase: settled, ...change });
const record = (change: Partial<ReviewRecord> = {}): ReviewRecord => aReviewRecord({ ledger: [], ...change });
const showStatus = { type: 'showStatus' };
const nothing = { phase: idle, effects: [], because: 'nothing to work on' } as const;
const noTasks = aPlan({ tasks: [] });
const asked = (obstacle: Obstacle) => [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus];

/** Nils said something more in the thread of `aDemand`. */
const more = aDemandComment({ id: 'd2', text: 'Still not.\nReally.' });
const insisted = aDemand({ comments: [aDemandComment(), more] });
const answer = { kind: 'fix', text: 'It is the same now.', commit: 'f'.repeat(40) } as const;
const answered = aLedgerRow({ state: 'answered', reply: answer });

describe('what is read is nothing new', () => {
  table([
    {
      name: 'and was read within two seconds of its last change → read again by the next look, for forges tell times to the second',
      run: given(),
      event: read(aFeedback({ updatedAtMs: atMs - 1_000 })),
      ...nothing,
      change: { review: record({ updatedAtMs: atMs - 1_001 }) },
    },
    {
      name: 'nothing was said → what was seen is remembered',
      run: given(),
      event: read(),
      ...nothing,
      change: { review: record() },
    },
    {
      name: 'what was answered before',
      run: given({ review: record({ ledger: [answered] }) }),
      event: read(aFeedback({ demands: [aDemand()] })),
      ...nothing,
    },
    {
      name: 'a thread that somebody resolved needs no answer any more',
      run: given({ review: record({ ledger: [aLedgerRow(), aLedgerRow({ thread: 'PRRT_2' })] }) }),
      event: read(aFeedback({ resolved: ['PRRT_2', 'PRRT_3'] })),
      ...nothing,
      change: {
        review: record({ ledger: [aLedgerRow(), aLedgerRow({ thread: 'PRRT_2', state: 'resolved' })] }),
      },
    },
    {
      name: 'somebody pushed: the head is remembered',
      run: given({ review: record() }),
      event: read(aFeedback({ headSha: 'b'.repeat(40) })),
      ...nothing,
      change: { review: record({ headSha: 'b'.repeat(40) }) },
    },
    {
      name: 'an approval → shown in the status comment',
      run: given(),
      event: read(aFeedback({ verdicts: [verdict('approved')] })),
      ...nothing,
      effects: [showStatus],
      change: { review: record({ verdicts: [verdict('approved')] }), status: showing },
    },
    {
      name: 'changes asked for without a word → whoever asked is told so',
      run: given(),
      event: read(aFeedback({ verdicts: [verdict('changesRequested')] })),
      ...nothing,
      effects: [{ type: 'tellPeople', notice: { kind: 'changesUnclear', by: nils } }, showStatus],
      change: {
        review: record({ verdicts: [verdict('changesRequested')], told: ['verdict v1'] }),
        status: showing,
      },
    },
    {
      name: 'once',
      run: given({ review: record({ verdicts: [verdict('changesRequested')], told: ['verdict v1'] }) }),
      event: read(aFeedback({ verdicts: [verdict('changesRequested')] })),
      ...nothing,
    },
  ]);
});

function verdict(kind: ReviewVerdict['kind']): ReviewVerdict {
  return { id: 'v1', by: nils, kind, atMs };
}

describe('demands → one round', () => {
  const threads = ['PRRT_1', 'PRRT_2'];
  const two = [aDemand(), aDemand({ thread: 'PRRT_2', kind: 'comment', comments: [aDemandComment({ id: 'd5' })] })];
  const said: Demand = {
    ...{ thread: 'issue-c9', kind: 'issue', canResolve: false, isThreaded: false },
    comments: [aDemandComment({ id: 'c9', text: 'use tabs' })],
  };
  const many = Array.from({ length: 51 }, (_, index) =>
    aDemand({ thread: `t${index}`, comments: [aDemandComment({ id: `d${index}` })] }),
  );
  const begins = { phase: waiting, effects: [showStatus] } as const;
  const changes = (review: ReviewRecord, cause: Run['cause'], round = 2): Partial<Run> => ({
    ...{ round, review, plan: noTasks, status: showing },
    ...(cause === undefined ? {} : { cause }),
  });
  table([
    {
      name: 'every thread is a row',
      ...{ run: given(), event: read(aFeedback({ demands: two })), ...begins },
      because: 'round 2: 2 threads',
      change: changes(record({ ledger: two.map(rowOf) }), aRoundCause({ threads })),
    },
    {
      name: 'of a thread that comes back only what is new, with what was answered before',
      run: given({ round: 2, review: record({ ledger: [aLedgerRow({ thread: 'PRRT_0' }), answered] }) }),
      ...{ event: read(aFeedback({ demands: [insisted] })), ...begins },
      because: 'round 3: 1 thread',
      change: changes(
        record({
          ledger: [
            aLedgerRow({ thread: 'PRRT_0' }),
            aLedgerRow({ comments: [more], seen: ['d1', 'd2'], round: 3, taken: 2, before: answer }),
          ],
        }),
        aRoundCause(),
        3,
      ),
    },
    {
      name: 'a disagreement that is insisted upon is taken up again, with what was said',
      run: given({
        review: record({ ledger: [aLedgerRow({ state: 'answered', reply: { kind: 'disagree', text: 'No.' } })] }),
      }),
      ...{ event: read(aFeedback({ demands: [insisted] })), ...begins },
      because: 'round 2: 1 thread',
      change: changes(
        record({
          ledger: [
            aLedgerRow({
              ...{ comments: [more], seen: ['d1', 'd2'], taken: 2 },
              before: { kind: 'disagree', text: 'No.' },
            }),
          ],
        }),
        aRoundCause(),
      ),
    },
    {
      name: 'a thread that was resolved and is open again, with something new',
      run: given({ review: record({ ledger: [{ ...answered, state: 'resolved' }] }) }),
      ...{ event: read(aFeedback({ demands: [insisted] })), ...begins },
      because: 'round 2: 1 thread',
      change: changes(
        record({ ledger: [aLedgerRow({ comments: [more], seen: ['d1', 'd2'], taken: 2, before: answer })] }),
        aRoundCause(),
      ),
    },
    {
      name: 'what was asked for on the issue comes first, and is not asked for any more',
      run: given({ asked: { demands: [said], update: false } }),
      ...{ event: read(aFeedback({ demands: [aDemand()] })), ...begins },
      because: 'round 2: 2 threads',
      change: changes(
        record({ ledger: [rowOf(said), aLedgerRow()] }),
        aRoundCause({ threads: ['issue-c9', 'PRRT_1'] }),
      ),
      gone: ['asked'],
    },
    {
      name: '50 threads at most; the others are read after it',
      ...{ run: given(), event: read(aFeedback({ demands: many })), ...begins },
      because: 'round 2: 50 threads',
      change: {
        ...changes(
          record({ ledger: many.slice(0, 50).map(rowOf) }),
          aRoundCause({ threads: many.slice(0, 50).map(({ thread }) => thread), isPartial: true }),
        ),
        isHinted: true,
      },
    },
    {
      name: 'whoever asks for changes and says which is told nothing, also later, when that is answered and resolved',
      run: given(),
      event: read(aFeedback({ demands: [aDemand()], verdicts: [verdict('changesRequested')] })),
      ...begins,
      because: 'round 2: 1 thread',
      change: changes(
        record({ ledger: [aLedgerRow()], verdicts: [verdict('changesRequested')], told: ['verdict v1'] }),
        aRoundCause(),
      ),
    },
    {
      name: 'what people pushed is what they have looked at',
      run: given(),
      event: read(aFeedback({ headSha: 'b'.repeat(40), demands: [aDemand()] })),
      ...begins,
      because: 'round 2: 1 thread',
      change: changes(
        record({ ledger: [aLedgerRow()], headSha: 'b'.repeat(40) }),
        aRoundCause({ sinceSha: 'b'.repeat(40) }),
      ),
    },
  ]);
});

function rowOf(demand: Demand): LedgerRow {
  return { ...demand, seen: demand.comments.map(({ id }) => id), round: 2, taken: 1, state: 'open' };
}

describe('people are asked in the place of another round', () => {
  const twice = aLedgerRow({ taken: 2, state: 'answered', reply: answer });
  const same: Obstacle = {
    kind: 'sameDemand',
    details: [
      'nils at src/slug.js:3: Please use the same pattern as in title.js. — tried 2 times, last: fffffff It is the same now.',
    ],
  };
  const below: LedgerRow = {
    ...{ thread: 'PRRT_1', kind: 'comment', canResolve: false, isThreaded: false, comments: [aDemandComment()] },
    ...{ seen: ['d1'], round: 2, taken: 2, state: 'open' },
  };
  const unanswered: Obstacle = {
    kind: 'sameDemand',
    details: ['nils: Please use the same pattern as in title.js. — tried 2 times, last: no answer'],
  };
  const delivered = [aDeliveredRound(), aDeliveredRound({ round: 2, cause: aRoundCause() })];
  const spent: Obstacle = {
    kind: 'roundsSpent',
    details: ['round 1: Keep digits in slugs; Show digits in the README', 'round 2: 1 thread'],
  };
  const rows: readonly (readonly [string, Partial<Run>, ReadFeedback, Obstacle, Partial<ReviewRecord>])[] = [
    [
      'the same demand comes back twice',
      { round: 3, review: record({ ledger: [twice] }) },
      aFeedback({ demands: [insisted] }),
      same,
      { ledger: [twice] },
    ],
    [
      'also when nothing was answered, and with other demands beside it',
      { round: 3, review: record({ ledger: [below] }) },
      aFeedback({ demands: [aDemand({ thread: 'PRRT_2' }), insisted] }),
      unanswered,
      { ledger: [below] },
    ],
    ['ten rounds are spent', { round: 10, delivered }, aFeedback({ demands: [aDemand()] }), spent, { ledger: [] }],
    [
      'the rounds that people allowed are spent',
      { round: 20, delivered, review: record({ moreRounds: 10 }) },
      aFeedback({ isConflicting: true }),
      spent,
      { moreRounds: 10, isConflicting: true },
    ],
  ];
  table(
    rows.map(([name, run, feedback, obstacle, review]): Row => ({
      ...{ name, run: given(run), event: read(feedback), phase: asking(obstacle), effects: asked(obstacle) },
      because: `blocked: ${obstacle.kind}`,
      change: { review: record(review), status: showing },
    })),
  );
  table([
    {
      name: 'with rounds spent, but nothing to work on, nobody is asked',
      run: given({ round: 10, delivered }),
      event: read(aFeedback()),
      ...nothing,
      change: { review: record() },
    },
  ]);
});

describe('races', () => {
  const later: Phase = { name: 'inReview', head, settling: { sinceMs: atMs - 60_000, dueAtMs: atMs + 20_000 } };
  table([
    {
      name: 'a second read that was under way at the same time changes nothing',
      run: given({ phase: idle, review: record({ updatedAtMs: atMs }) }),
      event: read(aFeedback({ demands: [aDemand()] })),
      phase: idle,
      effects: [],
      because: 'late: it was read since',
    },
    {
      name: 'one that comes during a round: what is new is read after it',
      run: given({ phase: aPlanningPhase() }),
      event: read(aFeedback({ demands: [aDemand()] })),
      phase: aPlanningPhase(),
      effects: [],
      because: 'late: feedbackRead while planning',
      change: { isHinted: true },
    },
    {
      name: 'a hint that put the read off while it was read already: the next read is on its way',
      run: given({ phase: later }),
      event: read(),
      phase: later,
      effects: [],
      because: 'nothing to work on',
      change: { review: record() },
    },
    {
      name: '– and after a round, when that read finds work',
      run: given({ phase: later }),
      event: read(aFeedback({ demands: [aDemand()] })),
      phase: waiting,
      effects: [showStatus],
      because: 'round 2: 1 thread',
      change: {
        ...{ round: 2, cause: aRoundCause(), review: record({ ledger: [aLedgerRow()] }), plan: noTasks },
        ...{ isHinted: true, status: showing },
      },
    },
    {
      name: 'a hint that came while it was read is let settle after it',
      run: given({ isHinted: true }),
      event: read(),
      phase: { name: 'inReview', head, settling: { sinceMs: atMs, dueAtMs: atMs + 60_000 } },
      effects: [{ type: 'readFeedback', dueAtMs: atMs + 60_000 }],
      because: 'nothing to work on',
      change: { review: record() },
      gone: ['isHinted'],
    },
    {
      name: '– and is read after the round, when there is one',
      run: given({ isHinted: true }),
      event: read(aFeedback({ demands: [aDemand()] })),
      phase: waiting,
      effects: [showStatus],
      because: 'round 2: 1 thread',
      change: {
        ...{ round: 2, cause: aRoundCause(), review: record({ ledger: [aLedgerRow()] }), plan: noTasks },
        status: showing,
      },
    },
    {
      name: 'the merge request could not be read → the resync looks again',
      run: given(),
      event: { type: 'effectFailed', effect: 'readFeedback', obstacle: { kind: 'forgeRefused', details: [] }, atMs },
      phase: idle,
      effects: [],
      because: 'the merge request could not be read',
    },
  ]);
});
