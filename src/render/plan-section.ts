import { answerTaskId, mergeTaskId, proveTaskId, type Plan, type Task } from '../domain/plan.js';
import { criteriaDue } from '../domain/receipts.js';
import type { Run } from '../domain/run.js';
import { listOf } from './plain.js';
import { isFleets, laneOfTask, lanesOf, tasksDone } from './progress.js';
import { criterionText } from './prompt.js';

/** The plan as a developer sees it: what is done, what others do at the same time, and the task at hand, `id`. */
export function planSection(run: Run, { summary, criteria, tasks, supersededTests }: Plan, id: string): string {
  const task = tasks.find((one) => one.id === id);
  const due = criteriaDue(run.plan, id);
  const own = criteria.filter((criterion) => task?.criteria.includes(criterion.id) && due.includes(criterion.id));
  return [
    ...[`## The plan`, summary, ...roundText(run), listOf(statesOf(run, tasks, id)), ...othersText(run)],
    `## Your task: ${id} ${task?.title ?? ''}\n\n${taskText(run, id, task)}`,
    ...(task === undefined || isFleets(id) ? [] : filesText(task)),
    ...(own.length === 0 ? [] : [`It is done when this holds:\n\n${listOf(own.map(criterionText))}`]),
    ...(supersededTests.length === 0
      ? []
      : [
          `Tests that may change, because the issue asks for the opposite:\n\n${listOf(supersededTests.map(({ test, reason }) => `${test}: ${reason}`))}`,
        ]),
  ].join('\n\n');
}

function roundText({ round, cause }: Run): readonly string[] {
  if (cause === undefined) return [];
  return [`This is round ${round}: it answers what reviewers and CI said. ${cause.summary ?? ''}`.trimEnd()];
}

function statesOf(run: Run, tasks: readonly Task[], id: string): readonly string[] {
  const done = lanesOf(run.phase).length === 0 ? tasks.findIndex((task) => task.id === id) : tasksDone(run);
  return tasks.map((task, index) => {
    const isOthers = laneOfTask(run.phase, task.id) !== undefined;
    const state = task.id === id ? 'now, yours' : index < done ? 'done' : isOthers ? 'being done by others' : 'later';
    return `${task.id} ${task.title} (${state})`;
  });
}

function othersText({ phase }: Run): readonly string[] {
  return lanesOf(phase).length < 2
    ? []
    : [
        'Others work on their tasks at this moment, each in a worktree of its own, and Fleet puts all of it on one branch. Leave their tasks to them, and keep to the files of yours: what two have changed in the same place is work for whoever comes second.',
      ];
}

function taskText({ phase }: Run, id: string, task: Task | undefined): string {
  const lane = laneOfTask(phase, id);
  if (id === mergeTaskId) {
    return lane?.merges !== undefined
      ? 'Another branch is merged into this one. Resolve what conflicts; nothing else is part of it.'
      : 'Fleet has done this itself, without a conflict, and what came of it is red. Mend that; nothing else is part of it.';
  }
  if (id === proveTaskId)
    return 'All tasks are done, but the change does not hold yet: its tests do not prove it, it breaks what tests of the base hold it to, or whoever looked at it found a fault. Mend what is named below; nothing else is part of it.';
  if (id === answerTaskId)
    return 'Answer the threads below in writing. Nothing is left to change: read the code, so that what you say is so.';
  const moved =
    lane?.isConflicted === true
      ? '\n\nIt is done once already, but other tasks came onto the branch before it, and it conflicts with what they brought. Both are in the worktree: leave no conflict marker behind, and nothing of theirs out.'
      : '';
  return `${task?.description ?? ''}${moved}`.trimStart();
}

function filesText({ files, creates }: Task): readonly string[] {
  const expected = [...files.map((file) => `\`${file}\``), ...creates.map((file) => `\`${file}\` (new)`)];
  return expected.length === 0 ? [] : [`Files that the plan expects to change: ${expected.join(', ')}`];
}
