import { describe, expect, it } from 'vitest';
import type { Plan, Task } from '../../src/domain/plan.js';
import { inWorkOrder, planProblems } from '../../src/domain/plan-problems.js';

function aTask(id: string, changes: Partial<Task> = {}): Task {
  return {
    id,
    title: id,
    description: '',
    dependsOn: [],
    files: [],
    creates: [],
    criteria: ['AC1'],
    threads: [],
    ...changes,
  };
}

function aPlan(tasks: readonly Task[], criteria: readonly string[] = ['AC1']): Plan {
  return {
    summary: '',
    criteria: criteria.map((id) => ({ id, text: id, proof: { kind: 'inspection' } })),
    tasks,
    supersededTests: [],
    risks: [],
  };
}

describe('planProblems', () => {
  it.each<[string, Plan, readonly string[]]>([
    [
      'a good plan',
      aPlan([aTask('T1', { files: ['a.js'], creates: ['b.js'] }), aTask('T2', { dependsOn: ['T1'], files: ['b.js'] })]),
      [],
    ],
    [
      'nothing in it',
      aPlan([], []),
      ['criteria: name at least one acceptance criterion', 'tasks: name at least one task'],
    ],
    ['a double criterion', aPlan([aTask('T1')], ['AC1', 'AC1']), ['criteria: the id AC1 stands there more than once']],
    ['a double task', aPlan([aTask('T1'), aTask('T1'), aTask('T1')]), ['tasks: the id T1 stands there more than once']],
    ['an unknown task', aPlan([aTask('T1', { dependsOn: ['T2'] })]), ['task T1: dependsOn names T2, which is no task']],
    [
      'an unknown criterion',
      aPlan([aTask('T1', { criteria: ['AC1', 'AC2'] })]),
      ['task T1: criteria names AC2, which is no criterion'],
    ],
    [
      'a criterion that no task serves',
      aPlan([aTask('T1')], ['AC1', 'AC2']),
      ['criterion AC2: no task lists it in its criteria'],
    ],
    [
      'a file that is not there',
      aPlan([aTask('T1', { files: ['src'] })]),
      ['task T1: src in files does not exist; a new file belongs in creates'],
    ],
    [
      'a file outside',
      aPlan([aTask('T1', { creates: ['../x', '/y'] })]),
      ['../x', '/y'].map((path) => `task T1: ${path} in creates must be a path below the root of the repository`),
    ],
    [
      'a task that waits for itself',
      aPlan([aTask('T1', { dependsOn: ['T1'] })]),
      ['tasks: dependsOn goes round in a circle among T1'],
    ],
    [
      'a circle',
      aPlan([aTask('T0'), aTask('T1', { dependsOn: ['T2'] }), aTask('T2', { dependsOn: ['T1', 'T0'] })]),
      ['tasks: dependsOn goes round in a circle among T1, T2'],
    ],
    [
      "Fleet's own tasks",
      aPlan([aTask('MERGE'), aTask('ANSWER')]),
      ['MERGE', 'ANSWER'].map((id) => `tasks: the id ${id} is Fleet's own; give the task another one`),
    ],
    [
      'all at once',
      aPlan([aTask('T1', { dependsOn: ['T1', 'T3'], criteria: [] }), aTask('T1')], ['AC2']),
      [
        'tasks: the id T1 stands there more than once',
        'task T1: dependsOn names T3, which is no task',
        'task T1: criteria names AC1, which is no criterion',
        'criterion AC2: no task lists it in its criteria',
      ],
    ],
  ])('of %s', (_, plan, problems) => {
    expect(planProblems(plan, { paths: ['a.js'], answersFeedback: false, done: [] })).toEqual(problems);
  });

  const many = (count: number): readonly Task[] => Array.from({ length: count }, (_, at) => aTask(`T${at}`));
  const advice = 'put together what changes together, and leave out what the issue does not ask for';
  it.each<[string, Plan, number | undefined, readonly string[]]>([
    ['30 tasks', aPlan(many(30)), undefined, []],
    ['31 tasks', aPlan(many(31)), undefined, [`tasks: 31 tasks are more than 30: ${advice}`]],
    [
      '500 tasks, whatever else is wrong with them',
      aPlan([...many(499), aTask('T0', { dependsOn: ['T0'], criteria: [], files: ['gone.js'] })]),
      undefined,
      [`tasks: 500 tasks are more than 30: ${advice}`],
    ],
    ['as many as the budget bears', aPlan(many(4)), 4, []],
    [
      'more than the budget bears',
      aPlan(many(5)),
      4,
      [`tasks: 5 tasks are more than 4, which is what the budget of this run bears: ${advice}`],
    ],
    [
      'more than any plan may have, on a large budget',
      aPlan(many(31)),
      900,
      [`tasks: 31 tasks are more than 30: ${advice}`],
    ],
    [
      'too many criteria',
      aPlan(
        [aTask('T1')],
        Array.from({ length: 51 }, (_, at) => `AC${at}`),
      ),
      undefined,
      ['criteria: 51 criteria are more than 50: keep those that show the issue is done'],
    ],
  ])('of its size: %s', (_, plan, mostTasks, problems) => {
    const ground = { paths: [], answersFeedback: false, done: [] };
    expect(planProblems(plan, { ...ground, ...(mostTasks === undefined ? {} : { mostTasks }) })).toEqual(problems);
  });

  it.each<[string, Plan, readonly string[]]>([
    ['nothing in it', aPlan([], []), []],
    ['criteria from before, and nothing to do', aPlan([]), []],
    ['tasks without criteria', aPlan([aTask('T1', { criteria: [], threads: ['t1'] })], []), []],
    [
      'a criterion that no task serves',
      aPlan([aTask('T1', { criteria: [] })]),
      ['criterion AC1: no task lists it in its criteria'],
    ],
    ['an unknown criterion', aPlan([aTask('T1')], []), ['task T1: criteria names AC1, which is no criterion']],
  ])('that answers feedback, of %s', (_, plan, problems) => {
    expect(planProblems(plan, { paths: [], answersFeedback: true, done: [] })).toEqual(problems);
  });
});

describe('inWorkOrder', () => {
  it.each([
    ['keeps what is in order', ['a', 'b>a', 'c'], 'abc'],
    ['puts a task after what it needs', ['a>c', 'b', 'c'], 'bca'],
    ['takes the first written of those that can go', ['d>b', 'c>a', 'b', 'a'], 'bdac'],
    ['leaves a circle as it was written', ['a>b', 'b>a'], 'ab'],
  ])('%s', (_, written, order) => {
    const tasks = written.map((word) => {
      const [id = '', dependsOn] = word.split('>');
      return aTask(id, { dependsOn: dependsOn === undefined ? [] : [dependsOn] });
    });
    expect(
      inWorkOrder(tasks)
        .map((task) => task.id)
        .join(''),
    ).toBe(order);
  });
});
