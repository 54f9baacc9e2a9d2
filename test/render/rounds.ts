import type { LedgerRow } from '../../src/domain/review.js';
import type { Run } from '../../src/domain/run.js';
import * as a from '../support/builders.js';
import { runIn } from './cases.js';

const before = a.aSnapshot('a7');
export const head = a.aSnapshot('b8');
const vera = a.aPerson('vera');

/** Five things that people said, each of another kind. */
export const rows: Readonly<Record<string, LedgerRow>> = {
  change: a.aLedgerRow(),
  question: a.aLedgerRow({
    thread: 'PRRT_2',
    place: { path: 'README.md', isOutdated: true },
    comments: [a.aDemandComment({ id: 'd2', by: vera, text: 'Why not \\p{N}?\n\nThere are other digits.' })],
  }),
  suggestion: a.aLedgerRow({
    thread: 'PRRT_3',
    comments: [
      a.aDemandComment({
        id: 'd3',
        text: 'Shorter:\n```suggestion\nreturn text;\n```',
        suggestions: [{ path: 'src/slug.js', fromLine: 3, toLine: 3, text: 'return text;' }],
      }),
    ],
  }),
  comment: {
    ...{ thread: 'IC_4', seen: ['d4'], round: 2, taken: 1, state: 'open' },
    kind: 'comment',
    isThreaded: false,
    canResolve: false,
    comments: [a.aDemandComment({ id: 'd4', by: vera, text: 'Could titles have emoji, too?' })],
  },
  again: a.aLedgerRow({
    thread: 'PRRT_5',
    taken: 2,
    seen: ['d0', 'd5'],
    comments: [a.aDemandComment({ id: 'd5', text: 'Still: no regular expression, please.' })],
    before: { kind: 'disagree', text: 'A loop is three times as long, and test/slug.test.js holds both to the same.' },
  }),
};

/** The row of that name. */
export function rowOf(name: string): LedgerRow {
  const row = rows[name];
  if (row === undefined) throw new Error(`no row ${name} in test/render/rounds.ts`);
  return row;
}

const ledger = Object.values(rows);
const cause = a.aRoundCause({
  threads: ledger.map(({ thread }) => thread),
  redJobs: [a.aRedJob()],
  source: 'base',
  integrates: 'conflict',
  fromSha: before.commit,
});

const delivered = [
  {
    round: 1,
    head: before,
    tasks: [
      { id: 'T1', title: 'Keep digits in slugs' },
      { id: 'T2', title: 'Show digits in the README' },
    ],
  },
];
const merges = a.aTask({ id: 'MERGE', title: 'Bring main into the branch', description: '', files: [], criteria: [] });
const pattern = a.aTask({
  title: 'Use the pattern of titles',
  description: 'slug.js has a pattern of its own; use the one of title.js.',
  threads: ['PRRT_1', 'PRRT_5'],
});
const answers = a.aTask({ id: 'ANSWER', title: 'Answer the reviewers', description: '', files: [], criteria: [] });

/** Round 2 has begun: nothing is planned yet, and main is being brought in. */
export const begun: Run = a.aRun({
  ...runIn('in-review'),
  round: 2,
  phase: { name: 'queued', step: 'waiting', resume: { to: 'round', head: before } },
  plan: a.aPlan({ tasks: [] }),
  review: a.aReviewRecord({ ledger, isConflicting: true }),
  cause,
  delivered,
});

const merging: Run = { ...begun, plan: a.aPlan({ tasks: [merges] }) };
const summary = 'The pattern of titles is used for slugs as well, which also mends the test on Windows.';
const planned: Run = { ...begun, cause: { ...cause, summary }, plan: a.aPlan({ tasks: [merges, pattern] }) };

const replied: readonly LedgerRow[] = [
  { ...rowOf('change'), reply: { kind: 'fix', text: 'slug.js imports `pattern` of title.js.', commit: head.commit } },
  { ...rowOf('question'), reply: { kind: 'question', text: 'Forges take ASCII in addresses: src/url.js:12.' } },
  { ...rowOf('suggestion'), reply: { kind: 'fix', text: '', commit: head.commit, isSuggestion: true } },
  { ...rowOf('comment'), reply: { kind: 'outOfScope', text: 'Emoji need a table of names.' } },
  rowOf('again'),
];
const done: Run = {
  ...planned,
  evidence: runIn('in-review').evidence.map((one) => ({ ...one, tree: head.tree })),
  review: a.aReviewRecord({ ledger: replied, isConflicting: true }),
};
const { cause: endedCause, ...ended } = done;
const over = [...delivered, { round: 2, head, tasks: [merges, pattern], ...(endedCause && { cause: endedCause }) }];

/** main conflicts, and an agent was there once. */
export const resolving: Run = {
  ...merging,
  phase: a.aWorkingPhase({ task: 'MERGE', ladder: a.aLadder(1), merges: a.aSnapshot('d4').commit }),
};

/** A run in each phase of its second round. */
export const rounds: Readonly<Record<string, Run>> = {
  queued: begun,
  preparing: { ...begun, phase: { name: 'queued', step: 'preparing', resume: { to: 'round', head: before } } },
  integrating: { ...merging, phase: a.aWorkingPhase({ task: 'MERGE', step: 'integrate' }) },
  merging: { ...merging, phase: a.aWorkingPhase({ task: 'MERGE', ladder: a.aLadder(1) }) },
  planning: { ...merging, phase: a.aPlanningPhase() },
  working: { ...planned, phase: a.aWorkingPhase() },
  answering: {
    ...planned,
    plan: a.aPlan({ tasks: [merges, pattern, answers] }),
    phase: a.aWorkingPhase({ task: 'ANSWER' }),
  },
  opening: { ...done, phase: a.aDeliveringPhase({ head, step: 'opening' }) },
  delivering: { ...done, phase: a.aDeliveringPhase({ head, step: 'answering' }) },
  'in-review': { ...ended, delivered: over, phase: { name: 'inReview', head } },
  settling: {
    ...ended,
    delivered: over,
    phase: { name: 'inReview', head, settling: { sinceMs: a.startMs, dueAtMs: a.startMs + 900_000 } },
  },
  blocked: {
    ...ended,
    delivered: over,
    phase: a.aBlockedPhase({
      obstacle: {
        kind: 'sameDemand',
        details: ['nils at src/slug.js:3: no regular expression — tried 2 times, last: cb80000'],
      },
      resume: { to: 'inReview', head },
    }),
  },
};

/** The run of that name. */
export function roundIn(name: string): Run {
  const run = rounds[name];
  if (run === undefined) throw new Error(`no run ${name} in test/render/rounds.ts`);
  return run;
}
