import type { Criterion, Task } from '../domain/plan.js';
import { isEnded, type Phase, type Run, type WorkingPhase } from '../domain/run.js';
import { oneLine } from './plain.js';
import { durationText, workedMs } from './format.js';
import { wordsOf } from './words.js';

/** A step on the way to the merge request. */
export interface Step {
  /** Plain text. */
  readonly label: string;
  readonly state: 'done' | 'now' | 'ahead';
  /** How long it took so far; empty where nothing was measured. */
  readonly time: string;
}

/** The way of a run, from its workspace to its merge request; texts are not escaped yet. */
export function stepsOf(run: Run): readonly Step[] {
  const { phase, plan, prepared, mergeRequest } = run;
  const planning = run.attempts.filter(({ role }) => role === 'planner');
  const tasks = plan?.tasks.map((task, index) => taskStep(run, task, index));
  return [
    step('Prepare the repository', { done: prepared !== undefined, now: phase.name === 'queued' }),
    step('Plan', { done: plan !== undefined, now: phase.name === 'planning' }, workedMs(planning)),
    ...(tasks ?? [step('Work, and check', { done: false, now: false })]),
    step(`Open the ${wordsOf(run.repository.forge).mergeRequest}`, {
      done: mergeRequest !== undefined,
      now: phase.name === 'delivering',
    }),
  ];
}

function taskStep(run: Run, task: Task, index: number): Step {
  const attempts = run.attempts.filter((attempt) => attempt.task === task.id);
  const now = run.phase.name === 'working' && run.phase.task === task.id;
  return step(`${task.id}: ${oneLine(task.title)}`, { done: index < tasksDone(run), now }, workedMs(attempts));
}

function step(label: string, is: { readonly done: boolean; readonly now: boolean }, ms = 0): Step {
  return { label, state: is.done ? 'done' : is.now ? 'now' : 'ahead', time: ms > 0 ? durationText(ms) : '' };
}

/** How many tasks of the plan are on the run's branch. */
function tasksDone(run: Run): number {
  const tasks = run.plan?.tasks ?? [];
  const at = taskAtHand(run.phase);
  if (at !== undefined) return tasks.findIndex(({ id }) => id === at);
  return run.mergeRequest !== undefined || headOf(run.phase) !== undefined ? tasks.length : 0;
}

function taskAtHand(phase: Phase): string | undefined {
  if (phase.name === 'working') return phase.task;
  return 'resume' in phase && phase.resume.to === 'working' ? phase.resume.task : undefined;
}

function headOf(phase: Phase): { readonly tree: string } | undefined {
  if ('resume' in phase) return phase.resume.to === 'delivering' ? phase.resume.head : undefined;
  return phase.name === 'delivering' || phase.name === 'inReview' ? phase.head : undefined;
}

/** True when the criterion's own command passed on what is delivered; before delivery, on the last tree that was looked at. */
export function isProven(run: Run, criterion: Criterion): boolean {
  const head = headOf(run.phase);
  return run.evidence.some(
    ({ kind, name, outcome, tree }) =>
      kind === 'criterion' && name === criterion.id && outcome === 'pass' && (head === undefined || tree === head.tree),
  );
}

/** Which of how many tasks is at hand, and its title in plain text. */
export function taskInWords(run: Run, { task }: WorkingPhase): string {
  const tasks = run.plan?.tasks ?? [];
  const index = tasks.findIndex(({ id }) => id === task);
  const title = oneLine(tasks[index]?.title ?? task);
  return tasks.length > 1 ? `task ${index + 1} of ${tasks.length}: ${title}` : title;
}

/** Time since the trigger; it stands still once nothing moves any more. */
export function elapsedMs(run: Run, nowMs: number): number {
  const { phase } = run;
  const rests = isEnded(phase) || phase.name === 'blocked' || phase.name === 'inReview';
  return (rests ? run.updatedAtMs : nowMs) - run.createdAtMs;
}
