import { describe } from 'vitest';
import type { CiState, RedJob, ReviewRecord, RoundCause } from '../../src/domain/review.js';
import type { Phase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import type { Obstacle } from '../../src/domain/work.js';
import {
  aDemand,
  aFeedback,
  aLedgerRow,
  aPlan,
  aRedJob,
  aReviewRecord,
  aRoundCause,
  aRunInReview,
  aSnapshot,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table, type Row } from './table.js';

const atMs = startMs + 1_000_000;
const head = aSnapshot('a7');
const sha = head.commit;
const settled: Phase = { name: 'inReview', head, settling: { sinceMs: atMs - 60_000, dueAtMs: atMs } };
const idle: Phase = { name: 'inReview', head };
const atOnce: Phase = { name: 'inReview', head, settling: { sinceMs: atMs - 600_000, dueAtMs: atMs } };
const waiting: Phase = { name: 'queued', step: 'waiting', resume: { to: 'round', head } };
const showStatus = { type: 'showStatus' };
const given = (change: Partial<Run> = {}): Run => aRunInReview({ phase: settled, ...change });
const reads = (ci: CiState, change = {}) =>
  ({ type: 'feedbackRead', feedback: aFeedback({ ci, ...change }), atMs }) as const;
const redOf = (...red: readonly RedJob[]): CiState => ({ sha, verdict: 'red', red });
const record = (verdict: CiState['verdict'], change: Partial<ReviewRecord> = {}): ReviewRecord =>
  aReviewRecord({ ledger: [], ci: { sha, verdict }, ...change });
const job = aRedJob();
const own = aRedJob({ canRerun: false });
const rerun = { sha, job: job.name } as const;
const onItsWay = { ...rerun, isAsked: true } as const;
const begun = (cause: Partial<RoundCause>, review: ReviewRecord): Partial<Run> => ({
  ...{ round: 2, cause: aRoundCause({ threads: [], ...cause }), review, plan: aPlan({ tasks: [] }), status: showing },
});

describe('CI that calls for nothing', () => {
  const rows: readonly (readonly [string, CiState])[] = [
    ['none', { sha, verdict: 'none', red: [] }],
    ['pending, though a job is red already', { sha, verdict: 'pending', red: [job] }],
    ['unknown', { sha, verdict: 'unknown', red: [job] }],
    ['green', { sha, verdict: 'green', red: [] }],
    ['red of an older commit', { sha: 'b'.repeat(40), verdict: 'red', red: [own] }],
    ['red without a job', redOf()],
  ];
  table(
    rows.map(([name, ci]): Row => ({
      ...{ name, run: given(), event: reads(ci), phase: idle, effects: [], because: 'nothing to work on' },
      change: { review: record(ci.verdict, { ci: { sha: ci.sha, verdict: ci.verdict } }) },
    })),
  );
});

describe('red CI', () => {
  const others = (['runner', 'billing', 'timeout', 'cancelled'] as const).map((cause) =>
    aRedJob({ name: cause, cause, canRerun: false }),
  );
  const stays: Obstacle = { kind: 'ciStaysRed', details: [`ci / test: still red (${job.url})`] };
  table([
    {
      name: 'is run once more before it is work',
      ...{ run: given(), event: reads(redOf(job)), phase: idle },
      effects: [{ type: 'rerunJobs', sha, jobs: [job] }],
      because: 'red: 1 job run once more',
      change: { review: record('red', { reruns: [onItsWay] }) },
    },
    {
      name: 'whose re-run is on its way calls for nothing',
      run: given({ review: record('red', { reruns: [onItsWay] }) }),
      ...{ event: reads(redOf(job)), phase: idle, effects: [], because: 'nothing to work on' },
    },
    {
      name: 'that stays red after it is work',
      run: given({ review: record('pending', { reruns: [rerun] }) }),
      ...{ event: reads(redOf(job)), phase: waiting, effects: [showStatus], because: 'round 2: red: ci / test' },
      change: begun({ redJobs: [job] }, record('red', { reruns: [rerun], redRounds: { 'ci / test': 1 } })),
    },
    {
      name: 'of another commit than the one that was run again is run once more',
      run: given({ review: record('red', { reruns: [{ sha: 'b'.repeat(40), job: job.name }] }) }),
      ...{ event: reads(redOf(job)), phase: idle },
      effects: [{ type: 'rerunJobs', sha, jobs: [job] }],
      because: 'red: 1 job run once more',
      change: { review: record('red', { reruns: [{ sha: 'b'.repeat(40), job: job.name }, onItsWay] }) },
    },
    {
      name: 'that Fleet may not run again is work at once',
      ...{ run: given(), event: reads(redOf(own)), phase: waiting, effects: [showStatus] },
      because: 'round 2: red: ci / test',
      change: begun({ redJobs: [own] }, record('red', { redRounds: { 'ci / test': 1 } })),
    },
    {
      name: 'beside demands: what can be run again is looked at after the round',
      run: given(),
      event: reads(redOf(job), { demands: [aDemand()] }),
      ...{ phase: waiting, effects: [showStatus], because: 'round 2: 1 thread' },
      change: {
        ...begun({ threads: ['PRRT_1'] }, record('red', { ledger: [aLedgerRow()] })),
        isHinted: true,
      },
    },
    {
      name: 'that no change of the code can mend is told',
      ...{ run: given(), event: reads(redOf(...others)), phase: idle },
      effects: [{ type: 'tellPeople', notice: { kind: 'ciBroken', jobs: others } }],
      because: 'nothing to work on',
      change: { review: record('red', { told: others.map(({ name }) => `job ${sha} ${name}`) }) },
    },
    {
      name: '– once',
      run: given({ review: record('red', { told: others.map(({ name }) => `job ${sha} ${name}`) }) }),
      ...{ event: reads(redOf(...others)), phase: idle, effects: [], because: 'nothing to work on' },
    },
    {
      name: '– and only after it was run once more, where that is possible',
      run: given(),
      ...{ event: reads(redOf(aRedJob({ cause: 'timeout' }))), phase: idle },
      effects: [{ type: 'rerunJobs', sha, jobs: [aRedJob({ cause: 'timeout' })] }],
      because: 'red: 1 job run once more',
      change: { review: record('red', { reruns: [onItsWay] }) },
    },
    {
      name: 'that three rounds did not mend → people are asked',
      run: given({ review: record('red', { redRounds: { 'ci / test': 3 } }) }),
      ...{ event: reads(redOf(own)), because: 'blocked: ciStaysRed' },
      phase: { name: 'blocked', obstacle: stays, resume: { to: 'inReview', head } },
      effects: [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle: stays } }, showStatus],
      change: { status: showing },
    },
    {
      name: 'after green is another matter',
      run: given({ review: record('red', { redRounds: { 'ci / test': 3 } }) }),
      event: reads({ sha, verdict: 'green', red: [] }),
      ...{ phase: idle, effects: [], because: 'nothing to work on' },
      change: { review: record('green') },
    },
  ]);
});

describe('the answer to a re-run', () => {
  const review = record('red', { reruns: [onItsWay] });
  const rerunSaid = (isStarted: boolean, of = sha) =>
    ({ type: 'jobsRerun', sha: of, jobs: [job.name], isStarted, atMs }) as const;
  const settledReview = record('red', { reruns: [rerun] });
  table([
    {
      name: 'started → CI tells what comes of it, and a look that finds it red again tells so, too',
      ...{ run: given({ phase: idle, review }), event: rerunSaid(true), phase: idle, effects: [] },
      because: '1 job run again',
      change: { review: { ...settledReview, ci: { ...settledReview.ci, verdict: 'pending' } } },
    },
    {
      name: 'Fleet may not → read again at once: it is work',
      ...{ run: given({ phase: idle, review }), event: rerunSaid(false), phase: atOnce },
      effects: [{ type: 'readFeedback', dueAtMs: atMs }, showStatus],
      because: 'the jobs could not be run again',
      change: { review: settledReview, status: showing },
    },
    {
      name: 'given up → the same',
      run: given({ phase: idle, review }),
      event: { type: 'effectFailed', effect: 'rerunJobs', obstacle: { kind: 'spent', details: [] }, atMs },
      phase: atOnce,
      effects: [{ type: 'readFeedback', dueAtMs: atMs }, showStatus],
      because: 'the jobs could not be run again',
      change: { review: settledReview, status: showing },
    },
    {
      name: 'during a round → read after it',
      run: given({ phase: aWorkingPhase(), review }),
      ...{ event: rerunSaid(false), phase: aWorkingPhase(), effects: [] },
      because: 'the jobs could not be run again',
      change: { review: settledReview, isHinted: true },
    },
    {
      name: 'about a commit that is not the head any more → nothing',
      run: given({ phase: idle, review }),
      ...{ event: rerunSaid(false, 'b'.repeat(40)), phase: idle, effects: [] },
      because: 'late: they are of an earlier commit',
      change: { review: settledReview },
    },
  ]);
});

describe('the base', () => {
  const green: CiState = { sha, verdict: 'none', red: [] };
  const begins = { phase: waiting, effects: [showStatus] } as const;
  table([
    {
      name: 'conflicts → a round that brings it in',
      ...{ run: given(), event: reads(green, { isConflicting: true }), ...begins },
      because: 'round 2: the base conflicts',
      change: begun({ integrates: 'conflict', source: 'base' }, record('none', { isConflicting: true })),
    },
    {
      name: 'asked for → a round that brings it in, and it is not asked for any more',
      run: given({ asked: { demands: [], update: true } }),
      ...{ event: reads(green, { isConflicting: false }), ...begins },
      because: 'round 2: the base is asked for',
      change: begun({ integrates: 'update', source: 'base' }, record('none', { isConflicting: false })),
      gone: ['asked'],
    },
    {
      name: 'with everything at once it is one round',
      run: given({ asked: { demands: [], update: true } }),
      event: reads(redOf(own), { isConflicting: true, demands: [aDemand()] }),
      ...begins,
      because: 'round 2: 1 thread; red: ci / test; the base conflicts',
      change: begun(
        { threads: ['PRRT_1'], redJobs: [own], integrates: 'conflict', source: 'base' },
        record('red', { isConflicting: true, ledger: [aLedgerRow()], redRounds: { 'ci / test': 1 } }),
      ),
      gone: ['asked'],
    },
  ]);
});
