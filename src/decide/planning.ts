import type { WorkEvent } from '../domain/event.js';
import type { Plan } from '../domain/plan.js';
import type { Run, Snapshot } from '../domain/run.js';
import { afterFailure } from './assignment.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { afterTasks, startTask } from './start.js';

/** A plan came, or an attempt at one failed. */
export function afterPlanning(run: Run, event: Extract<WorkEvent, { type: 'planned' | 'attemptFailed' }>): Decision {
  const next = { ...run, attempts: [...run.attempts, event.attempt] };
  const { phase } = next;
  if (phase.name !== 'planning') return stays(next, `late: ${event.type} while ${phase.name}`);
  if (event.type === 'planned') return planned(next, event.plan, phase.assignment.from);
  const answer = afterFailure(next, phase, event);
  if (answer.kind === 'spent')
    return shownTo(
      blocked(
        next,
        answer.obstacle,
        run.cause === undefined ? { to: 'planning' } : { to: 'round', head: phase.assignment.from },
      ),
    );
  const { assignment } = answer;
  const again = { name: 'planning', failures: phase.failures + 1, assignment } as const;
  return moved(next, again, answer.because, { type: 'runAgent', assignment });
}

function planned(run: Run, plan: Plan, head: Snapshot): Decision {
  const { criteria, tasks } = plan;
  const count = `${counted(tasks.length, 'task')}, ${criteria.length} ${criteria.length === 1 ? 'criterion' : 'criteria'}`;
  const next = run.cause === undefined ? { ...run, plan } : withRound(run, plan);
  const [first] = tasks;
  if (first !== undefined) return shownTo(startTask(next, first.id, head, `planned: ${count}`));
  return run.cause === undefined
    ? stays(next, 'the plan has no task')
    : shownTo(afterTasks(next, '', head, 'planned: answers are enough'));
}

/** A round's plan goes on from the one before: its criteria stay, and so does what the merge request is about. */
function withRound(run: Run, plan: Plan): Run {
  const { plan: before, cause } = run;
  if (before === undefined || cause === undefined) return { ...run, plan };
  const renewed = new Set(plan.criteria.map(({ id }) => id));
  const tests = new Set(plan.supersededTests.map(({ test }) => test));
  return {
    ...run,
    cause: { ...cause, summary: plan.summary },
    plan: {
      summary: before.summary,
      criteria: [...before.criteria.filter(({ id }) => !renewed.has(id)), ...plan.criteria],
      // What Fleet has done in this round already stands before what is planned.
      tasks: [...before.tasks, ...plan.tasks],
      supersededTests: [...before.supersededTests.filter(({ test }) => !tests.has(test)), ...plan.supersededTests],
      risks: [...new Set([...before.risks, ...plan.risks])],
    },
  };
}
