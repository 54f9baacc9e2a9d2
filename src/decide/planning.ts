import type { WorkEvent } from '../domain/event.js';
import type { PlanningPhase } from '../domain/phase.js';
import type { Plan } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { isShort } from '../domain/triage.js';
import { findingLine, type Verdict } from '../domain/verdict.js';
import type { Assignment, Snapshot } from '../domain/work.js';
import { afterFailure, firstAgent, inspectorOf } from './assignment.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';
import { afterTasks, startWork } from './start.js';

type PlanningEvent = Extract<WorkEvent, { type: 'planned' | 'inspected' | 'attemptFailed' }>;

/** A plan came, or the critic's word about it, or an attempt at either failed. */
export function afterPlanning(run: Run, event: PlanningEvent): Decision {
  const next = { ...run, attempts: [...run.attempts, event.attempt] };
  const { phase } = next;
  if (phase.name !== 'planning' || event.attempt.role !== phase.assignment.role)
    return stays(next, `late: ${event.type} while ${phase.name}`);
  switch (event.type) {
    case 'planned':
      return planned(next, phase, event);
    case 'inspected':
      return criticised(next, phase, event);
    case 'attemptFailed':
      return failed(next, phase, event);
    default:
      return event satisfies never;
  }
}

function planned(run: Run, phase: PlanningPhase, { plan, attempt, atMs }: Extract<PlanningEvent, { type: 'planned' }>) {
  const { assignment, isCriticised, replaces } = phase;
  const critic = inspectorOf(run, 'critic');
  const isFirst = run.cause === undefined && replaces === undefined && isCriticised === undefined;
  const wantsCritic = isFirst && run.triage !== undefined && !isShort(run.triage) && plan.tasks.length > 0;
  if (critic === undefined || !wantsCritic) return accepted(run, plan, { head: assignment.from, atMs });
  const { from } = assignment;
  const looks: Assignment = { role: 'critic', agent: critic, feedback: { kind: 'none' }, threads: [], from };
  // The planner's session is where the critic's word goes.
  const at: PlanningPhase = { name: 'planning', failures: 0, assignment: looks, draft: plan };
  const session = attempt.session === undefined ? {} : { planner: { agent: attempt.agent, session: attempt.session } };
  return moved(run, { ...at, ...session }, `planned: ${amounts(plan)}; ${critic} criticises it`, {
    type: 'runAgent',
    assignment: looks,
  });
}

/** One round of correction, then on: what is no blocker goes into the plan's risks. */
function criticised(
  run: Run,
  phase: PlanningPhase,
  { verdict, atMs }: Extract<PlanningEvent, { type: 'inspected' }>,
): Decision {
  const { draft, assignment, planner } = phase;
  if (draft === undefined) return stays(run, 'late: there is no draft to criticise');
  const problems = objections(draft, verdict);
  const agent = firstAgent(run, 'planner');
  if (problems.length === 0 || agent === undefined) {
    return accepted(run, withRisks(draft, verdict), { head: assignment.from, atMs });
  }
  const again: Assignment = {
    ...{ role: 'planner', agent, threads: [], from: assignment.from },
    feedback: { kind: 'rejected', problems },
    ...(planner?.agent === agent ? { session: planner.session } : {}),
  };
  const at: PlanningPhase = { name: 'planning', failures: 0, assignment: again, draft, isCriticised: true };
  const because = `${counted(problems.length, 'objection')} of the critic; the plan is corrected`;
  return moved(run, at, because, { type: 'runAgent', assignment: again });
}

function objections({ criteria }: Plan, verdict: Verdict): readonly string[] {
  const known = new Set(criteria.map(({ id }) => id));
  return [
    ...verdict.findings.filter(({ severity }) => severity === 'blocker').map(findingLine),
    ...verdict.criteria
      .filter(({ id, met }) => !met && known.has(id))
      .map(({ id, evidence }) => `${id} would not be met: ${evidence}`),
  ];
}

function withRisks(plan: Plan, { findings }: Verdict): Plan {
  const minor = findings.filter(({ severity }) => severity === 'minor').map(findingLine);
  return minor.length === 0 ? plan : { ...plan, risks: [...new Set([...plan.risks, ...minor])] };
}

function failed(run: Run, phase: PlanningPhase, event: Extract<PlanningEvent, { type: 'attemptFailed' }>): Decision {
  const answer = afterFailure(run, phase, event);
  if (answer.kind === 'spent') {
    const { draft, assignment } = phase;
    if (draft === undefined) return shownTo(blocked(run, answer.obstacle, resumeOf(run)));
    // A plan that nobody criticised, or nobody corrected, is still a plan, and its work is verified all the same.
    return accepted(run, draft, { head: assignment.from, atMs: event.atMs });
  }
  const { assignment, failures, because } = answer;
  const again = { ...phase, failures, assignment };
  return moved(run, again, because, { type: 'runAgent', assignment });
}

function accepted(run: Run, plan: Plan, at: { readonly head: Snapshot; readonly atMs: number }): Decision {
  const { head, atMs } = at;
  const next = withPlan(run, plan);
  const [first] = plan.tasks;
  if (first === undefined) {
    const because = run.cause === undefined ? 'planned: nothing is left to change' : 'planned: answers are enough';
    return shownTo(afterTasks(next, '', head, because));
  }
  const because = `planned: ${amounts(plan)}`;
  const mustBeApproved = run.isPlanFirst === true || run.prepared?.policy.planApproval === true;
  if (!mustBeApproved || run.cause !== undefined) return shownTo(startWork(next, { task: first.id, head }, because));
  const waits = { name: 'awaitingApproval', task: first.id, head, sinceMs: atMs } as const;
  return shownTo(
    moved(next, waits, `${because}; waits for approval`, { type: 'tellPeople', notice: { kind: 'approval' } }),
  );
}

function amounts({ criteria, tasks }: Plan): string {
  return `${counted(tasks.length, 'task')}, ${criteria.length} ${criteria.length === 1 ? 'criterion' : 'criteria'}`;
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
