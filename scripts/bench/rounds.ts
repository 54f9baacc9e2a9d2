import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Run } from '../../src/domain/run.js';
import { ByHand } from './by-hand.js';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { until } from './ground.js';
import { gitHubReviewed, gitLabReviewed, settleMs, type Reviewed, type StartReviewed } from './reviewed.js';
import { measureStorm } from './storm.js';

const threads = 5;
const idleMergeRequests = 50;
/** Between two looks at the forge; they are told apart by the silence between them. */
const resync = '4s';
const silenceMs = 1_500;
/** No look disturbs what is counted. */
const noResync = '1h';

/** What a round of review costs, what a look at many merge requests costs, and that no order of deliveries matters. */
export async function measureRounds(engine: Engine, amount: Amount): Promise<readonly Figure[]> {
  return [
    ...(await measureGitHub(engine, amount)),
    ...(await measureGitLab(engine, amount)),
    await measureLooks(engine, amount, gitHubReviewed),
    await measureLooks(engine, amount, gitLabReviewed),
    ...(await measureStorm(engine)),
  ];
}

/** A round as it went. */
interface Round {
  /** From the last delivery of the review and the settle time to the first line of the planner. */
  readonly startedMs: number;
  readonly calls: number;
}

async function measureGitHub(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await gitHubReviewed(engine, noResync);
  try {
    const { folder, marks } = world.ground;
    const byHand = new ByHand({ folder, marks, gitHub: world.gitHub });
    await byHand.prepare(world.repository);
    await byHand.once(world.repository);
    const seen: Round[] = [];
    const bare: number[] = [];
    await open(world);
    for (let round = 0; round < rounds; round += 1) {
      seen.push(await reviewOnce(world));
      bare.push((await byHand.once(world.repository)).startedMs);
    }
    return [
      {
        ...{ row: 'rounds', engine: engine.name, unit: 'ms', aim: 500 },
        what: 'review submitted → agent of the next round started, after the settle time',
        values: seen.map(({ startedMs }) => startedMs),
        bare: { what: 'fetch, worktree add, spawn', values: bare },
      },
      callFigure(engine, world, seen),
    ];
  } finally {
    await world.close();
  }
}

async function measureGitLab(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await gitLabReviewed(engine, noResync);
  try {
    const seen: Round[] = [];
    await open(world);
    for (let round = 0; round < rounds; round += 1) seen.push(await reviewOnce(world));
    return [callFigure(engine, world, seen)];
  } finally {
    await world.close();
  }
}

function callFigure(engine: Engine, { forge }: Reviewed, seen: readonly Round[]): Figure {
  return {
    ...{ row: 'rounds', engine: engine.name, unit: 'calls', aim: 20 },
    what: `forge calls of a round with ${threads} threads, all answered and resolved, ${forge}`,
    values: seen.map(({ calls }) => calls),
  };
}

/** A merge request that has had one round of review: what is loaded or made once is there. */
async function open(world: Reviewed): Promise<void> {
  await world.ask();
  await atRest(world, 1);
  await reviewOnce(world);
}

async function reviewOnce(world: Reviewed): Promise<Round> {
  const [run] = await world.ground.runs();
  if (run === undefined) throw new Error('there is no run');
  const mark = join(world.ground.marks, `${run.id}.planner.started`);
  rmSync(mark);
  const [callsBefore, doneBefore] = [world.calls().length, world.threadsDone()];
  const sentAtMs = await world.review(threads);
  // Fleet is not asked before the forge has the answers.
  await until(() => world.threadsDone() === doneBefore + threads, 'the answers');
  await atRest(world, run.round + 1);
  const startedMs = statSync(mark).mtimeMs - sentAtMs - settleMs;
  return { startedMs, calls: world.calls().length - callsBefore };
}

/** Everything is said about the round, and nothing is on its way. */
async function atRest(world: Reviewed, round: number): Promise<void> {
  await until(async () => {
    const [run] = await world.ground.runs();
    return run?.round === round && isAtRest(run);
  }, `round ${round}`);
  await silence(world, 500);
}

function isAtRest({ phase, status }: Run): boolean {
  return phase.name === 'inReview' && phase.settling === undefined && status.state === 'shown';
}

async function silence(world: Reviewed, ms: number): Promise<void> {
  for (let seen = -1; seen < world.calls().length;) {
    seen = world.calls().length;
    await delay(ms);
  }
}

/** Calls of a look at a repository where nothing has changed since the last one. */
async function measureLooks(engine: Engine, { rounds }: Amount, start: StartReviewed): Promise<Figure> {
  const world = await start(engine, resync);
  try {
    for (let count = 0; count < idleMergeRequests; count += 1) await world.ask();
    await until(() => world.mergeRequests() === idleMergeRequests, 'the merge requests');
    await until(async () => (await world.ground.runs()).every(isAtRest), 'the runs');
    const values: number[] = [];
    await nextLook(world);
    // What Fleet said itself is read once.
    for (let before = Infinity, now = await nextLook(world); now < before;) {
      before = now;
      now = await nextLook(world);
    }
    for (let round = 0; round < rounds; round += 1) values.push(await nextLook(world));
    return {
      ...{ row: 'rounds', engine: engine.name, unit: 'calls', aim: 6 },
      what: `forge calls of one resync with ${idleMergeRequests} open merge requests, nothing changed, ${world.forge}`,
      values,
    };
  } finally {
    await world.close();
  }
}

async function nextLook(world: Reviewed): Promise<number> {
  await silence(world, silenceMs);
  const before = world.calls().length;
  await until(() => world.calls().length > before, 'a look at the forge');
  await silence(world, silenceMs);
  return world.calls().length - before;
}
