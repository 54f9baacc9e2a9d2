import type { RepositoryState } from '../../test/support/github/state.js';
import { ByHand } from './by-hand.js';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World, type Batch, type Finished } from './world.js';

const atOnce = 8;

/** From the label, in ms; of several at once the slowest. */
interface Times {
  readonly startedMs: number;
  readonly pushedMs: number;
  /** Without the time that agents and checks took. */
  readonly ownMs: number;
}

/** Label → agent, label → pushed, and the calls on the way: with one run, and with eight at once in eight repositories. */
export async function measureRuns(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await World.make(engine, atOnce);
  try {
    await world.start();
    const byHand = new ByHand(world);
    // Mirrors, tokens and code of both sides are warm.
    await world.work(world.repositories);
    for (const repository of world.repositories) await byHand.prepare(repository);
    await Promise.all(world.repositories.map((each) => byHand.once(each)));
    const one = await measure(world, byHand, { repositories: world.repositories.slice(0, 1), rounds });
    const eight = await measure(world, byHand, { repositories: world.repositories, rounds });
    return [
      ...timeFigures(engine, one, { n: 'N=1', startedMs: 300, ownMs: 500 }),
      ...timeFigures(engine, eight, { n: 'N=8', startedMs: 1_200, ownMs: 2_000 }),
      ...callFigures(engine, one),
    ];
  } finally {
    await world.close();
  }
}

interface Measured {
  readonly fleet: readonly Times[];
  readonly bare: readonly Times[];
  /** Of each round: calls until the merge request was open, tokens minted, and calls until it was said. */
  readonly calls: readonly { readonly rest: number; readonly tokens: number; readonly restInAll: number }[];
}

async function measure(
  world: World,
  byHand: ByHand,
  { repositories, rounds }: { readonly repositories: readonly RepositoryState[]; readonly rounds: number },
): Promise<Measured> {
  const fleet: Times[] = [];
  const bare: Times[] = [];
  const calls: Measured['calls'][number][] = [];
  for (let round = 0; round < rounds; round += 1) {
    const batch = await world.label(repositories);
    const finished = await world.finished(batch);
    fleet.push(slowest(finished.map(timesOf)));
    calls.push(callsSince(world, batch));
    bare.push(slowest(await Promise.all(repositories.map((each) => byHand.once(each)))));
  }
  return { fleet, bare, calls };
}

function slowest(all: readonly Times[]): Times {
  const most = (of: (times: Times) => number): number => Math.max(...all.map(of));
  return {
    startedMs: most((each) => each.startedMs),
    pushedMs: most((each) => each.pushedMs),
    ownMs: most((each) => each.ownMs),
  };
}

function timesOf({ run, labelledAtMs, agentStartedAtMs, pushedAtMs }: Finished): Times {
  const attempts = run.attempts.map(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs);
  const checks = run.evidence.map(({ durationMs }) => durationMs);
  const others = [...attempts, ...checks].reduce((total, each) => total + each, 0);
  const pushedMs = pushedAtMs - labelledAtMs;
  return { startedMs: agentStartedAtMs - labelledAtMs, pushedMs, ownMs: pushedMs - others };
}

function callsSince(world: World, { callsBefore, issues }: Batch): Measured['calls'][number] {
  const calls = world.gitHub.calls.slice(callsBefore);
  const opened = calls.findIndex(({ method, path }) => method === 'POST' && path.endsWith('/pulls')) + 1;
  const rest = (some: typeof calls): number => some.filter(({ kind }) => kind === 'rest').length / issues.length;
  return {
    rest: rest(calls.slice(0, opened)),
    restInAll: rest(calls),
    tokens: calls.filter(({ kind }) => kind === 'token').length,
  };
}

function timeFigures(
  engine: Engine,
  { fleet, bare }: Measured,
  aims: { readonly n: string; readonly startedMs: number; readonly ownMs: number },
): readonly Figure[] {
  const common = { engine: engine.name, unit: 'ms' } as const;
  const pushes = { what: 'fetch, worktree add, agent, add, commit, push', values: bare.map(({ ownMs }) => ownMs) };
  return [
    {
      ...common,
      row: 'started',
      what: `label → agent process started, ${aims.n}`,
      values: fleet.map(({ startedMs }) => startedMs),
      aim: aims.startedMs,
      bare: { what: 'fetch, worktree add, spawn', values: bare.map(({ startedMs }) => startedMs) },
    },
    {
      ...common,
      row: 'pushed',
      what: `label → pushed less agents and checks, ${aims.n}`,
      values: fleet.map(({ ownMs }) => ownMs),
      aim: aims.ownMs,
      bare: pushes,
    },
    {
      ...common,
      row: 'pushed',
      what: `label → pushed, with agents and checks that do nothing, ${aims.n}`,
      values: fleet.map(({ pushedMs }) => pushedMs),
      bare: pushes,
    },
  ];
}

function callFigures(engine: Engine, { calls }: Measured): readonly Figure[] {
  const common = { row: 'calls', engine: engine.name, unit: 'calls' } as const;
  return [
    { ...common, what: 'forge calls from label to open merge request', values: calls.map(({ rest }) => rest), aim: 10 },
    { ...common, what: 'the same until everything is said', values: calls.map(({ restInAll }) => restInAll) },
    { ...common, what: 'tokens minted meanwhile (not counted above)', values: calls.map(({ tokens }) => tokens) },
  ];
}
