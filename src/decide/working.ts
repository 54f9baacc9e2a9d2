import type { AttemptRecord } from '../domain/agent.js';
import type { Evidence } from '../domain/check.js';
import type { Change, WorkEvent } from '../domain/event.js';
import type { Lane, WorkingPhase } from '../domain/phase.js';
import { answerTaskId, mergeTaskId } from '../domain/plan.js';
import { besideBaseline, isRed } from '../domain/receipts.js';
import type { Run } from '../domain/run.js';
import type { Assignment, Snapshot } from '../domain/work.js';
import { afterFailure } from './assignment.js';
import { namesOf, newest, sentBack, stuck, type At } from './climb.js';
import { counted, moved, stays, type Decision } from './decision.js';
import { check, goOn, land, taskDone } from './go-on.js';
import { isLanding, laneOf, withLane } from './lanes.js';
import { unanswered, withCommit, withReplies, withSuggestions } from './ledger.js';
import { onBase } from './start.js';

type WorkingEvent = Extract<
  WorkEvent,
  { type: 'integrated' | 'worked' | 'replayed' | 'checked' | 'committed' | 'attemptFailed' }
>;

/** Do → check → fix, then the commit, then the next task; the work of tasks side by side goes onto the branch one after the other. */
export function afterWorking(run: Run, event: WorkingEvent): Decision {
  const next = 'attempt' in event ? { ...run, attempts: [...run.attempts, event.attempt] } : run;
  const { phase } = next;
  if (phase.name !== 'working') return stays(next, `late: ${event.type} while ${phase.name}`);
  const at = atOf(phase, event);
  if (typeof at === 'string') return stays(next, `late: ${event.type} during ${at}`);
  switch (event.type) {
    case 'integrated':
      return integrated(onBase(next, event.onto), at, event);
    case 'attemptFailed':
      return attemptFailed(next, at, event);
    case 'worked':
      return worked(next, at, event);
    case 'replayed':
      return replayed(next, at, event);
    case 'checked':
      return checked(next, at, event);
    case 'committed':
      return committed(next, at, event.head);
    default:
      return event satisfies never;
  }
}

/** The task that an event is about; where that is at another step, what it is at. */
function atOf(phase: WorkingPhase, event: WorkingEvent): At | string {
  const task = 'attempt' in event ? event.attempt.task : 'task' in event ? event.task : undefined;
  const lane = laneOf(phase, task);
  if (lane === undefined) return phase.lanes.map((one) => one.task).join(', ');
  return stepsOf[event.type].includes(lane.step) ? { phase, lane } : lane.step;
}

/** What each event comes from. */
const stepsOf: Readonly<Record<WorkingEvent['type'], readonly Lane['step'][]>> = {
  integrated: ['integrate'],
  attemptFailed: ['agent'],
  worked: ['agent'],
  replayed: ['replay'],
  checked: ['checks', 'baseline'],
  committed: ['commit'],
};

function committed(run: Run, at: At, head: Snapshot): Decision {
  return taskDone(withCommit(run, at.lane.assignment.threads, head.commit), at, head, 'committed');
}

function attemptFailed(run: Run, at: At, event: Extract<WorkEvent, { type: 'attemptFailed' }>): Decision {
  const { phase, lane } = at;
  const answer = afterFailure(run, lane, event);
  if (answer.kind === 'spent') {
    const { obstacle } = answer;
    if (isTooBig(run, event)) return stuck(run, at, { problems: [...obstacle.details, tooBig], because: tooBig });
    return stuck(run, at, { problems: obstacle.details, because: `blocked: ${obstacle.kind}`, obstacle });
  }
  const { assignment, failures } = answer;
  const again = { ...lane, failures, assignment };
  return moved(run, withLane(phase, again), answer.because, { type: 'runAgent', assignment });
}

const tooBig = 'the task does not fit into what an agent can hold in mind: split it';

/** A fresh session was too small for the task, again and again: it is planned anew, in smaller parts. */
function isTooBig({ replans = 0, prepared }: Run, { attempt }: Extract<WorkEvent, { type: 'attemptFailed' }>): boolean {
  const { outcome } = attempt;
  if (outcome.kind !== 'failed' || outcome.limit?.kind !== 'context') return false;
  return replans < (prepared?.policy.budgets.replans ?? 0);
}

/** What people gave is in; what conflicts goes to the agent, and what came without it is checked. */
function integrated(
  run: Run,
  { phase, lane }: At,
  { head, conflict, applied }: Extract<WorkEvent, { type: 'integrated' }>,
): Decision {
  const next = withSuggestions(run, applied);
  const there = { ...phase, head };
  if (conflict === undefined && head.commit === phase.head.commit) {
    return taskDone(next, { phase, lane }, head, 'there was nothing to bring in');
  }
  if (conflict === undefined) {
    const brought = { ...lane, head, assignment: { ...lane.assignment, from: head } };
    return check(next, { phase: there, lane: brought }, 'brought in without a conflict; checking');
  }
  const feedback = { kind: 'conflict', conflict } as const;
  const assignment: Assignment = { ...lane.assignment, feedback, from: conflict.marked };
  const at: Lane = { ...lane, step: 'agent', head, assignment, merges: conflict.theirs };
  const because = `${conflict.name} conflicts in ${counted(conflict.files.length, 'file')}`;
  return moved(next, withLane(there, at), because, { type: 'runAgent', assignment });
}

function worked(run: Run, at: At, event: Extract<WorkEvent, { type: 'worked' }>): Decision {
  const { snapshot } = event;
  const { phase, lane } = at;
  const answered = withReplies(run, event.replies);
  if (lane.task === answerTaskId) return onlyAnswered(answered, at, event);
  const problems = changeProblems(answered, at, snapshot, event.change);
  if (problems.length > 0) return sentBack(answered, at, snapshot, { kind: 'changeRefused', problems });
  const assignment: Assignment = {
    ...sessionOf(lane.assignment, event.attempt),
    from: snapshot,
  };
  const done: Lane = { ...lane, assignment };
  const changed = `${counted(event.change.changedFiles, 'file')} changed`;
  if (phase.lanes.some(isLanding)) {
    return moved(answered, withLane(phase, { ...done, step: 'waiting' }), `${changed}; waits for its turn`);
  }
  const landed = land(answered, withLane(phase, done), done);
  return { ...landed, because: `${changed}; ${landed.because}` };
}

/** The assignment of whoever has worked on it last, with the session to go on with. */
function sessionOf({ session: _, ...assignment }: Assignment, { agent, session }: AttemptRecord): Assignment {
  return { ...assignment, agent, ...(session === undefined ? {} : { session }) };
}

/** The work stands on the head as it is by now; where it conflicts with what others brought, it goes back. */
function replayed(
  run: Run,
  { phase, lane }: At,
  { snapshot, conflict }: Extract<WorkEvent, { type: 'replayed' }>,
): Decision {
  const { isConflicted: _, ...clean } = lane;
  if (conflict === undefined) {
    const there: Lane = { ...clean, head: phase.head, assignment: { ...lane.assignment, from: snapshot } };
    return check(run, { phase, lane: there }, 'put on the head of the branch; checking');
  }
  const feedback = { kind: 'conflict', conflict } as const;
  const assignment: Assignment = { ...lane.assignment, feedback, from: conflict.marked };
  const back: Lane = { ...lane, step: 'agent', head: phase.head, assignment, isConflicted: true };
  const because = `${lane.task} conflicts with what is on the branch by now; goes back to the agent`;
  return goOn(moved(run, withLane(phase, back), because, { type: 'runAgent', assignment }));
}

/** How often missing answers are asked for. */
const answersAsked = 3;

/** Answers alone: whatever became of the files is left aside. A fix needs a commit of this round to be one. */
function onlyAnswered(run: Run, at: At, event: Extract<WorkEvent, { type: 'worked' }>): Decision {
  const { phase, lane } = at;
  const { fromSha } = run.cause ?? {};
  const proven = phase.head.commit === fromSha ? run : withCommit(run, lane.assignment.threads, phase.head.commit);
  const left = unanswered(proven);
  if (left.length === 0) return taskDone(proven, at, phase.head, 'every thread has its answer');
  const problems = [
    ...event.replyProblems,
    ...left.map(({ thread, reply }) =>
      reply === undefined
        ? `thread ${thread} has no reply`
        : `thread ${thread}: nothing was changed in this round, so its reply cannot be a fix; say what is so`,
    ),
  ];
  if (lane.ladder.frontiers.length >= answersAsked) {
    return taskDone(proven, at, phase.head, `${counted(left.length, 'thread')} left without an answer`);
  }
  const threads = left.map(({ thread }) => thread);
  const feedback = { kind: 'artifactProblems', problems } as const;
  const assignment: Assignment = { ...sessionOf(lane.assignment, event.attempt), threads, feedback, from: phase.head };
  const frontiers = [...lane.ladder.frontiers, { tree: phase.head.tree, failing: threads }];
  const again = { ...lane, ladder: { ...lane.ladder, frontiers }, assignment };
  const because = 'answers are missing; goes back to the agent';
  return moved(proven, withLane(phase, again), because, { type: 'runAgent', assignment });
}

/** A run that leaves the base as it is has nothing to deliver; a later task may find its work done already. */
function changeProblems(run: Run, { lane, phase }: At, snapshot: Snapshot, change: Change): readonly string[] {
  const isLast = phase.lanes.length === 1 && run.plan?.tasks.at(-1)?.id === lane.task;
  const untouched = run.cause === undefined && snapshot.tree === run.prepared?.start.tree && isLast;
  return untouched ? ['nothing in the repository was changed'] : change.problems;
}

function checked(run: Run, at: At, event: Extract<WorkEvent, { type: 'checked' }>): Decision {
  const { phase, lane } = at;
  const isBaseline = lane.step === 'baseline';
  const baseline = isBaseline ? event.evidence : run.baseline;
  const seen = isBaseline ? lane.seen : event;
  if (seen === undefined) return stays(run, 'late: checked on the base');
  const { seen: _, ...back } = lane;
  const evidence = besideBaseline(seen.evidence, baseline ?? []);
  const red = evidence.filter(isRed);
  const isUnclear = red.some(({ kind, outcome }) => kind === 'check' && outcome === 'fail') && baseline === undefined;
  if (isUnclear) return looksAtBase(run, at, event);
  const next: Run = {
    ...run,
    evidence: newest(run.evidence, evidence),
    ...(baseline === undefined ? {} : { baseline }),
  };
  const there = { phase, lane: back };
  return red.length > 0
    ? sentBack(next, there, seen.snapshot, { kind: 'checksRed', evidence: red })
    : green(next, there, seen.snapshot, evidence);
}

/** A check is red for the first time: whether it was so before the change is seen on the base, once. */
function looksAtBase(
  run: Run,
  { phase, lane }: At,
  { snapshot, evidence }: Extract<WorkEvent, { type: 'checked' }>,
): Decision {
  const start = run.prepared?.start ?? phase.head;
  const because = `red: ${namesOf(evidence.filter(isRed))}; looks at the base`;
  return moved(run, withLane(phase, { ...lane, step: 'baseline', seen: { snapshot, evidence } }), because, {
    ...{ type: 'runChecks', task: lane.task, snapshot: start, criteria: [] },
  });
}

function green(run: Run, { phase, lane }: At, snapshot: Snapshot, evidence: readonly Evidence[]): Decision {
  const { task, merges } = lane;
  // Whatever tree a merge has, it is a commit of its own.
  if (snapshot.tree === phase.head.tree && merges === undefined) {
    const because = task === mergeTaskId ? 'brought in, and green' : 'nothing was left to change';
    return taskDone(run, { phase, lane }, phase.head, because);
  }
  return moved(run, withLane(phase, { ...lane, step: 'commit' }), `${counted(evidence.length, 'check')} passed`, {
    ...{ type: 'commitWork', task, snapshot, parent: phase.head },
    ...(merges === undefined ? {} : { merges }),
  });
}
