import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World } from './world.js';

const [few, many] = [3, 9];
const hourMs = 3_600_000;

/** Calls that the forge sees while open merge requests wait for people, and how many more there are with more of them. */
export async function measureIdle(engine: Engine, { idleMs }: Amount): Promise<readonly Figure[]> {
  const world = await World.make(engine, many);
  try {
    await world.start();
    const counted = async (): Promise<number> => {
      const before = world.gitHub.calls.length;
      await delay(idleMs);
      return world.gitHub.calls.length - before;
    };
    await world.work(world.repositories.slice(0, few));
    const callsOfFew = await counted();
    await world.work(world.repositories.slice(few));
    const callsOfMany = await counted();
    const common = { row: 'idle', engine: engine.name } as const;
    const perHour = ((callsOfMany - callsOfFew) * hourMs) / idleMs;
    return [
      {
        ...common,
        what: 'forge calls per hour that grow with idle merge requests',
        unit: 'calls/h',
        values: [perHour],
        aim: 0,
      },
      {
        ...common,
        what: `calls in ${idleMs / 1000} s with ${few} and with ${many} open`,
        unit: 'calls',
        values: [callsOfFew, callsOfMany],
      },
    ];
  } finally {
    await world.close();
  }
}
