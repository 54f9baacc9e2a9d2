import { fleetTaskIds, type Plan, type Task } from './plan.js';

/** What a plan is held against. */
interface Ground {
  /** Files of the tree that it is about. */
  readonly paths: readonly string[];
  /** Answers may be enough: then there is no task, and nothing that a task would serve. */
  readonly answersFeedback: boolean;
  /** Tasks of an earlier plan of the round that are on the branch. */
  readonly done: readonly Task[];
  /** How many tasks the budget bears, where that is less than any plan may have. */
  readonly mostTasks?: number;
}

/** More than an issue needs, and than a person reads. */
const mostOfAny = 30;
const mostCriteria = 50;

/** Every way in which a plan's references do not hold, in words that its author can act on. */
export function planProblems(plan: Plan, { paths, answersFeedback, done, mostTasks }: Ground): readonly string[] {
  // Of a plan that must become much smaller, nothing else is worth telling.
  const tooLarge = sizeProblems(plan, mostTasks);
  if (tooLarge.length > 0) return tooLarge;
  const criteria = plan.criteria.map((criterion) => criterion.id);
  const tasks = plan.tasks.map((task) => task.id);
  const served = new Set([...done, ...plan.tasks].flatMap((task) => task.criteria));
  const known = new Set([...paths, ...plan.tasks.flatMap((task) => task.creates)]);
  const unserved = answersFeedback && tasks.length === 0 ? [] : criteria.filter((id) => !served.has(id));
  return [
    ...(criteria.length === 0 && !answersFeedback ? ['criteria: name at least one acceptance criterion'] : []),
    ...(tasks.length === 0 && !answersFeedback && done.length === 0 ? ['tasks: name at least one task'] : []),
    ...doubles(criteria).map((id) => `criteria: the id ${id} stands there more than once`),
    ...doubles(tasks).map((id) => `tasks: the id ${id} stands there more than once`),
    ...done
      .filter(({ id }) => tasks.includes(id) && !fleetTaskIds.includes(id))
      .map(({ id }) => `tasks: ${id} is done already and on the branch; leave it out, and give new tasks other ids`),
    ...fleetTaskIds
      .filter((id) => tasks.includes(id))
      .map((id) => `tasks: the id ${id} is Fleet's own; give the task another one`),
    ...plan.tasks.flatMap((task) =>
      taskProblems(task, new Set([...tasks, ...done.map(({ id }) => id)]), new Set(criteria)),
    ),
    ...plan.tasks.flatMap((task) => fileProblems(task, known)),
    ...unserved.map((id) => `criterion ${id}: no task lists it in its criteria`),
    ...cycleProblems(plan.tasks),
  ];
}

function sizeProblems({ tasks, criteria }: Plan, borne = mostOfAny): readonly string[] {
  const most = Math.min(borne, mostOfAny);
  const what = most < mostOfAny ? `${most}, which is what the budget of this run bears` : `${most}`;
  return [
    ...(tasks.length > most
      ? [
          `tasks: ${tasks.length} tasks are more than ${what}: put together what changes together, and leave out what the issue does not ask for`,
        ]
      : []),
    ...(criteria.length > mostCriteria
      ? [`criteria: ${criteria.length} criteria are more than ${mostCriteria}: keep those that show the issue is done`]
      : []),
  ];
}

/** The tasks in an order in which each comes after those that it depends on, else as they were written. */
export function inWorkOrder(tasks: readonly Task[]): readonly Task[] {
  const ordered = sortByDependency(tasks);
  return ordered.length === tasks.length ? ordered : tasks;
}

function taskProblems(task: Task, tasks: ReadonlySet<string>, criteria: ReadonlySet<string>): readonly string[] {
  return [
    ...task.dependsOn
      .filter((id) => !tasks.has(id))
      .map((id) => `task ${task.id}: dependsOn names ${id}, which is no task`),
    ...task.criteria
      .filter((id) => !criteria.has(id))
      .map((id) => `task ${task.id}: criteria names ${id}, which is no criterion`),
  ];
}

function fileProblems(task: Task, known: ReadonlySet<string>): readonly string[] {
  return [
    ...task.files
      .filter((path) => !known.has(path))
      .map((path) => `task ${task.id}: ${path} in files does not exist; a new file belongs in creates`),
    ...task.creates
      .filter((path) => path.startsWith('/') || path.split('/').includes('..'))
      .map((path) => `task ${task.id}: ${path} in creates must be a path below the root of the repository`),
  ];
}

function cycleProblems(tasks: readonly Task[]): readonly string[] {
  const ordered = new Set(sortByDependency(tasks));
  const left = [...new Set(tasks.filter((task) => !ordered.has(task)).map((task) => task.id))];
  return left.length === 0 ? [] : [`tasks: dependsOn goes round in a circle among ${left.join(', ')}`];
}

/** Kahn's order, first written first; leaves out what is in a circle or waits for one. Unknown ids are told elsewhere. */
function sortByDependency(tasks: readonly Task[]): readonly Task[] {
  const ids = new Set(tasks.map((task) => task.id));
  const done = new Set<string>();
  const ordered: Task[] = [];
  const waiting = [...tasks];
  for (let next = 0; next !== -1;) {
    next = waiting.findIndex((task) => task.dependsOn.every((id) => done.has(id) || !ids.has(id)));
    const [task] = next === -1 ? [] : waiting.splice(next, 1);
    if (task === undefined) break;
    done.add(task.id);
    ordered.push(task);
  }
  return ordered;
}

function doubles(ids: readonly string[]): readonly string[] {
  return [...new Set(ids.filter((id, index) => ids.indexOf(id) !== index))];
}
