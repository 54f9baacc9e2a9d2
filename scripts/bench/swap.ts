import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World } from './world.js';

/** From the moment in which an agent says that its account has hit a limit to the first line of the next one in the same worktree, one after the other. */
export async function measureSwap(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const world = await World.make(engine, 1, { limited: rounds });
  try {
    await world.start();
    const [finished] = await world.work(world.repositories);
    if (finished === undefined) throw new Error('there was no run');
    const { attempts, id } = finished.run;
    const failed = attempts.filter(({ role, outcome }) => role === 'developer' && outcome.kind === 'failed');
    if (failed.length !== rounds) throw new Error(`${failed.length} of ${rounds} developers have hit a limit`);
    const marks = [...Array.from({ length: rounds }, (_, index) => `limited-${index + 1}`), 'developer.started'];
    const times = marks.map((mark) => statSync(join(world.marks, `${id}.${mark}`)).mtimeMs);
    const values = times.slice(1).map((time, index) => time - (times[index] ?? 0));
    const what = "limit seen → next agent's process started";
    return [{ row: 'swap', engine: engine.name, unit: 'ms', what, values, aim: 1_000 }];
  } finally {
    await world.close();
  }
}
