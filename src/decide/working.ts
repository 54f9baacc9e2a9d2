import type { Evidence } from '../domain/check.js';
import type { Change, WorkEvent } from '../domain/event.js';
import { answerTaskId, mergeTaskId } from '../domain/plan.js';
import { besideBaseline, criteriaDue, isRed } from '../domain/receipts.js';
import type { Assignment, Run, Snapshot, WorkingPhase } from '../domain/run.js';
import { afterFailure } from './assignment.js';
import { namesOf, newest, sentBack } from './climb.js';
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
  if (!stepsOf[event.type].includes(phase.step)) return stays(next, `late: ${event.type} during ${phase.step}`);
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
const stepsOf: Readonly<Record<WorkingEvent['type'], readonly WorkingPhase['step'][]>> = {
  integrated: ['integrate'],
  attemptFailed: ['agent'],
  worked: ['agent'],
  checked: ['checks', 'baseline'],
  committed: ['commit'],
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
  const criteria = criteriaDue(next.plan, phase.task);
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
  const criteria = criteriaDue(run.plan, phase.task);
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

/** How often missing answers are asked for. */
const answersAsked = 3;

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
  if (phase.ladder.frontiers.length >= answersAsked) {
    return taskDone(proven, phase, phase.head, `${counted(left.length, 'thread')} left without an answer`);
  }
  const session = event.attempt.session === undefined ? {} : { session: event.attempt.session };
  const threads = left.map(({ thread }) => thread);
  const feedback = { kind: 'artifactProblems', problems } as const;
  const assignment: Assignment = { ...phase.assignment, ...session, threads, feedback, from: phase.head };
  const frontiers = [...phase.ladder.frontiers, { tree: phase.head.tree, failing: threads }];
  const at = { ...phase, ladder: { ...phase.ladder, frontiers }, assignment };
  return moved(proven, at, 'answers are missing; goes back to the agent', { type: 'runAgent', assignment });
}

/** A run that leaves the base as it is has nothing to deliver; a later task may find its work done already. */
function changeProblems(run: Run, phase: WorkingPhase, snapshot: Snapshot, change: Change): readonly string[] {
  const untouched =
    run.cause === undefined && snapshot.tree === run.prepared?.start.tree && isLastTask(run, phase.task);
  return untouched ? ['nothing in the repository was changed'] : change.problems;
}

function checked(run: Run, phase: WorkingPhase, event: Extract<WorkEvent, { type: 'checked' }>): Decision {
  const baseline = phase.step === 'baseline' ? event.evidence : run.baseline;
  const at = phase.step === 'baseline' ? phase.seen : event;
  if (at === undefined) return stays(run, 'late: checked on the base');
  const { seen: _, ...back } = phase;
  const evidence = besideBaseline(at.evidence, baseline ?? []);
  const red = evidence.filter(isRed);
  const isUnclear = red.some(({ kind, outcome }) => kind === 'check' && outcome === 'fail') && baseline === undefined;
  if (isUnclear) return looksAtBase(run, phase, event);
  const next: Run = {
    ...run,
    evidence: newest(run.evidence, evidence),
    ...(baseline === undefined ? {} : { baseline }),
  };
  return red.length > 0
    ? sentBack(next, back, at.snapshot, { kind: 'checksRed', evidence: red })
    : green(next, back, at.snapshot, evidence);
}

/** A check is red for the first time: whether it was so before the change is seen on the base, once. */
function looksAtBase(
  run: Run,
  phase: WorkingPhase,
  { snapshot, evidence }: Extract<WorkEvent, { type: 'checked' }>,
): Decision {
  const start = run.prepared?.start ?? phase.head;
  const because = `red: ${namesOf(evidence.filter(isRed))}; looks at the base`;
  return moved(run, { ...phase, step: 'baseline', seen: { snapshot, evidence } }, because, {
    ...{ type: 'runChecks', snapshot: start, criteria: [] },
  });
}

function green(run: Run, phase: WorkingPhase, snapshot: Snapshot, evidence: readonly Evidence[]): Decision {
  // Whatever tree a merge has, it is a commit of its own.
  if (snapshot.tree === phase.head.tree && phase.merges === undefined) {
    const because = phase.task === mergeTaskId ? 'brought in, and green' : 'nothing was left to change';
    return taskDone(run, phase, phase.head, because);
  }
  return moved(run, { ...phase, step: 'commit' }, `${counted(evidence.length, 'check')} passed`, {
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

function taskDone(run: Run, phase: WorkingPhase, head: Snapshot, because: string): Decision {
  const tasks = run.plan?.tasks ?? [];
  const following = tasks[tasks.findIndex((task) => task.id === phase.task) + 1];
  if (following !== undefined)
    return shownTo(startTask(run, { task: following.id, head }, `${because}; next task ${following.id}`));
  return afterTasks(run, phase.task, head, `${because}; all tasks are done`);
}

function isLastTask(run: Run, task: string): boolean {
  return run.plan?.tasks.at(-1)?.id === task;
}
