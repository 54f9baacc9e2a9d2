import type { Evidence } from '../domain/check.js';
import type { Change, WorkEvent } from '../domain/event.js';
import type { Assignment, Feedback, Run, Snapshot, WorkingPhase } from '../domain/run.js';
import { afterFailure, firstAgent } from './assignment.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';

type WorkingEvent = Extract<WorkEvent, { type: 'worked' | 'checked' | 'committed' | 'attemptFailed' }>;

/** The developer is sent out for a task, on the head of the run's branch. */
export function startTask(run: Run, task: string, head: Snapshot, because: string): Decision {
  const agent = firstAgent(run, 'developer');
  if (agent === undefined) {
    const obstacle = { kind: 'noAgent', details: ['no agent is configured for the role developer'] } as const;
    return shownTo(blocked(run, obstacle, { to: 'working', task, head }));
  }
  const assignment: Assignment = { role: 'developer', agent, task, feedback: { kind: 'none' }, from: head };
  const phase: WorkingPhase = { name: 'working', task, step: 'agent', fixes: 0, failures: 0, assignment, head };
  return moved(run, phase, because, { type: 'runAgent', assignment });
}

/** Do → check → fix, then the commit, then the next task. */
export function afterWorking(run: Run, event: WorkingEvent): Decision {
  const next = 'attempt' in event ? { ...run, attempts: [...run.attempts, event.attempt] } : run;
  const { phase } = next;
  if (phase.name !== 'working') return stays(next, `late: ${event.type} while ${phase.name}`);
  switch (event.type) {
    case 'attemptFailed':
      return phase.step === 'agent' ? attemptFailed(next, phase, event) : late(next, phase, event);
    case 'worked':
      return phase.step === 'agent' ? worked(next, phase, event) : late(next, phase, event);
    case 'checked':
      return phase.step === 'checks' ? checked(next, phase, event) : late(next, phase, event);
    case 'committed':
      return phase.step === 'commit' ? taskDone(next, phase, event.head, 'committed') : late(next, phase, event);
    default:
      return event satisfies never;
  }
}

function late(run: Run, phase: WorkingPhase, event: WorkingEvent): Decision {
  return stays(run, `late: ${event.type} during ${phase.step}`);
}

function attemptFailed(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'attemptFailed' }>): Decision {
  const answer = afterFailure(run, phase, event);
  if (answer.kind === 'spent') return shownTo(blocked(run, answer.obstacle, resumeOf(run)));
  const { assignment } = answer;
  return moved(run, { ...phase, failures: phase.failures + 1, assignment }, answer.because, {
    type: 'runAgent',
    assignment,
  });
}

function worked(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'worked' }>): Decision {
  const problems = changeProblems(run, phase, event.snapshot, event.change);
  if (problems.length > 0) return sentBack(run, phase, event.snapshot, { kind: 'changeRefused', problems });
  const { snapshot } = event;
  const assignment: Assignment = {
    ...phase.assignment,
    from: snapshot,
    ...(event.attempt.session === undefined ? {} : { session: event.attempt.session }),
  };
  const criteria = criteriaDue(run, phase.task);
  return moved(
    run,
    { ...phase, step: 'checks', assignment },
    `${counted(event.change.changedFiles, 'file')} changed; checking`,
    {
      type: 'runChecks',
      snapshot,
      criteria,
    },
  );
}

/** A run that leaves the base as it is has nothing to deliver; a later task may find its work done already. */
function changeProblems(run: Run, phase: WorkingPhase, snapshot: Snapshot, change: Change): readonly string[] {
  const untouched = snapshot.tree === run.prepared?.start.tree && isLastTask(run, phase.task);
  return untouched ? ['nothing in the repository was changed'] : change.problems;
}

function checked(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'checked' }>): Decision {
  const { snapshot, evidence } = event;
  const seen = { ...run, evidence: newest(run.evidence, evidence) };
  const red = evidence.filter((one) => one.outcome !== 'pass');
  if (red.length > 0) return sentBack(seen, phase, snapshot, { kind: 'checksRed', evidence: red });
  if (snapshot.tree === phase.head.tree) return taskDone(seen, phase, phase.head, 'nothing was left to change');
  return moved(seen, { ...phase, step: 'commit' }, `${counted(evidence.length, 'check')} passed`, {
    type: 'commitWork',
    task: phase.task,
    snapshot,
    parent: phase.head,
  });
}

/** Red checks and refused changes go back to the agent that made them, with what was seen, until the policy's fixes are spent. */
function sentBack(
  run: Run,
  phase: WorkingPhase,
  snapshot: Snapshot,
  feedback: Extract<Feedback, { kind: 'checksRed' | 'changeRefused' }>,
): Decision {
  if (phase.fixes >= (run.prepared?.policy.fixes ?? 0)) {
    return shownTo(blocked(run, { kind: feedback.kind, details: detailsOf(feedback) }, resumeOf(run)));
  }
  // A refused change is undone: what a tree may not bring must not be built upon.
  const from = feedback.kind === 'changeRefused' ? phase.head : snapshot;
  const assignment: Assignment = { ...phase.assignment, feedback, from };
  const because =
    feedback.kind === 'checksRed'
      ? `red: ${namesOf(feedback.evidence)}; goes back to the agent`
      : 'the change is refused; goes back to the agent';
  return moved(run, { ...phase, step: 'agent', fixes: phase.fixes + 1, assignment }, because, {
    type: 'runAgent',
    assignment,
  });
}

function detailsOf(feedback: Extract<Feedback, { kind: 'checksRed' | 'changeRefused' }>): readonly string[] {
  if (feedback.kind === 'changeRefused') return feedback.problems;
  return feedback.evidence.map(
    (one) => `${one.name} (${one.command}): ${typeof one.exit === 'number' ? `exit ${one.exit}` : one.exit}`,
  );
}

function taskDone(run: Run, phase: WorkingPhase, head: Snapshot, because: string): Decision {
  const tasks = run.plan?.tasks ?? [];
  const following = tasks[tasks.findIndex((task) => task.id === phase.task) + 1];
  if (following !== undefined)
    return shownTo(startTask(run, following.id, head, `${because}; next task ${following.id}`));
  return moved(run, { name: 'delivering', step: 'pushing', head }, `${because}; all tasks are done`, {
    type: 'pushBranch',
    head,
  });
}

function isLastTask(run: Run, task: string): boolean {
  return run.plan?.tasks.at(-1)?.id === task;
}

/** A task's own criteria; with the last task all of them, for the head that is delivered must hold every one. */
function criteriaDue(run: Run, task: string): readonly string[] {
  const all = run.plan?.criteria.map((criterion) => criterion.id) ?? [];
  return isLastTask(run, task) ? all : (run.plan?.tasks.find((one) => one.id === task)?.criteria ?? []);
}

function newest(before: readonly Evidence[], now: readonly Evidence[]): readonly Evidence[] {
  const names = new Set(now.map((one) => one.name));
  return [...before.filter((one) => !names.has(one.name)), ...now];
}

function namesOf(evidence: readonly Evidence[]): string {
  return evidence.map((one) => one.name).join(', ');
}
