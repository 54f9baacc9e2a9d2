import type { WorkEvent } from '../domain/event.js';
import type { Assignment, Run } from '../domain/run.js';
import { afterFailure, firstAgent } from './assignment.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { startTask } from './working.js';

/** The planner is sent out. */
export function startPlanning(run: Run, because: string): Decision {
  const agent = firstAgent(run, 'planner');
  if (agent === undefined || run.prepared === undefined) {
    return shownTo(
      blocked(run, { kind: 'noAgent', details: ['no agent is configured for the role planner'] }, { to: 'planning' }),
    );
  }
  const assignment: Assignment = { role: 'planner', agent, feedback: { kind: 'none' }, from: run.prepared.start };
  return moved(run, { name: 'planning', failures: 0, assignment }, because, { type: 'runAgent', assignment });
}

/** A plan came, or an attempt at one failed. */
export function afterPlanning(run: Run, event: Extract<WorkEvent, { type: 'planned' | 'attemptFailed' }>): Decision {
  const next = { ...run, attempts: [...run.attempts, event.attempt] };
  const { phase } = next;
  if (phase.name !== 'planning') return stays(next, `late: ${event.type} while ${phase.name}`);
  if (event.type === 'planned') {
    const first = event.plan.tasks[0];
    const planned = { ...next, plan: event.plan };
    const { criteria, tasks } = event.plan;
    const count = `${counted(tasks.length, 'task')}, ${criteria.length} ${criteria.length === 1 ? 'criterion' : 'criteria'}`;
    if (first === undefined || run.prepared === undefined) return stays(planned, 'the plan has no task');
    return shownTo(startTask(planned, first.id, run.prepared.start, `planned: ${count}`));
  }
  const answer = afterFailure(next, phase, event);
  if (answer.kind === 'spent') return shownTo(blocked(next, answer.obstacle, { to: 'planning' }));
  const { assignment } = answer;
  const again = { name: 'planning', failures: phase.failures + 1, assignment } as const;
  return moved(next, again, answer.because, { type: 'runAgent', assignment });
}
