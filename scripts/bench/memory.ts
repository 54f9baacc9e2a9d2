import { setTimeout as delay } from 'node:timers/promises';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World } from './world.js';

const runs = 8;

/** What the daemon holds when it does nothing: after boot, and after eight runs at once. */
export async function measureMemory(engine: Engine, { rounds, restMs }: Amount): Promise<readonly Figure[]> {
  const booted: number[] = [];
  const worked: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const world = await World.make(engine, runs);
    try {
      const fleet = await world.start();
      await delay(restMs);
      booted.push(fleet.residentMb());
      await world.work(world.repositories);
      await delay(restMs);
      worked.push(fleet.residentMb());
    } finally {
      await world.close();
    }
  }
  const common = {
    row: 'memory',
    engine: engine.name,
    unit: 'MB',
    aim: engine.name === 'embedded' ? 450 : 150,
  } as const;
  return [
    { ...common, what: `resident memory ${restMs / 1000} s after boot`, values: booted },
    { ...common, what: `resident memory ${restMs / 1000} s after 8 runs`, values: worked },
  ];
}
