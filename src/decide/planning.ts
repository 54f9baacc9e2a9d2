import type { WorkEvent } from '../domain/event.js';
import type { Plan } from '../domain/plan.js';
import type { Run, Snapshot } from '../domain/run.js';
import { afterFailure } from './assignment.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';
import { afterTasks, startTask } from './start.js';

/** A plan came, or an attempt at one failed. */
export function afterPlanning(run: Run, event: Extract<WorkEvent, { type: 'planned' | 'attemptFailed' }>): Decision {
  const next = { ...run, attempts: [...run.attempts, event.attempt] };
  const { phase } = next;
  if (phase.name !== 'planning') return stays(next, `late: ${event.type} while ${phase.name}`);
  if (event.type === 'planned') return planned(next, event.plan, phase.assignment.from);
  const answer = afterFailure(next, phase, event);
  if (answer.kind === 'spent') return shownTo(blocked(next, answer.obstacle, resumeOf(run)));
  const { assignment } = answer;
  const again = { ...phase, failures: phase.failures + 1, assignment };
  return moved(next, again, answer.because, { type: 'runAgent', assignment });
}

function planned(run: Run, plan: Plan, head: Snapshot): Decision {
  const { criteria, tasks } = plan;
  const count = `${counted(tasks.length, 'task')}, ${criteria.length} ${criteria.length === 1 ? 'criterion' : 'criteria'}`;
  const next = withPlan(run, plan);
  const [first] = tasks;
  if (first !== undefined) return shownTo(startTask(next, { task: first.id, head }, `planned: ${count}`));
  const because = run.cause === undefined ? 'planned: nothing is left to change' : 'planned: answers are enough';
  return shownTo(afterTasks(next, '', head, because));
}

/** A plan goes on from what is done: the criteria of before stay, and in a round so does what the merge request is about. */
function withPlan(run: Run, plan: Plan): Run {
  const { plan: before, cause } = run;
  if (before === undefined) return { ...run, plan };
  const renewed = new Set(plan.criteria.map(({ id }) => id));
  const tests = new Set(plan.supersededTests.map(({ test }) => test));
  return {
    ...run,
    ...(cause === undefined ? {} : { cause: { ...cause, summary: plan.summary } }),
    plan: {
      summary: cause === undefined ? plan.summary : before.summary,
      criteria: [...before.criteria.filter(({ id }) => !renewed.has(id)), ...plan.criteria],
      // What is done in this round already stands before what is planned.
      tasks: [...before.tasks, ...plan.tasks],
      supersededTests: [...before.supersededTests.filter(({ test }) => !tests.has(test)), ...plan.supersededTests],
      risks: [...new Set([...before.risks, ...plan.risks])],
    },
  };
}
