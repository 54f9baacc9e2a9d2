import { describe } from 'vitest';
import type { Command } from '../../src/domain/command.js';
import type { PeopleEvent, RunEvent } from '../../src/domain/event.js';
import type { Demand, ReviewRecord } from '../../src/domain/review.js';
import type { Phase, Settling } from '../../src/domain/phase.js';
import type { Obstacle } from '../../src/domain/work.js';
import {
  aBlockedPhase,
  aDeliveringPhase,
  aLedgerRow,
  aPerson,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aReviewRecord,
  aRun,
  aRunInReview,
  aSnapshot,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table, type Row } from './table.js';

const atMs = startMs + 1_000_000;
const head = aSnapshot('a7');
const by = aPerson('nils');
type Why = Extract<PeopleEvent, { type: 'feedbackHinted' }>['why'];
const hint = (why: Why, at = atMs): RunEvent => ({ type: 'feedbackHinted', why, atMs: at });
const settling = (sinceMs: number, dueAtMs: number): Phase => ({
  ...{ name: 'inReview', head, settling: { sinceMs, dueAtMs } },
});
const read = (dueAtMs: number): unknown => ({ type: 'readFeedback', dueAtMs });
/** As if it had settled as long as any burst may. */
const urgent: Settling = { sinceMs: atMs - 600_000, dueAtMs: atMs };
const atOnce: Phase = { name: 'inReview', head, settling: urgent };
const whys: readonly Why[] = ['review', 'comment', 'ci', 'look'];
const settledFor = (settleMs: number) => aPrepared({ policy: aPolicy({ review: { ...aPolicy().review, settleMs } }) });

describe('hints while in review', () => {
  table([
    ...whys.map((why): Row => ({
      name: `${why} → read 60 s later`,
      run: aRunInReview(),
      event: hint(why),
      phase: settling(atMs, atMs + 60_000),
      effects: [read(atMs + 60_000)],
      because: `${why}: is let settle`,
    })),
    ...(['review', 'comment'] as const).map((why): Row => ({
      name: `another ${why} → put off, with a read of its own`,
      run: aRunInReview({ phase: settling(atMs - 1_000, atMs + 59_000) }),
      event: hint(why),
      phase: settling(atMs - 1_000, atMs + 60_000),
      effects: [read(atMs + 60_000)],
      because: `${why}: is let settle`,
    })),
    ...(['ci', 'look'] as const).map((why): Row => ({
      name: `${why} during a burst puts nothing off`,
      run: aRunInReview({ phase: settling(atMs - 1_000, atMs + 59_000) }),
      event: hint(why),
      phase: settling(atMs - 1_000, atMs + 59_000),
      effects: [],
      because: `${why}: is read soon`,
    })),
    {
      name: 'a burst is let settle for 10 min at most',
      run: aRunInReview({ phase: settling(atMs - 590_000, atMs + 1_000) }),
      event: hint('comment'),
      phase: settling(atMs - 590_000, atMs + 10_000),
      effects: [read(atMs + 10_000)],
      because: 'comment: is let settle',
    },
    {
      name: 'after that nothing puts it off',
      run: aRunInReview({ phase: settling(atMs - 590_000, atMs + 10_000) }),
      event: hint('comment'),
      phase: settling(atMs - 590_000, atMs + 10_000),
      effects: [],
      because: 'comment: is read soon',
    },
    {
      name: 'a settle time of 20 min is 10',
      run: aRunInReview({ prepared: settledFor(1_200_000) }),
      event: hint('comment'),
      phase: settling(atMs, atMs + 600_000),
      effects: [read(atMs + 600_000)],
      because: 'comment: is let settle',
    },
    {
      name: 'none is none',
      run: aRunInReview({ prepared: settledFor(0) }),
      event: hint('comment'),
      phase: settling(atMs, atMs),
      effects: [read(atMs)],
      because: 'comment: is let settle',
    },
    ...whys.map((why): Row => ({
      name: `${why} that comes when it is read already → read once more after that`,
      run: aRunInReview({ phase: settling(atMs - 60_000, atMs) }),
      event: hint(why),
      phase: settling(atMs - 60_000, atMs),
      effects: [],
      because: `${why}: is read after what is read now`,
      change: { isHinted: true },
    })),
    {
      name: 'what comes late from before the first one puts nothing off',
      run: aRunInReview({ phase: settling(atMs, atMs + 60_000) }),
      event: hint('comment', atMs - 5_000),
      phase: settling(atMs, atMs + 60_000),
      effects: [],
      because: 'comment: is read soon',
    },
  ]);
});

const phases: readonly Phase[] = [
  { name: 'queued', step: 'waiting', resume: { to: 'round', head } },
  { name: 'queued', step: 'preparing', resume: { to: 'round', head } },
  aPlanningPhase(),
  aWorkingPhase(),
  aDeliveringPhase({ step: 'pushing' }),
  aDeliveringPhase({ step: 'opening' }),
  aDeliveringPhase({ step: 'answering' }),
  aBlockedPhase(),
  aBlockedPhase({ resume: { to: 'inReview', head } }),
];

describe('hints in other phases', () => {
  table([
    ...phases.map((phase): Row => ({
      name: `${nameOf(phase)} → read after this round`,
      run: aRunInReview({ phase }),
      event: hint('review'),
      phase,
      effects: [],
      because: 'review: is read after this round',
      change: { isHinted: true },
    })),
    {
      name: 'before there is a merge request there is nothing to read',
      run: aRun({ phase: aPlanningPhase() }),
      event: hint('look'),
      phase: aPlanningPhase(),
      effects: [],
      because: 'look: is read after this round',
    },
    {
      name: 'after the end',
      run: aRunInReview({ phase: { name: 'merged' } }),
      event: hint('review'),
      phase: { name: 'merged' },
      effects: [],
      because: 'late: the run has ended (feedbackHinted)',
    },
  ]);
});

function nameOf(phase: Phase): string {
  const to = 'resume' in phase ? ` to ${phase.resume.to}` : '';
  return `${phase.name}${'step' in phase ? ` ${phase.step}` : ''}${to}`;
}

const seen = { type: 'react', target: { kind: 'comment', id: 'c:9' } };
function commanded(command: Command, place: 'issue' | 'mergeRequest' = 'issue'): RunEvent {
  return { type: 'commanded', by, command, commentId: 'c:9', place, atMs };
}
const useTabs: Command = { name: 'text', text: 'use tabs' };
const demand: Demand = {
  ...{ thread: 'issue-c-9', kind: 'issue', canResolve: false, isThreaded: false },
  comments: [{ id: 'c:9', by, text: 'use tabs', atMs, suggestions: [] }],
};
const showStatus = { type: 'showStatus' };

describe('/fleet with words, and /fleet update', () => {
  const readsAtOnce = { phase: atOnce, effects: [read(atMs), showStatus, seen] } as const;
  const working = aRunInReview({ phase: aWorkingPhase() });
  table([
    {
      name: 'words on the issue are read at once',
      ...{ run: aRunInReview(), event: commanded(useTabs), ...readsAtOnce },
      because: 'text asked for by nils',
      change: { asked: { demands: [demand], update: false }, status: showing },
    },
    {
      name: 'words on the merge request are found there, at once, whatever is let settle',
      run: aRunInReview({ phase: settling(atMs - 5_000, atMs + 55_000) }),
      ...{ event: commanded(useTabs, 'mergeRequest'), ...readsAtOnce },
      because: 'text asked for by nils',
      change: { asked: { demands: [], update: false }, status: showing },
    },
    {
      name: 'update is read at once, beside what was asked for before, and what was to be read after this is read with it',
      run: aRunInReview({ asked: { demands: [demand], update: false }, isHinted: true }),
      ...{ event: commanded({ name: 'update' }), ...readsAtOnce },
      because: 'update asked for by nils',
      change: { asked: { demands: [demand], update: true }, status: showing },
      gone: ['isHinted'],
    },
    {
      name: 'nothing puts off what is to be read at once',
      run: aRunInReview({ phase: atOnce }),
      event: hint('comment', atMs - 1),
      phase: atOnce,
      effects: [],
      because: 'comment: is read soon',
    },
    {
      name: 'during a round they come with the next one',
      run: working,
      event: commanded(useTabs),
      phase: aWorkingPhase(),
      effects: [seen],
      because: 'text asked for by nils: comes with the next round',
      change: { asked: { demands: [demand], update: false }, isHinted: true },
    },
    {
      name: 'where the run is blocked in a round they wait for its retry',
      run: { ...working, phase: aBlockedPhase() },
      event: commanded({ name: 'update' }),
      phase: aBlockedPhase(),
      effects: [seen],
      because: 'update asked for by nils: comes with the next round',
      change: { asked: { demands: [], update: true }, isHinted: true },
    },
  ]);
});

describe('a person lets a run go on that had asked', () => {
  const review = aReviewRecord({
    ledger: [aLedgerRow({ taken: 2, state: 'answered' })],
    redRounds: { test: 3 },
    moreRounds: 10,
  });
  const rows: readonly (readonly [Obstacle['kind'], Partial<ReviewRecord>])[] = [
    ['roundsSpent', { moreRounds: 20 }],
    ['sameDemand', { ledger: [aLedgerRow({ taken: 0, state: 'answered' })] }],
    ['ciStaysRed', { redRounds: {} }],
  ];
  const asking = (kind: Obstacle['kind']): Phase =>
    aBlockedPhase({ obstacle: { kind, details: [] }, resume: { to: 'inReview', head } });
  table([
    ...rows.map(([kind, change]): Row => ({
      name: `${kind}: retry → read at once, and it counts anew`,
      run: aRunInReview({ phase: asking(kind), review, isHinted: true }),
      event: commanded({ name: 'retry' }),
      phase: atOnce,
      effects: [read(atMs), showStatus, seen],
      because: 'retry asked for by nils',
      change: { review: { ...review, ...change }, status: showing },
      gone: ['isHinted'],
    })),
    {
      name: 'words that say what to do let it go on as well',
      run: aRunInReview({ phase: asking('sameDemand'), review }),
      event: commanded(useTabs),
      phase: atOnce,
      effects: [read(atMs), showStatus, seen],
      because: 'text asked for by nils',
      change: {
        asked: { demands: [demand], update: false },
        review: { ...review, ledger: [aLedgerRow({ taken: 0, state: 'answered' })] },
        status: showing,
      },
    },
    {
      name: 'a round that was blocked at its beginning begins again, once there is a slot',
      run: aRunInReview({ phase: aBlockedPhase({ resume: { to: 'round', head } }) }),
      event: commanded({ name: 'retry' }),
      phase: { name: 'queued', step: 'waiting', resume: { to: 'round', head } },
      effects: [showStatus, seen],
      because: 'retry asked for by nils',
      change: { status: showing },
    },
  ]);
});
