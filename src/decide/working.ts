import type { Evidence } from '../domain/check.js';
import type { Change, WorkEvent } from '../domain/event.js';
import { answerTaskId, mergeTaskId } from '../domain/plan.js';
import type { Assignment, Feedback, Run, Snapshot, WorkingPhase } from '../domain/run.js';
import { afterFailure } from './assignment.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';
import { unanswered, withCommit, withReplies, withSuggestions } from './ledger.js';
import { afterTasks, startTask } from './start.js';

type WorkingEvent = Extract<WorkEvent, { type: 'integrated' | 'worked' | 'checked' | 'committed' | 'attemptFailed' }>;

/** Do → check → fix, then the commit, then the next task. */
export function afterWorking(run: Run, event: WorkingEvent): Decision {
  const next = 'attempt' in event ? { ...run, attempts: [...run.attempts, event.attempt] } : run;
  const { phase } = next;
  if (phase.name !== 'working') return stays(next, `late: ${event.type} while ${phase.name}`);
  if (phase.step !== stepOf[event.type]) return stays(next, `late: ${event.type} during ${phase.step}`);
  switch (event.type) {
    case 'integrated':
      return integrated(next, phase, event);
    case 'attemptFailed':
      return attemptFailed(next, phase, event);
    case 'worked':
      return worked(next, phase, event);
    case 'checked':
      return checked(next, phase, event);
    case 'committed':
      return committed(next, phase, event.head);
    default:
      return event satisfies never;
  }
}

/** What each event comes from. */
const stepOf: Readonly<Record<WorkingEvent['type'], WorkingPhase['step']>> = {
  integrated: 'integrate',
  attemptFailed: 'agent',
  worked: 'agent',
  checked: 'checks',
  committed: 'commit',
};

function attemptFailed(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'attemptFailed' }>): Decision {
  const answer = afterFailure(run, phase, event);
  if (answer.kind === 'spent') return shownTo(blocked(run, answer.obstacle, resumeOf(run)));
  const { assignment } = answer;
  return moved(run, { ...phase, failures: phase.failures + 1, assignment }, answer.because, {
    type: 'runAgent',
    assignment,
  });
}

/** What people gave is in; what conflicts goes to the agent, and what came without it is checked. */
function integrated(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'integrated' }>): Decision {
  const { head, conflict, applied } = event;
  const next = withSuggestions(run, applied);
  if (conflict !== undefined) {
    const assignment: Assignment = {
      ...phase.assignment,
      feedback: { kind: 'conflict', conflict },
      from: conflict.marked,
    };
    const at = { ...phase, step: 'agent', head, assignment, merges: conflict.theirs } as const;
    return moved(next, at, `${conflict.name} conflicts in ${counted(conflict.files.length, 'file')}`, {
      ...{ type: 'runAgent', assignment },
    });
  }
  if (head.commit === phase.head.commit) return taskDone(next, phase, head, 'there was nothing to bring in');
  const at = { ...phase, step: 'checks', head, assignment: { ...phase.assignment, from: head } } as const;
  const criteria = criteriaDue(next, phase.task);
  return moved(next, at, 'brought in without a conflict; checking', { type: 'runChecks', snapshot: head, criteria });
}

function worked(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'worked' }>): Decision {
  const { snapshot } = event;
  const answered = withReplies(run, event.replies);
  if (phase.task === answerTaskId) return onlyAnswered(answered, phase, event);
  const problems = changeProblems(answered, phase, snapshot, event.change);
  if (problems.length > 0) return sentBack(answered, phase, snapshot, { kind: 'changeRefused', problems });
  return checking(answered, phase, event);
}

function checking(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'worked' }>): Decision {
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

/** Answers alone: whatever became of the files is left aside. A fix needs a commit of this round to be one. */
function onlyAnswered(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'worked' }>): Decision {
  const { fromSha } = run.cause ?? {};
  const proven = phase.head.commit === fromSha ? run : withCommit(run, phase.assignment.threads, phase.head.commit);
  const left = unanswered(proven);
  if (left.length === 0) return taskDone(proven, phase, phase.head, 'every thread has its answer');
  const problems = [
    ...event.replyProblems,
    ...left.map(({ thread, reply }) =>
      reply === undefined
        ? `thread ${thread} has no reply`
        : `thread ${thread}: nothing was changed in this round, so its reply cannot be a fix; say what is so`,
    ),
  ];
  if (phase.fixes >= (run.prepared?.policy.fixes ?? 0)) {
    return taskDone(proven, phase, phase.head, `${counted(left.length, 'thread')} left without an answer`);
  }
  const session = event.attempt.session === undefined ? {} : { session: event.attempt.session };
  const threads = left.map(({ thread }) => thread);
  const feedback = { kind: 'artifactProblems', problems } as const;
  const assignment: Assignment = { ...phase.assignment, ...session, threads, feedback, from: phase.head };
  const at = { ...phase, fixes: phase.fixes + 1, assignment };
  return moved(proven, at, 'answers are missing; goes back to the agent', { type: 'runAgent', assignment });
}

/** A run that leaves the base as it is has nothing to deliver; a later task may find its work done already. */
function changeProblems(run: Run, phase: WorkingPhase, snapshot: Snapshot, change: Change): readonly string[] {
  const untouched =
    run.cause === undefined && snapshot.tree === run.prepared?.start.tree && isLastTask(run, phase.task);
  return untouched ? ['nothing in the repository was changed'] : change.problems;
}

function checked(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'checked' }>): Decision {
  const { snapshot, evidence } = event;
  const seen = { ...run, evidence: newest(run.evidence, evidence) };
  const red = evidence.filter((one) => one.outcome !== 'pass');
  if (red.length > 0) return sentBack(seen, phase, snapshot, { kind: 'checksRed', evidence: red });
  // Whatever tree a merge has, it is a commit of its own.
  if (snapshot.tree === phase.head.tree && phase.merges === undefined) {
    const because = phase.task === mergeTaskId ? 'brought in, and green' : 'nothing was left to change';
    return taskDone(seen, phase, phase.head, because);
  }
  return moved(seen, { ...phase, step: 'commit' }, `${counted(evidence.length, 'check')} passed`, {
    type: 'commitWork',
    task: phase.task,
    snapshot,
    parent: phase.head,
    ...(phase.merges === undefined ? {} : { merges: phase.merges }),
  });
}

function committed(run: Run, phase: WorkingPhase, head: Snapshot): Decision {
  return taskDone(withCommit(run, phase.assignment.threads, head.commit), phase, head, 'committed');
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
  // A refused change is undone: what a tree may not bring must not be built upon. A merge is only there as far as it was worked on.
  const from = feedback.kind === 'changeRefused' && phase.merges === undefined ? phase.head : snapshot;
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
  return afterTasks(run, phase.task, head, `${because}; all tasks are done`);
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
