import type { Run } from '../../src/domain/run.js';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World, type Finished } from './world.js';

/** What the figures of `tasks` are about; more tasks are to cost no more each. */
const few = 5;
const many = 10;
const seconds = 10;

/** What Fleet itself takes for runs of several tasks, and that two tasks are worked on side by side. */
export async function measureTasks(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await World.make(engine, 1);
  try {
    await world.start();
    // Mirror, tokens and code are warm.
    await world.work(world.repositories);
    const own: Record<number, number[]> = { [few]: [], [many]: [] };
    for (let round = 0; round < rounds; round += 1)
      for (const [tasks, values] of Object.entries(own)) values.push(ownMs(await workOn(world, Number(tasks), 0)));
    const both: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const { run } = await workOn(world, 2, seconds);
      both.push(await untilDoneMs(world, run));
    }
    const [ofFew = [], ofMany = []] = [own[few], own[many]];
    const common = { row: 'tasks', engine: engine.name } as const;
    return [
      { ...common, unit: 'ms', what: `label → pushed less agents, ${few} tasks`, values: ofFew, aim: 3_000 },
      { ...common, unit: 'ms', what: `label → pushed less agents, ${many} tasks`, values: ofMany },
      {
        ...{ ...common, unit: '%', what: `of that for each task, ${many} tasks against ${few}`, aim: 125 },
        values: ofMany.map((each, round) => (100 * each * few) / ((ofFew[round] ?? 0) * many)),
      },
      {
        ...{ ...common, unit: 'ms', what: `two tasks of ${seconds} s: first start → both on the branch` },
        ...{ values: both, aim: 13_000 },
      },
    ];
  } finally {
    await world.close();
  }
}

async function workOn(world: World, tasks: number, seconds: number): Promise<Finished> {
  world.plan({ tasks, seconds });
  const [finished] = await world.work(world.repositories);
  if (finished?.run.plan?.tasks.length !== tasks) throw new Error(`a run of ${tasks} tasks was not worked on`);
  return finished;
}

/** Without the time in which any agent was at work. What checks take is left in: they do nothing. */
function ownMs({ run, labelledAtMs, pushedAtMs }: Finished): number {
  return pushedAtMs - labelledAtMs - covered(run.attempts);
}

type Interval = Pick<Run['attempts'][number], 'startedAtMs' | 'endedAtMs'>;

/** How much time there is in any of these intervals. */
function covered(intervals: readonly Interval[]): number {
  let total = 0;
  let untilMs = 0;
  for (const { startedAtMs, endedAtMs } of [...intervals].sort((a, b) => a.startedAtMs - b.startedAtMs)) {
    total += Math.max(0, endedAtMs - Math.max(startedAtMs, untilMs));
    untilMs = Math.max(untilMs, endedAtMs);
  }
  return total;
}

async function untilDoneMs(world: World, run: Run): Promise<number> {
  const starts = run.attempts.filter(({ role }) => role === 'developer').map(({ startedAtMs }) => startedAtMs);
  const done = (await world.journal(run)).find(({ text }) => text.endsWith('all tasks are done'));
  if (done === undefined) throw new Error(`the journal of run ${run.id} does not say when its tasks were done`);
  return done.atMs - Math.min(...starts);
}
