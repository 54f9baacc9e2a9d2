import type { Effect } from '../domain/effect.js';
import type { Lane, WorkingPhase } from '../domain/phase.js';
import { mergeTaskId, type Task } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import type { Assignment, Feedback, Snapshot } from '../domain/work.js';
import { firstAgent } from './assignment.js';
import { roundRows, unanswered } from './ledger.js';

/** The lane of a task; where an event names none, the only one. */
export function laneOf({ lanes }: WorkingPhase, task: string | undefined): Lane | undefined {
  return task === undefined && lanes.length === 1 ? lanes[0] : lanes.find((lane) => lane.task === task);
}

/** The phase with this lane in the place of the one that had its task. */
export function withLane(phase: WorkingPhase, lane: Lane): WorkingPhase {
  return { ...phase, lanes: phase.lanes.map((one) => (one.task === lane.task ? lane : one)) };
}

/** True while the work of the lane is put on the branch, which one may at a time. */
export function isLanding({ step }: Lane): boolean {
  return step === 'integrate' || step === 'replay' || step === 'checks' || step === 'baseline' || step === 'commit';
}

/** The lane of a task that begins on this head, in the first worktree that is free. */
export function newLane(
  run: Run,
  of: {
    readonly task: string;
    readonly head: Snapshot;
    readonly feedback?: Feedback;
    readonly beside: readonly Lane[];
  },
): Lane | undefined {
  const { task, head, feedback = { kind: 'none' }, beside } = of;
  const agent = firstAgent(run, 'developer');
  if (agent === undefined) return undefined;
  const taken = new Set(beside.map(({ assignment }) => assignment.lane ?? 0));
  const lane = Array.from({ length: beside.length + 1 }, (_, index) => index).find((index) => !taken.has(index)) ?? 0;
  const assignment: Assignment = {
    ...{ role: 'developer', agent, task, feedback, from: head },
    threads: threadsDue(run, task),
    ...(lane === 0 ? {} : { lane }),
  };
  const ladder = { rung: 'fix', onRung: 0, frontiers: [] } as const;
  const step = task === mergeTaskId && feedback.kind === 'none' ? 'integrate' : 'agent';
  return { task, step, ladder, failures: 0, assignment, head };
}

/** What a lane begins with. */
export function firstEffect(run: Run, { step, assignment, head }: Lane): Effect {
  return step === 'integrate' ? integration(run, head) : { type: 'runAgent', assignment };
}

/** Tasks after the first `done` ones that all they depend on is done for, those on the longest way to the end first. */
export function readyTasks(tasks: readonly Task[], done: number, atHand: readonly string[]): readonly Task[] {
  const left = tasks.slice(done);
  const open = new Set(left.map(({ id }) => id));
  const ready = left.filter(({ id, dependsOn }) => !atHand.includes(id) && !dependsOn.some((one) => open.has(one)));
  const lengths = lengthsOf(left);
  return [...ready].sort((one, other) => (lengths.get(other.id) ?? 0) - (lengths.get(one.id) ?? 0));
}

/** Tasks on the longest chain that begins with each; a task stands behind all that it depends on. */
function lengthsOf(tasks: readonly Task[]): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  for (const { id } of [...tasks].reverse()) {
    const after = tasks.filter(({ dependsOn }) => dependsOn.includes(id)).map((task) => lengths.get(task.id) ?? 0);
    lengths.set(id, 1 + Math.max(0, ...after));
  }
  return lengths;
}

/** The tasks with those at hand right behind what is done. */
export function inOrder(tasks: readonly Task[], done: number, lanes: readonly Lane[]): readonly Task[] {
  const left = tasks.slice(done);
  const atHand = lanes.flatMap(({ task }) => left.filter(({ id }) => id === task));
  return [...tasks.slice(0, done), ...atHand, ...left.filter((task) => !atHand.includes(task))];
}

/** How many tasks are done; those of the lanes come right behind them. */
export function doneBefore(tasks: readonly Task[], { lanes }: Pick<WorkingPhase, 'lanes'>): number {
  const first = tasks.findIndex(({ id }) => lanes.some(({ task }) => task === id));
  return first === -1 ? tasks.length : first;
}

/** The threads that a task has to answer: its own; with the last one all that no other one is to answer. */
function threadsDue(run: Run, id: string): readonly string[] {
  const left = unanswered(run).map(({ thread }) => thread);
  if (id === mergeTaskId) return [];
  const tasks = run.plan?.tasks ?? [];
  const own = tasks.find((one) => one.id === id)?.threads ?? [];
  if (tasks.at(-1)?.id !== id) return left.filter((thread) => own.includes(thread));
  const { phase } = run;
  const atHand = phase.name === 'working' ? phase.lanes.map(({ task }) => task).filter((task) => task !== id) : [];
  const others = tasks.filter((task) => atHand.includes(task.id)).flatMap(({ threads }) => threads);
  return left.filter((thread) => own.includes(thread) || !others.includes(thread));
}

function integration(run: Run, head: Snapshot): Effect {
  const suggestions = roundRows(run).flatMap(({ thread, comments, reply }) => {
    const by = comments.find((comment) => comment.suggestions.length > 0)?.by;
    const all = comments.flatMap((comment) => comment.suggestions);
    return by === undefined || reply !== undefined ? [] : [{ thread, by, suggestions: all }];
  });
  return { type: 'integrate', head, source: run.cause?.source ?? 'none', suggestions };
}
