import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Engine } from './engine.js';
import type { Amount, Figure } from './figure.js';
import { World } from './world.js';

/** `fleet start` → the first 200 of `/readyz`: on an empty data folder, and again on the same one. */
export async function measureBoot(engine: Engine, { rounds }: Amount): Promise<readonly Figure[]> {
  const first: number[] = [];
  const warm: number[] = [];
  const node: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const world = await World.make(engine, 0);
    try {
      first.push((await world.start('cli')).readyMs);
      await world.stop();
      warm.push((await world.start('cli')).readyMs);
    } finally {
      await world.close();
    }
    node.push(await nodeMs());
  }
  const common = { row: 'boot', engine: engine.name, unit: 'ms', bare: { what: 'node -e 0', values: node } } as const;
  const [warmMs, firstMs] = engine.name === 'embedded' ? [1_500, 3_000] : [undefined, undefined];
  return [
    { ...common, what: 'boot to ready, warm', values: warm, ...(warmMs === undefined ? {} : { aim: warmMs }) },
    { ...common, what: 'boot to ready, first ever', values: first, ...(firstMs === undefined ? {} : { aim: firstMs }) },
  ];
}

async function nodeMs(): Promise<number> {
  const startedMs = performance.now();
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit');
  return performance.now() - startedMs;
}
