import { describe, expect, it } from 'vitest';
import { admit } from '../../src/decide/admit.js';
import { decide } from '../../src/decide/decide.js';
import type { EffectType } from '../../src/domain/effect.js';
import type { PeopleEvent, RunEvent } from '../../src/domain/event.js';
import type { LedgerRow, RoundCause } from '../../src/domain/review.js';
import type { Phase, Resume } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import type { Obstacle } from '../../src/domain/work.js';
import {
  aBlockedPhase,
  aDeliveredRound,
  aDemandComment,
  aLedgerRow,
  aMergeRequest,
  anAssignment,
  aPerson,
  aPlan,
  aPlanningPhase,
  aRedJob,
  aReviewRecord,
  aRoundCause,
  aRun,
  aRunInReview,
  aRunRequest,
  aSnapshot,
  aTask,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table, type Row } from './table.js';

const atMs = startMs + 1_000_000;
const from = aSnapshot('a7');
const head = aSnapshot('e5');
const showStatus = { type: 'showStatus' };
const task = aTask({ id: 'R1', title: 'One pattern', criteria: [] });
const answerTask = aTask({ ...task, id: 'ANSWER', title: 'Answer the reviewers' });
const mergeTask = aTask({
  ...{ id: 'MERGE', title: 'Bring in what was pushed meanwhile', description: '', files: [], criteria: [] },
});
const cause = aRoundCause({ fromSha: from.commit, summary: 'One pattern.' });
const fixed = { kind: 'fix', text: 'Done.', commit: head.commit } as const;
const row = aLedgerRow({ reply: fixed });
const at = (step: 'pushing' | 'opening' | 'answering', where = head): Phase => ({
  ...{ name: 'delivering', step, head: where },
});
const inRound = (change: Partial<Run>): Run =>
  aRunInReview({
    ...{ round: 2, cause, plan: aPlan({ tasks: [task, answerTask] }) },
    ...{ review: aReviewRecord({ ledger: [row] }), ...change },
  });
const deliveredWith = (of: RoundCause, where = head) => [
  aDeliveredRound(),
  { round: 2, head: where, tasks: [{ id: 'R1', title: 'One pattern' }], cause: of },
];
const opened = { type: 'mergeRequestOpened', mergeRequest: aMergeRequest(), atMs } as const;
const answered = (state: 'answered' | 'resolved' | 'gone') =>
  ({ type: 'threadsAnswered', answers: [{ thread: 'PRRT_1', state }], atMs }) as const;
const idle: Phase = { name: 'inReview', head };
const asking = (obstacle: Obstacle) => [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus];

describe('a round is delivered', () => {
  const red = { ...cause, redJobs: [aRedJob()] };
  const unmended: Obstacle = {
    kind: 'ciStaysRed',
    details: ['ci / test: the agents found nothing to change (https://github.com/acme/shop/actions/runs/5/job/6)'],
  };
  const open = aLedgerRow({ thread: 'PRRT_2' });
  table([
    {
      name: 'pushed → the merge request is brought up to date',
      run: inRound({ phase: at('pushing') }),
      event: { type: 'pushed', sha: head.commit, atMs },
      phase: at('opening'),
      effects: [{ type: 'openMergeRequest', head }],
      because: 'the branch is pushed',
    },
    {
      name: 'up to date → the threads are answered',
      ...{ run: inRound({ phase: at('opening') }), event: opened, phase: at('answering') },
      effects: [{ type: 'answerThreads' }],
      because: 'the merge request is up to date',
    },
    {
      name: 'up to date, and the round answers no thread → in review; nobody is told again',
      run: inRound({ phase: at('opening'), cause: { ...cause, threads: [] } }),
      ...{ event: opened, phase: idle, effects: [showStatus], because: 'round 2 is delivered' },
      change: { delivered: deliveredWith({ ...cause, threads: [] }), status: showing },
      gone: ['cause'],
    },
    ...(['answered', 'resolved', 'gone'] as const).map((state): Row => ({
      name: `${state} → in review`,
      run: inRound({ phase: at('answering') }),
      ...{ event: answered(state), phase: idle, effects: [showStatus], because: 'round 2 is answered' },
      change: {
        review: aReviewRecord({ ledger: [{ ...row, state }] }),
        ...{ delivered: deliveredWith(cause), status: showing },
      },
      gone: ['cause'],
    })),
    {
      name: 'a thread that nobody answered stays open',
      run: inRound({ phase: at('answering'), review: aReviewRecord({ ledger: [open, row] }) }),
      ...{ event: answered('answered'), phase: idle, effects: [showStatus], because: 'round 2 is answered' },
      change: {
        review: aReviewRecord({ ledger: [open, { ...row, state: 'answered' }] }),
        ...{ delivered: deliveredWith(cause), status: showing },
      },
      gone: ['cause'],
    },
    {
      name: 'what came meanwhile is read at once',
      run: inRound({ phase: at('answering'), isHinted: true }),
      event: answered('answered'),
      phase: { ...idle, settling: { sinceMs: atMs - 600_000, dueAtMs: atMs } },
      effects: [{ type: 'readFeedback', dueAtMs: atMs }, showStatus],
      because: 'round 2 is answered',
      change: {
        review: aReviewRecord({ ledger: [{ ...row, state: 'answered' }] }),
        ...{ delivered: deliveredWith(cause), status: showing },
      },
      gone: ['cause', 'isHinted'],
    },
    {
      name: 'a red job for which nothing was changed: people are asked, after the answers',
      run: inRound({ phase: at('answering', from), cause: red }),
      event: answered('answered'),
      phase: { name: 'blocked', obstacle: unmended, resume: { to: 'inReview', head: from } },
      effects: asking(unmended),
      because: 'blocked: ciStaysRed',
      change: {
        review: aReviewRecord({ ledger: [{ ...row, state: 'answered' }] }),
        ...{ delivered: deliveredWith(red, from), status: showing },
      },
      gone: ['cause'],
    },
  ]);
});

describe('somebody pushed meanwhile', () => {
  const brings = { ...cause, source: 'branch' } as const;
  const merging: Phase = aWorkingPhase({
    ...{ task: 'MERGE', step: 'integrate', head },
    assignment: anAssignment({ role: 'developer', task: 'MERGE', from: head }),
  });
  const effects = [{ type: 'integrate', head, source: 'branch', suggestions: [] }, showStatus];
  table([
    {
      name: 'what they pushed is brought in, after what was done',
      run: inRound({ phase: at('pushing') }),
      ...{ event: { type: 'branchMoved', atMs }, phase: merging, effects, because: 'others pushed' },
      change: { cause: brings, plan: aPlan({ tasks: [task, answerTask, mergeTask] }), status: showing },
    },
    {
      name: '– again',
      run: inRound({ phase: at('pushing'), cause: brings, plan: aPlan({ tasks: [mergeTask, task] }) }),
      ...{ event: { type: 'branchMoved', atMs }, phase: merging, effects, because: 'others pushed' },
      change: { plan: aPlan({ tasks: [task, mergeTask] }), status: showing },
    },
    ...(['opening', 'answering'] as const).map((step): Row => ({
      name: `late, while ${step}: nothing`,
      run: inRound({ phase: at(step) }),
      event: { type: 'branchMoved', atMs },
      ...{ phase: at(step), effects: [], because: `late: branchMoved during ${step}` },
    })),
  ]);
});

describe('an effect of a round was given up', () => {
  const obstacle: Obstacle = { kind: 'forgeRefused', details: ['403'] };
  const failed = (effect: EffectType): RunEvent => ({ type: 'effectFailed', effect, obstacle, atMs });
  const rows: readonly (readonly [EffectType, Phase, Resume])[] = [
    ['prepareWorkspace', { name: 'queued', step: 'preparing', resume: { to: 'round', head } }, { to: 'round', head }],
    ['integrate', aWorkingPhase({ task: 'MERGE', step: 'integrate', head }), { to: 'working', task: 'MERGE', head }],
    ['runAgent', aPlanningPhase({ assignment: anAssignment({ from: head }) }), { to: 'round', head }],
    ['pushBranch', at('pushing'), { to: 'delivering', head }],
    ['openMergeRequest', at('opening'), { to: 'delivering', head }],
  ];
  table([
    ...rows.map(([effect, phase, resume]): Row => ({
      name: `${effect} → blocked, to go on there`,
      ...{ run: inRound({ phase }), event: failed(effect), phase: { name: 'blocked', obstacle, resume } },
      ...{ effects: asking(obstacle), because: 'blocked: forgeRefused', change: { status: showing } },
    })),
    {
      name: 'answerThreads → blocked; some answers may be there already',
      run: inRound({ phase: at('answering') }),
      ...{ event: failed('answerThreads'), effects: asking(obstacle), because: 'blocked: forgeRefused' },
      phase: { name: 'blocked', obstacle, resume: { to: 'delivering', head } },
      change: { cause: { ...cause, isAnsweredInPart: true }, status: showing },
    },
    {
      name: 'what is late: nothing',
      run: aRunInReview(),
      ...{ event: failed('integrate'), phase: aRunInReview().phase, effects: [] },
      because: 'late: integrate failed while inReview',
    },
  ]);
});

describe('people end a round wherever it is', () => {
  const by = aPerson();
  const phases: readonly Phase[] = [
    ...(['waiting', 'preparing'] as const).map((step): Phase => ({
      name: 'queued',
      step,
      resume: { to: 'round', head },
    })),
    aPlanningPhase(),
    ...(['integrate', 'agent', 'checks', 'commit'] as const).map((step): Phase => aWorkingPhase({ step })),
    ...(['pushing', 'opening', 'answering'] as const).map((step) => at(step)),
    { name: 'inReview', head, settling: { sinceMs: atMs, dueAtMs: atMs } },
    aBlockedPhase({ resume: { to: 'round', head } }),
  ];
  const events: readonly (readonly [PeopleEvent, Phase])[] = [
    [{ type: 'mergeRequestEnded', merged: true, atMs }, { name: 'merged' }],
    [{ type: 'mergeRequestEnded', merged: false, atMs }, { name: 'closed' }],
    [
      { type: 'unlabelled', by, atMs },
      { name: 'cancelled', why: 'unlabelled', by },
    ],
    [
      { type: 'issueClosed', by, atMs },
      { name: 'cancelled', why: 'issueClosed', by },
    ],
    [
      { type: 'commanded', by, command: { name: 'stop' }, commentId: 'c9', place: 'mergeRequest', atMs },
      { name: 'cancelled', why: 'stopped', by },
    ],
    [
      { type: 'repositoryLost', atMs },
      { name: 'cancelled', why: 'repositoryLost' },
    ],
  ];
  it.each(phases.map((phase) => [`${phase.name} ${'step' in phase ? phase.step : ''}`, phase] as const))(
    '%s',
    (_, phase) => {
      const ends = events.map(([event]) => decide(inRound({ phase }), event));
      expect(ends.map(({ run }) => run.phase)).toEqual(events.map(([, end]) => end));
      for (const { effects } of ends)
        expect(effects.slice(0, 2)).toEqual([{ type: 'stopWork' }, { type: 'removeWorkspace' }]);
    },
  );
});

describe('a merge request that is opened again', () => {
  const second = aDemandComment({ id: 'd2' });
  const before: LedgerRow = { ...row, state: 'answered' };
  const ledger = [before, aLedgerRow({ thread: 'PRRT_2', round: 3, comments: [aDemandComment({ id: 'd3' })] })];
  const taken = aLedgerRow({ thread: 'PRRT_3', comments: [second], round: 3 });
  const again: LedgerRow = { ...taken, seen: ['d1', 'd2'], taken: 2, before: fixed };
  const ended = inRound({
    ...{ phase: { name: 'closed' }, round: 3, cause: aRoundCause({ threads: ['PRRT_2', 'PRRT_3'] }), isHinted: true },
    ...{ mergeRequest: aMergeRequest({ state: 'closed' }), delivered: deliveredWith(cause) },
    review: aReviewRecord({ ledger: [...ledger, again], reruns: [{ sha: head.commit, job: 'x', isAsked: true }] }),
  });
  it('is read at once by a new run that knows all of the old one; what a round had begun is begun again', () => {
    const asked = aRunRequest({ adopts: ended, earlierRuns: 1, statusComment: 's1', atMs, requester: aPerson('mona') });
    expect(admit(asked)).toEqual({
      run: aRun({
        ...{ branch: ended.branch, round: 3, plan: ended.plan, prepared: ended.prepared, delivered: ended.delivered },
        ...{ createdAtMs: atMs, updatedAtMs: atMs, status: { id: 's1', state: 'showing' } },
        ...{ mergeRequest: aMergeRequest() },
        phase: { ...idle, settling: { sinceMs: atMs - 600_000, dueAtMs: atMs } },
        review: aReviewRecord({
          ledger: [before, { ...taken, seen: ['d1'], taken: 1, state: 'answered', reply: fixed }],
        }),
      } as Partial<Run>),
      effects: [{ type: 'readFeedback', dueAtMs: atMs }, showStatus],
      because: 'opened again by mona',
    });
  });
});
