import { describe } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import {
  anAssignment,
  anAttempt,
  aPerson,
  aPlan,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRun,
  aUsage,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { showing, table } from './table.js';

const atMs = startMs + 5_000;
const { budgets } = aPolicy();
const { start } = aPrepared();
const prepared = aPrepared({ policy: aPolicy({ budgets: { ...budgets, tokens: 2_600, costUsd: 0.1 } }) });
const attempt = anAttempt({
  role: 'planner',
  usage: aUsage({ inputTokens: 1_000, cachedTokens: 200, outputTokens: 300 }),
});
const developer = anAssignment({ role: 'developer', task: 'T1' });
const planned = { type: 'planned', attempt, plan: aPlan(), atMs } as const;
const blockedBy = (details: readonly string[]) => ({
  phase: {
    name: 'blocked',
    obstacle: { kind: 'budgetSpent', details },
    resume: { to: 'working', task: 'T1', head: start },
  } as const,
  effects: [
    { type: 'showStatus' },
    { type: 'tellPeople', notice: { kind: 'blocked', obstacle: { kind: 'budgetSpent', details } } },
  ],
  because: 'blocked: budgetSpent',
});
const planning = (attempts: Run['attempts'], change: Partial<Run> = {}): Run =>
  aRun({ phase: aPlanningPhase(), prepared, attempts, ...change });

describe('the budget of a run', () => {
  table([
    {
      name: 'half of it used → the next agent starts',
      ...{ run: planning([]), event: planned, phase: aWorkingPhase({ assignment: developer }) },
      effects: [{ type: 'runAgent', assignment: developer }, { type: 'showStatus' }],
      because: 'planned: 2 tasks, 2 criteria',
      change: { attempts: [attempt], plan: aPlan(), status: showing },
    },
    {
      name: 'all tokens used → a person is asked before the next agent',
      ...{ run: planning([attempt]), event: planned },
      ...blockedBy(['tokens: 2600 of 2600']),
      change: { attempts: [attempt, attempt], plan: aPlan(), status: showing },
    },
    {
      name: 'cost and time count, too',
      ...{
        run: planning([{ ...attempt, usage: aUsage({ costUsd: 0.08 }), endedAtMs: attempt.startedAtMs + 21_600_000 }]),
      },
      event: { ...planned, attempt: { ...attempt, usage: aUsage({ inputTokens: 1, outputTokens: 1, costUsd: 0.04 }) } },
      ...blockedBy(['cost: 0.12 of 0.10 US dollars', 'time that agents worked: 361 min of 360 min']),
      change: {
        attempts: [
          { ...attempt, usage: aUsage({ costUsd: 0.08 }), endedAtMs: attempt.startedAtMs + 21_600_000 },
          { ...attempt, usage: aUsage({ inputTokens: 1, outputTokens: 1, costUsd: 0.04 }) },
        ],
        ...{ plan: aPlan(), status: showing },
      },
    },
    {
      name: 'a retry gives as much again',
      run: aRun({ phase: blockedBy(['tokens: 2600 of 2600']).phase, prepared }),
      event: {
        ...{ type: 'commanded', by: aPerson(), command: { name: 'retry' } },
        ...{ commentId: 'c1', place: 'issue', atMs },
      },
      phase: { name: 'queued', step: 'waiting', resume: { to: 'working', task: 'T1', head: start } },
      effects: [{ type: 'showStatus' }, { type: 'react', target: { kind: 'comment', id: 'c1' } }],
      because: 'retry asked for by mona',
      change: { moreBudgets: 1, status: showing },
    },
    {
      name: 'and as much again is what it may use',
      ...{ run: planning([attempt], { moreBudgets: 1 }), event: planned },
      phase: aWorkingPhase({ assignment: developer }),
      effects: [{ type: 'runAgent', assignment: developer }, { type: 'showStatus' }],
      because: 'planned: 2 tasks, 2 criteria',
      change: { attempts: [attempt, attempt], plan: aPlan(), status: showing },
    },
  ]);
});
