import type { Role } from '../domain/agent.js';
import { standing } from '../domain/phase.js';
import { mergeTaskId, type Task } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import { isShort } from '../domain/triage.js';
import { amountText, durationText, workedMs } from './format.js';
import { oneLine } from './plain.js';
import { isFleets, isTaskDone, laneOfTask } from './progress.js';
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
  const at = { ...run, phase: standing(run.phase) };
  return run.round === 1 ? firstSteps(at) : roundSteps(at);
}

function firstSteps(run: Run): readonly Step[] {
  const { phase, plan, prepared, mergeRequest } = run;
  const tasks = plan?.tasks.map((task) => taskStep(run, task));
  return [
    step('Prepare the repository', { done: prepared !== undefined, now: phase.name === 'queued' }),
    ...triageSteps(run),
    ...researchStep(run),
    step('Plan', { done: plan !== undefined, now: phase.name === 'planning' }, workedBy(run, 'planner', 'critic')),
    ...approvalStep(run),
    ...(tasks ?? [step('Work, and check', { done: false, now: false })]),
    verifyStep(run),
    step(`Open the ${wordsOf(run.repository.forge).mergeRequest}`, {
      done: mergeRequest !== undefined,
      now: phase.name === 'delivering',
    }),
  ];
}

/** Looked at by an agent, where there is one for that; what it asks is asked. */
function triageSteps(run: Run): readonly Step[] {
  const { phase, plan, prepared, triage } = run;
  const isLooked = triage !== undefined;
  const isMeant = plan === undefined && (prepared?.policy.agents.triager ?? []).length > 0;
  const questions = triage?.questions.length ?? 0;
  const now = phase.name === 'awaitingAnswer';
  return [
    ...(isLooked || isMeant
      ? [step('Look at the issue', { done: isLooked, now: phase.name === 'triaging' }, workedBy(run, 'triager'))]
      : []),
    ...(questions > 0 ? [step(`Ask ${amountText(questions, 'question')}`, { done: !now, now })] : []),
  ];
}

/** Small issues need none. */
function researchStep(run: Run): readonly Step[] {
  const { phase, plan, prepared, triage, research } = run;
  const isRead = research !== undefined;
  const isMeant = plan === undefined && !isShort(triage) && (prepared?.policy.agents.researcher ?? []).length > 0;
  return isRead || isMeant
    ? [step('Read the code', { done: isRead, now: phase.name === 'researching' }, workedBy(run, 'researcher'))]
    : [];
}

function approvalStep({ phase, plan, prepared, isPlanFirst }: Run): readonly Step[] {
  const now = phase.name === 'awaitingApproval';
  if (!now && isPlanFirst !== true && prepared?.policy.planApproval !== true) return [];
  return [step('Approve the plan', { done: plan !== undefined && !now && phase.name !== 'planning', now })];
}

function verifyStep(run: Run): Step {
  const { phase, round, mergeRequest } = run;
  const isVerified = phase.name === 'delivering' || ('resume' in phase && phase.resume.to === 'delivering');
  const isOver = round === 1 ? mergeRequest !== undefined : isDelivered(run);
  return step(
    'Verify the change',
    { done: isVerified || isOver, now: phase.name === 'verifying' },
    round === 1 ? workedBy(run, 'verifier') : 0,
  );
}

function workedBy({ attempts }: Run, ...roles: readonly Role[]): number {
  return workedMs(attempts.filter(({ role }) => roles.includes(role)));
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
    verifyStep(run),
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
    done: isTaskDone(run, task),
    now: laneOfTask(run.phase, task.id) !== undefined,
  };
  return step(isFleets(task.id) ? task.title : `${task.id}: ${oneLine(task.title)}`, is, workedMs(attempts));
}

function step(label: string, is: { readonly done: boolean; readonly now: boolean }, ms = 0): Step {
  return { label, state: is.done ? 'done' : is.now ? 'now' : 'ahead', time: ms > 0 ? durationText(ms) : '' };
}
