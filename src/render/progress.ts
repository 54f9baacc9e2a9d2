import { fleetTaskIds, type Criterion, type Task } from '../domain/plan.js';
import { isEnded, standing, type Lane, type Phase, type PhaseName } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Inspection } from '../domain/verdict.js';
import type { Snapshot } from '../domain/work.js';
import { oneLine } from './plain.js';
import { isDelivered } from './round.js';

/** True for a task of the plan that is on the run's branch. */
export function isTaskDone(run: Run, task: Task): boolean {
  const at = run.plan?.tasks.indexOf(task) ?? -1;
  return at !== -1 && at < tasksDone(run);
}

/** How many tasks of the plan are on the run's branch; those that come before a round's plan are done when it is made. */
export function tasksDone(run: Run): number {
  const tasks = run.plan?.tasks ?? [];
  const atHand = tasksAtHand(run.phase);
  if (atHand.length > 0) return tasks.findIndex(({ id }) => atHand.includes(id));
  const isDone = run.round === 1 ? run.mergeRequest !== undefined : run.phase.name === 'planning' || isDelivered(run);
  return isDone || headOf(run.phase) !== undefined ? tasks.length : 0;
}

function tasksAtHand(phase: Phase): readonly string[] {
  if ('resume' in phase && phase.resume.to === 'working') return [phase.resume.task];
  return lanesOf(phase).map(({ task }) => task);
}

/** The tasks that are being worked on. */
export function lanesOf(phase: Phase): readonly Lane[] {
  const at = standing(phase);
  return at.name === 'working' ? at.lanes : [];
}

/** Where a task is, while it is being worked on. */
export function laneOfTask(phase: Phase, task: string): Lane | undefined {
  return lanesOf(phase).find((lane) => lane.task === task);
}

/** What is delivered, or was last. */
export function headOf(at: Phase): Snapshot | undefined {
  const phase = standing(at);
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

/** The verifier's word on what is delivered; before delivery, its last one. Undefined where nobody has looked at that. */
export function inspectionOf({ phase, inspection }: Run): Inspection | undefined {
  const head = headOf(phase);
  return head === undefined || inspection?.tree === head.tree ? inspection : undefined;
}

/** How the verifier knows that a criterion without a command holds; undefined where it does not say so. */
export function seenBy(
  run: Run,
  { id, proof }: Criterion,
): { readonly agent: string; readonly evidence: string } | undefined {
  const inspection = inspectionOf(run);
  const said = inspection?.criteria.filter((criterion) => criterion.id === id) ?? [];
  const [first] = said;
  return inspection === undefined || first === undefined || proof.kind === 'command' || said.some(({ met }) => !met)
    ? undefined
    : { agent: inspection.agent, evidence: first.evidence };
}

/** Which of how many tasks it is, and its title in plain text. */
export function taskInWords(run: Run, task: string): string {
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

const parked: readonly PhaseName[] = ['awaitingAnswer', 'awaitingApproval', 'awaitingAgent', 'inReview', 'blocked'];

/** Time since the trigger; it stands still once nothing moves any more. */
export function elapsedMs(run: Run, nowMs: number): number {
  const { phase } = run;
  const rests = isEnded(phase) || parked.includes(phase.name);
  return (rests ? run.updatedAtMs : nowMs) - run.createdAtMs;
}
