import { answerTaskId, fleetTaskIds, mergeTaskId, proveTaskId, type Plan, type Task } from '../domain/plan.js';
import { allCriteria, missingReceipts } from '../domain/receipts.js';
import type { RoundCause } from '../domain/review.js';
import type { Lane, Replanning, Resume } from '../domain/phase.js';
import type { DeliveredRound, Run } from '../domain/run.js';
import type { Assignment, Conflict, Feedback, Snapshot } from '../domain/work.js';
import { firstAgent, inspectorOf } from './assignment.js';
import { blocked, counted, moved, shownTo, type Decision } from './decision.js';
import { firstEffect, inOrder, newLane, readyTasks } from './lanes.js';
import { roundRows, unanswered, withoutReplies } from './ledger.js';

/** What a task that got nowhere has left is planned anew, on what is on the branch. */
export function startReplanning(run: Run, at: Replanning, because: string): Decision {
  const { task, head, problems } = at;
  const tasks = run.plan?.tasks ?? [];
  const index = tasks.findIndex(({ id }) => id === task);
  const next = { ...withTasks(run, index === -1 ? tasks : tasks.slice(0, index)), replans: (run.replans ?? 0) + 1 };
  const agent = firstAgent(run, 'planner');
  if (agent === undefined) return noPlanner(run, { to: 'replanning', task, head, problems });
  const feedback = { kind: 'replan', task, problems } as const;
  const assignment: Assignment = { role: 'planner', agent, feedback, threads: [], from: head };
  const phase = { name: 'planning', failures: 0, assignment, replaces: { task, head, problems } } as const;
  return shownTo(moved(next, phase, because, { type: 'runAgent', assignment }));
}

function noPlanner(run: Run, resume: Resume): Decision {
  const obstacle = { kind: 'noAgent', details: ['no agent is configured for the role planner'] } as const;
  return shownTo(blocked(run, obstacle, resume));
}

/** The planner is sent out, onto this state of the run's branch. */
export function startPlanning(run: Run, from: Snapshot, because: string): Decision {
  const agent = firstAgent(run, 'planner');
  if (agent === undefined) {
    return noPlanner(run, run.cause === undefined ? { to: 'planning' } : { to: 'round', head: from });
  }
  const assignment: Assignment = { role: 'planner', agent, feedback: { kind: 'none' }, threads: [], from };
  const next = moved(run, { name: 'planning', failures: 0, assignment }, because, { type: 'runAgent', assignment });
  return run.cause === undefined ? next : shownTo(next);
}

/** Work begins, or goes on, with this task as the first that is not done: as many as may be worked on side by side. */
export function startWork(
  run: Run,
  from: { readonly task: string; readonly head: Snapshot },
  because: string,
): Decision {
  if (fleetTaskIds.includes(from.task)) return startTask(run, from, because);
  const tasks = run.plan?.tasks ?? [];
  const done = tasks.findIndex(({ id }) => id === from.task);
  if (done === -1) return afterTasks(run, '', from.head, because);
  return startReady(run, { head: from.head, lanes: [], done }, because);
}

/** Where work on a plan stands: so many of its tasks are done, and these are at hand. */
export interface Standing {
  readonly head: Snapshot;
  readonly lanes: readonly Lane[];
  readonly done: number;
}

/** Tasks that can be begun get the lanes that are free. */
export function startReady(run: Run, { head, lanes, done }: Standing, because: string): Decision {
  const tasks = run.plan?.tasks ?? [];
  const free = (run.prepared?.policy.parallelTasks ?? 1) - lanes.length;
  const atHand = lanes.map(({ task }) => task);
  const isStuck =
    lanes.some(({ step }) => step === 'stuck' || step === 'parked') ||
    atHand.some((task) => fleetTaskIds.includes(task));
  const ready = isStuck ? [] : readyTasks(tasks, done, atHand).slice(0, Math.max(0, free));
  let next: readonly Lane[] = lanes;
  for (const { id: task } of ready) {
    const ordered = withTasks({ ...run, phase: { name: 'working', head, lanes: next } }, inOrder(tasks, done, next));
    const lane = newLane(ordered, { task, head, beside: next });
    if (lane === undefined) return shownTo(blocked(run, noDeveloper, { to: 'working', task, head }));
    next = [...next, lane];
  }
  const begun = next.slice(lanes.length);
  const ordered = begun.length === 0 ? run : withTasks(run, inOrder(tasks, done, next));
  return moved(
    ordered,
    { name: 'working', head, lanes: next },
    because,
    ...begun.map((lane) => firstEffect(ordered, lane)),
  );
}

const noDeveloper = { kind: 'noAgent', details: ['no agent is configured for the role developer'] } as const;

/** The developer is sent out for a task of Fleet's own, which nothing is worked on beside; what Fleet itself brings in needs none yet. */
function startTask(
  run: Run,
  to: { readonly task: string; readonly head: Snapshot; readonly feedback?: Feedback },
  because: string,
): Decision {
  const { task, head } = to;
  const lane = newLane(run, { ...to, beside: [] });
  if (lane === undefined) return shownTo(blocked(run, noDeveloper, { to: 'working', task, head }));
  return moved(run, { name: 'working', head, lanes: [lane] }, because, firstEffect(run, lane));
}

/** A round of review begins, on what is on the branch: suggestions and the base first, then the planner. */
export function startRound(run: Run, head: Snapshot): Decision {
  const { cause } = run;
  const { replans: _, proofs: __, ...fresh } = run;
  const begun = withoutReplies(cause === undefined ? fresh : { ...fresh, cause: { ...cause, fromSha: head.commit } });
  const gives = roundRows(begun).some(({ comments }) => comments.some(({ suggestions }) => suggestions.length > 0));
  if (begun.cause?.source === 'none' && !gives) return startPlanning(begun, head, 'the workspace is ready');
  return startMerge(begun, head, 'the workspace is ready');
}

/** Fleet brings in what people gave: a task of its own, put behind what is planned. */
export function startMerge(run: Run, head: Snapshot, because: string): Decision {
  return shownTo(startTask(withMerge(run, run.cause?.source ?? 'none'), { task: mergeTaskId, head }, because));
}

/** The base conflicts with what is done: the agent resolves it. */
export function startResolving(run: Run, head: Snapshot, conflict: Conflict): Decision {
  const next = withMerge(run, 'base');
  const lane = newLane(next, { task: mergeTaskId, head, feedback: { kind: 'conflict', conflict }, beside: [] });
  if (lane === undefined) return shownTo(blocked(run, noDeveloper, { to: 'verifying', head }));
  const assignment = { ...lane.assignment, from: conflict.marked };
  const lanes = [{ ...lane, assignment, merges: conflict.theirs }];
  const because = `${conflict.name} conflicts in ${counted(conflict.files.length, 'file')}`;
  return shownTo(moved(next, { name: 'working', head, lanes }, because, { type: 'runAgent', assignment }));
}

function withMerge(run: Run, source: RoundCause['source']): Run {
  const tasks = run.plan?.tasks.filter(({ id }) => id !== mergeTaskId) ?? [];
  const base = run.prepared?.policy.base ?? run.repository.defaultBranch;
  return withTasks(run, [...tasks, fleetTask(mergeTaskId, mergeTitles[source](base))]);
}

const mergeTitles: Readonly<Record<RoundCause['source'], (base: string) => string>> = {
  base: (base) => `Bring ${base} into the branch`,
  branch: () => 'Bring in what was pushed meanwhile',
  none: () => 'Take over the suggested changes',
};

/** What comes after the last task: the plan, when only Fleet has worked yet; answers that are still owed; else the delivery. */
export function afterTasks(run: Run, done: string, head: Snapshot, because: string): Decision {
  const { cause } = run;
  const owed = unanswered(run);
  const isUnplanned = cause !== undefined && cause.summary === undefined;
  if (isUnplanned && (owed.length > 0 || cause.redJobs.length > 0)) return startPlanning(run, head, because);
  if (owed.length > 0 && done !== answerTaskId) return startAnswers(run, head, because);
  return startVerifying(run, head, because);
}

/** Threads that no task has answered get their answers now. */
function startAnswers(run: Run, head: Snapshot, because: string): Decision {
  const tasks = run.plan?.tasks.filter(({ id }) => id !== answerTaskId) ?? [];
  const next = withTasks(run, [...tasks, fleetTask(answerTaskId, 'Answer the reviewers')]);
  return shownTo(startTask(next, { task: answerTaskId, head }, because));
}

/** What is new is held against the base as it is by now, which is brought in first; answers alone are delivered as they are. */
export function startVerifying(run: Run, head: Snapshot, because: string): Decision {
  if (run.cause?.fromSha === head.commit) return deliver(run, head, because);
  return shownTo(
    moved(run, { name: 'verifying', step: 'integrate', head }, because, {
      ...{ type: 'integrate', head, source: 'base', suggestions: [] },
    }),
  );
}

/** Every gate is run on what stands on the base, unless it has its receipts. */
export function startGates(run: Run, head: Snapshot, because: string): Decision {
  const criteria = allCriteria(run.plan);
  if (missingReceipts(run, head, criteria).length === 0) return startCrossing(run, head, because);
  const gates = { name: 'verifying', step: 'gates', head } as const;
  return moved(run, gates, because, { type: 'runChecks', snapshot: head, criteria });
}

/** Every gate has passed on this tree; whether its tests prove anything is seen against the base. */
export function startCrossing(run: Run, head: Snapshot, because: string): Decision {
  return moved(run, { name: 'verifying', step: 'crossing', head }, because, { type: 'crossTests', head });
}

/** The tests hold: another agent than the developer looks at the change. */
export function startInspecting(run: Run, head: Snapshot, because: string): Decision {
  const agent = inspectorOf(run, 'verifier');
  if (agent === undefined) return deliver(run, head, because);
  const assignment: Assignment = { role: 'verifier', agent, feedback: { kind: 'none' }, threads: [], from: head };
  const at = { name: 'verifying', step: 'inspecting', head, failures: 0, assignment } as const;
  return moved(run, at, `${because}; ${agent} looks at it`, { type: 'runAgent', assignment });
}

/** The change as a whole is not good yet: a task of Fleet's own, put behind what is planned. */
export function startProving(run: Run, head: Snapshot, feedback: Feedback, because: string): Decision {
  const tasks = run.plan?.tasks.filter(({ id }) => id !== proveTaskId) ?? [];
  const next = withTasks(run, [...tasks, fleetTask(proveTaskId, proveTitle(feedback))]);
  return shownTo(startTask(next, { task: proveTaskId, head, feedback }, because));
}

function proveTitle({ kind }: Feedback): string {
  return kind === 'rejected' ? 'Mend what the verifier found' : 'Make the tests prove the change';
}

/** Pushes what is new, and brings the merge request up to date. */
export function deliver(run: Run, head: Snapshot, because: string): Decision {
  const { cause } = run;
  if (cause?.fromSha !== head.commit) {
    return moved(run, { name: 'delivering', step: 'pushing', head }, because, { type: 'pushBranch', head });
  }
  const opening = { name: 'delivering', step: 'opening', head } as const;
  return moved(run, opening, `${because}; nothing to push`, { type: 'openMergeRequest', head });
}

/** A round is done, and the merge request waits for people; what came meanwhile is read at once. CI that is red for the same commit as before asks. */
export function toReview(run: Run, at: { readonly head: Snapshot; readonly atMs: number }, because: string): Decision {
  const { cause, isHinted, ...rest } = run;
  const tasks = (run.plan?.tasks ?? []).filter(({ id }) => id !== answerTaskId).map(({ id, title }) => ({ id, title }));
  const round: DeliveredRound = { round: run.round, head: at.head, tasks, ...(cause === undefined ? {} : { cause }) };
  const next: Run = { ...rest, delivered: [...run.delivered.filter((one) => one.round !== run.round), round] };
  if (cause !== undefined && cause.redJobs.length > 0 && cause.fromSha === at.head.commit) {
    const details = cause.redJobs.map(({ name, url }) => `${name}: the agents found nothing to change (${url})`);
    return shownTo(blocked(next, { kind: 'ciStaysRed', details }, { to: 'inReview', head: at.head }));
  }
  return isHinted === true
    ? readNow(next, at, because)
    : shownTo(moved(next, { name: 'inReview', head: at.head }, because));
}

/** The merge request is read without waiting for anything more. */
export function readNow(run: Run, at: { readonly head: Snapshot; readonly atMs: number }, because: string): Decision {
  // As if the burst had been let settle as long as any may, so that nothing that follows puts it off.
  const settling = { sinceMs: at.atMs - longestSettleMs, dueAtMs: at.atMs };
  const { isHinted: _, ...next } = run;
  return shownTo(
    moved(next, { name: 'inReview', head: at.head, settling }, because, { type: 'readFeedback', dueAtMs: at.atMs }),
  );
}

/** A burst is let settle for so long at most. */
export const longestSettleMs = 600_000;

/** The run with these tasks in its plan. */
export function withTasks(run: Run, tasks: readonly Task[]): Run {
  const empty: Plan = { summary: '', criteria: [], tasks: [], supersededTests: [], risks: [] };
  return { ...run, plan: { ...(run.plan ?? empty), tasks } };
}

function fleetTask(id: string, title: string): Task {
  return { id, title, description: '', dependsOn: [], files: [], creates: [], criteria: [], threads: [] };
}

/** The run with its work on another commit of the base: what was seen of the one before says nothing of this. */
export function onBase(run: Run, onto: Snapshot | undefined): Run {
  const { prepared, baseline: _, ...rest } = run;
  if (prepared === undefined || onto === undefined || onto.commit === prepared.start.commit) return run;
  return { ...rest, prepared: { ...prepared, baseSha: onto.commit, start: onto } };
}
