import type { Effect } from '../domain/effect.js';
import { answerTaskId, mergeTaskId, proveTaskId, type Plan, type Task } from '../domain/plan.js';
import { allCriteria, missingReceipts } from '../domain/receipts.js';
import type { RoundCause } from '../domain/review.js';
import type {
  Assignment,
  DeliveredRound,
  Feedback,
  Replanning,
  Resume,
  Run,
  Snapshot,
  WorkingPhase,
} from '../domain/run.js';
import { firstAgent } from './assignment.js';
import { blocked, moved, shownTo, type Decision } from './decision.js';
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

/** The developer is sent out for a task, on the head of the run's branch; what Fleet itself brings in needs none yet. */
export function startTask(
  run: Run,
  to: { readonly task: string; readonly head: Snapshot; readonly feedback?: Feedback },
  because: string,
): Decision {
  const { task, head, feedback = { kind: 'none' } } = to;
  const agent = firstAgent(run, 'developer');
  if (agent === undefined) {
    const obstacle = { kind: 'noAgent', details: ['no agent is configured for the role developer'] } as const;
    return shownTo(blocked(run, obstacle, { to: 'working', task, head }));
  }
  const assignment: Assignment = {
    ...{ role: 'developer', agent, task, feedback, from: head },
    threads: threadsDue(run, task),
  };
  const ladder = { rung: 'fix', onRung: 0, frontiers: [] } as const;
  const phase: WorkingPhase = { name: 'working', task, step: 'agent', ladder, failures: 0, assignment, head };
  if (task === mergeTaskId) return moved(run, { ...phase, step: 'integrate' }, because, integration(run, head));
  return moved(run, phase, because, { type: 'runAgent', assignment });
}

/** The threads that a task has to answer: its own; with the last one all that are left. */
function threadsDue(run: Run, id: string): readonly string[] {
  const left = unanswered(run).map(({ thread }) => thread);
  if (id === mergeTaskId) return [];
  if (run.plan?.tasks.at(-1)?.id === id) return left;
  const task = run.plan?.tasks.find((one) => one.id === id);
  return left.filter((thread) => task?.threads.includes(thread));
}

function integration(run: Run, head: Snapshot): Effect {
  const suggestions = roundRows(run).flatMap(({ thread, comments, reply }) => {
    const by = comments.find((comment) => comment.suggestions.length > 0)?.by;
    const all = comments.flatMap((comment) => comment.suggestions);
    return by === undefined || reply !== undefined ? [] : [{ thread, by, suggestions: all }];
  });
  return { type: 'integrate', head, source: run.cause?.source ?? 'none', suggestions };
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
  const tasks = run.plan?.tasks.filter(({ id }) => id !== mergeTaskId) ?? [];
  const merges = fleetTask(
    mergeTaskId,
    mergeTitles[run.cause?.source ?? 'none'](run.prepared?.policy.base ?? run.repository.defaultBranch),
  );
  return shownTo(startTask(withTasks(run, [...tasks, merges]), { task: mergeTaskId, head }, because));
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

/** What is new is held against the base; answers alone are delivered as they are. */
export function startVerifying(run: Run, head: Snapshot, because: string): Decision {
  if (run.cause?.fromSha === head.commit) return deliver(run, head, because);
  const criteria = allCriteria(run.plan);
  if (missingReceipts(run, head, criteria).length === 0) return startCrossing(run, head, because);
  const gates = { name: 'verifying', step: 'gates', head } as const;
  return shownTo(moved(run, gates, because, { type: 'runChecks', snapshot: head, criteria }));
}

/** Every gate has passed on this tree; whether its tests prove anything is seen against the base. */
export function startCrossing(run: Run, head: Snapshot, because: string): Decision {
  return shownTo(moved(run, { name: 'verifying', step: 'crossing', head }, because, { type: 'crossTests', head }));
}

/** The change as a whole is not good yet: a task of Fleet's own, put behind what is planned. */
export function startProving(run: Run, head: Snapshot, feedback: Feedback, because: string): Decision {
  const tasks = run.plan?.tasks.filter(({ id }) => id !== proveTaskId) ?? [];
  const next = withTasks(run, [...tasks, fleetTask(proveTaskId, 'Make the tests prove the change')]);
  return shownTo(startTask(next, { task: proveTaskId, head, feedback }, because));
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
