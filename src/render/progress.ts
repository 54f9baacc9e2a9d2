import { fleetTaskIds, mergeTaskId, type Criterion, type Task } from '../domain/plan.js';
import { isEnded, type Phase, type Run, type Snapshot, type WorkingPhase } from '../domain/run.js';
import { amountText, durationText, workedMs } from './format.js';
import { oneLine } from './plain.js';
import { earlierRounds, isDelivered, isPlanned, reasonOf } from './round.js';
import { wordsOf } from './words.js';

/** A step on the way to the merge request. */
export interface Step {
  /** Plain text. */
  readonly label: string;
  readonly state: 'done' | 'now' | 'ahead';
  /** How long it took so far; empty where nothing was measured. */
  readonly time: string;
}

/** The way of a run, from its workspace to its merge request, or of the round at hand; texts are not escaped yet. */
export function stepsOf(run: Run): readonly Step[] {
  return run.round === 1 ? firstSteps(run) : roundSteps(run);
}

function firstSteps(run: Run): readonly Step[] {
  const { phase, plan, prepared, mergeRequest } = run;
  const planning = run.attempts.filter(({ role }) => role === 'planner');
  const tasks = plan?.tasks.map((task) => taskStep(run, task));
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

/** Rounds before in a line each. What Fleet itself brings in comes before the plan, and needs none where it is all. */
function roundSteps(run: Run): readonly Step[] {
  const { phase, plan } = run;
  const tasks = plan?.tasks ?? [];
  const own = tasks.slice(0, tasks[0]?.id === mergeTaskId ? 1 : 0);
  const isOver = phase.name === 'delivering' || isDelivered(run);
  const plans = isPlanned(run) || !isOver;
  return [
    ...earlierRounds(run).map((one) => {
      const what = one.cause === undefined ? amountText(one.tasks.length, 'task') : reasonOf(run, one.cause);
      return step(`Round ${one.round}: ${what}`, { done: true, now: false });
    }),
    ...own.map((task) => taskStep(run, task)),
    ...(plans ? [step('Plan', { done: isPlanned(run), now: phase.name === 'planning' })] : []),
    ...tasks.slice(own.length).map((task) => taskStep(run, task)),
    step(`Bring the ${wordsOf(run.repository.forge).mergeRequest} up to date`, {
      done: isDelivered(run),
      now: phase.name === 'delivering',
    }),
  ];
}

/** Attempts are not told apart by round, so only the first one's tasks have a time. */
function taskStep(run: Run, task: Task): Step {
  const attempts = run.round === 1 ? run.attempts.filter((attempt) => attempt.task === task.id) : [];
  const is = {
    done: (run.plan?.tasks ?? []).indexOf(task) < tasksDone(run),
    now: run.phase.name === 'working' && run.phase.task === task.id,
  };
  return step(isFleets(task.id) ? task.title : `${task.id}: ${oneLine(task.title)}`, is, workedMs(attempts));
}

function step(label: string, is: { readonly done: boolean; readonly now: boolean }, ms = 0): Step {
  return { label, state: is.done ? 'done' : is.now ? 'now' : 'ahead', time: ms > 0 ? durationText(ms) : '' };
}

/** How many tasks of the plan are on the run's branch; those that come before a round's plan are done when it is made. */
function tasksDone(run: Run): number {
  const tasks = run.plan?.tasks ?? [];
  const at = taskAtHand(run.phase);
  if (at !== undefined) return tasks.findIndex(({ id }) => id === at);
  const isDone = run.round === 1 ? run.mergeRequest !== undefined : run.phase.name === 'planning' || isDelivered(run);
  return isDone || headOf(run.phase) !== undefined ? tasks.length : 0;
}

function taskAtHand(phase: Phase): string | undefined {
  if (phase.name === 'working') return phase.task;
  return 'resume' in phase && phase.resume.to === 'working' ? phase.resume.task : undefined;
}

/** What is delivered, or was last. */
export function headOf(phase: Phase): Snapshot | undefined {
  if ('resume' in phase) {
    const { resume } = phase;
    return resume.to === 'delivering' || resume.to === 'verifying' ? resume.head : undefined;
  }
  return phase.name === 'verifying' || phase.name === 'delivering' || phase.name === 'inReview'
    ? phase.head
    : undefined;
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
  const planned = tasks.filter(({ id }) => !isFleets(id));
  const index = planned.findIndex(({ id }) => id === task);
  const title = oneLine(tasks.find(({ id }) => id === task)?.title ?? task);
  return index !== -1 && planned.length > 1 ? `task ${index + 1} of ${planned.length}: ${title}` : title;
}

/** True for a task that Fleet itself has put into a round. */
export function isFleets(task: string): boolean {
  return fleetTaskIds.includes(task);
}

/** Time since the trigger; it stands still once nothing moves any more. */
export function elapsedMs(run: Run, nowMs: number): number {
  const { phase } = run;
  const rests = isEnded(phase) || phase.name === 'blocked' || phase.name === 'inReview';
  return (rests ? run.updatedAtMs : nowMs) - run.createdAtMs;
}
