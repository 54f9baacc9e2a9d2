import { describe } from 'vitest';
import type { Command } from '../../src/domain/command.js';
import type { RunEvent } from '../../src/domain/event.js';
import type { Phase, Resume } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import {
  aBlockedPhase,
  aMergeRequest,
  anAssignment,
  aPerson,
  aPlan,
  aPlanningPhase,
  aPrepared,
  aRun,
  aRunInReview,
  aSnapshot,
  aTask,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table, type Row } from './table.js';

const atMs = startMs + 5_000;
const by = aPerson('mona');
const head = aSnapshot('c1');
const start = aPrepared().start;
const seen = { type: 'react', target: { kind: 'comment', id: 'c9' } };
const showStatus = { type: 'showStatus' };
const because = 'a new plan asked for by mona';
const remarks = [{ by: 'mona', text: 'use a table' }];
const runs = (assignment: unknown) => ({ type: 'runAgent', assignment });
const commanded = (command: Command, change: object = {}): RunEvent => ({
  ...{ type: 'commanded', by, command, commentId: 'c9', place: 'issue', atMs },
  ...change,
});
const replan = commanded({ name: 'replan' });
const text = commanded({ name: 'text', text: 'use a table' });
const answered = (command: Command, reply: string): Pick<Row, 'effects' | 'because'> => ({
  effects: [seen, { type: 'tellPeople', notice: { kind: 'reply', commentId: 'c9', place: 'issue', text: reply } }],
  because: `answered ${command.name} of mona: ${reply}`,
});
const waiting = (resume: Resume): Phase => ({ name: 'queued', step: 'waiting', resume });

describe('approve', () => {
  const phase: Phase = { name: 'awaitingApproval', task: 'T1', head: start, sinceMs: atMs };
  const run = aRun({ phase, prepared: aPrepared(), plan: aPlan() });
  const asks: Phase = { name: 'awaitingAnswer', questions: [], dueAtMs: atMs };
  table([
    {
      name: 'the plan → it waits for a place to work',
      run,
      event: commanded({ name: 'approve' }),
      phase: waiting({ to: 'working', task: 'T1', head: start }),
      effects: [showStatus, seen],
      because: 'approved by mona',
      change: { status: showing },
    },
    {
      name: 'a plan for another text than the one that stands there → void',
      run,
      event: commanded({ name: 'approve' }, { isTextChanged: true }),
      phase,
      ...answered({ name: 'approve' }, 'approvalVoid'),
    },
    {
      name: 'the plan before this one → void',
      run,
      event: commanded({ name: 'approve' }, { atMs: atMs - 61_000 }),
      phase,
      ...answered({ name: 'approve' }, 'approvalVoid'),
    },
    {
      name: 'what is assumed → it goes on without an answer',
      run: { ...run, phase: asks },
      event: commanded({ name: 'approve' }),
      phase: waiting({ to: 'planning' }),
      effects: [showStatus, seen],
      because: 'approved by mona',
      change: { status: showing },
    },
  ]);
});

describe('a new plan', () => {
  const planner = anAssignment();
  const run = aRun({ prepared: aPrepared(), plan: aPlan() });
  const anew = anAssignment({ from: head, feedback: { kind: 'replan', task: 'T2', problems: [because] } });
  const stop = { type: 'stopWork' };
  const replanning = (task: string): Resume => ({
    ...{ to: 'replanning', task, head, problems: [because], isAsked: true },
  });
  const rows: readonly (Omit<Row, 'run' | 'because'> & { readonly run: Partial<Run>; readonly because?: string })[] = [
    {
      name: 'while it is planned → from the start, with what was said',
      run: { phase: aPlanningPhase({ failures: 1 }) },
      event: text,
      phase: aPlanningPhase({ assignment: planner }),
      effects: [stop, runs(planner), seen],
      change: { remarks },
    },
    {
      name: 'before there is one → what was said waits for it',
      run: { phase: { name: 'triaging', failures: 0, assignment: planner } },
      event: text,
      phase: { name: 'triaging', failures: 0, assignment: planner },
      effects: [seen],
      because: `${because}: there is none yet`,
      change: { remarks },
    },
    {
      name: 'while nothing is done yet → nothing of the old one holds',
      run: { phase: aWorkingPhase() },
      event: replan,
      phase: aPlanningPhase({ assignment: planner }),
      effects: [stop, runs(planner), seen],
      gone: ['plan'],
    },
    {
      name: 'while something is done → that stays, and it costs none of the replans',
      run: { phase: aWorkingPhase({ task: 'T2', head }) },
      event: replan,
      phase: aPlanningPhase({
        assignment: anew,
        replaces: { task: 'T2', head, problems: [because] },
      }),
      effects: [stop, runs(anew), showStatus, seen],
      change: { plan: aPlan({ tasks: [aTask()] }), status: showing },
    },
    {
      name: 'in the place of the one that waits for approval',
      run: { phase: { name: 'awaitingApproval', task: 'T1', head, sinceMs: atMs } },
      event: replan,
      phase: waiting(replanning('T1')),
      effects: [showStatus, seen],
      change: { status: showing },
    },
    {
      name: 'of a run that is blocked → it goes on with it',
      run: { phase: aBlockedPhase({ resume: { to: 'verifying', head } }) },
      event: text,
      phase: waiting(replanning('')),
      effects: [showStatus, seen],
      change: { remarks, status: showing },
    },
    {
      name: 'of a run that waits for a place',
      run: { phase: waiting({ to: 'working', task: 'T2', head }) },
      event: replan,
      phase: waiting(replanning('T2')),
      effects: [seen],
    },
    {
      name: 'said where Fleet has asked → that is the answer',
      run: { phase: { name: 'awaitingAnswer', questions: [], dueAtMs: atMs } },
      event: text,
      phase: waiting({ to: 'planning' }),
      effects: [showStatus, seen],
      because: 'answered by mona',
      change: { answers: remarks, status: showing },
    },
  ];
  table([
    ...rows.map((row) => ({ ...row, run: { ...run, ...row.run }, because: row.because ?? because })),
    {
      name: 'of what waits for review: there is none to be made',
      run: aRunInReview({ mergeRequest: aMergeRequest() }),
      event: replan,
      phase: { name: 'inReview', head: aSnapshot('a7') },
      ...answered({ name: 'replan' }, 'nothingToReplan'),
    },
  ]);
});
