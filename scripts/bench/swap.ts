import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World } from './world.js';

/** From the moment in which an agent says that its account has hit a limit to the first line of the next one in the same worktree. */
export async function measureSwap(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await World.make(engine, 1, { limited: rounds });
  try {
    await world.start();
    const values: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      const [finished] = await world.work(world.repositories);
      if (finished === undefined) throw new Error('there was no run');
      const { attempts, id } = finished.run;
      const ends = attempts.filter(({ role }) => role === 'developer').map(({ outcome }) => outcome.kind);
      if (ends.join(' ') !== 'failed finished')
        throw new Error(`the developers of ${id} ended otherwise: ${ends.join(' ')}`);
      const at = (mark: string): number => statSync(join(world.marks, `${id}.${mark}`)).mtimeMs;
      values.push(at('developer.started') - at('limited'));
    }
    const what = "limit seen → next agent's process started";
    return [{ row: 'swap', engine: engine.name, unit: 'ms', what, values, aim: 1_000 }];
  } finally {
    await world.close();
  }
}
