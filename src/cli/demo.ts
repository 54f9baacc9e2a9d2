import { exit, type Exit } from './exit.js';
import type { World } from './world.js';

export interface DemoOptions {
  readonly agent?: string;
  readonly keep: boolean;
}

export async function demo(_world: World, _options: DemoOptions): Promise<Exit> {
  return Promise.resolve(exit.done);
}
