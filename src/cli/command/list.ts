import { runLine } from '../../render/terminal.js';
import { exit, type Exit } from '../exit.js';
import { withFleet } from '../reach.js';
import { harmless } from '../terminal.js';
import type { World } from '../world.js';

export interface ListOptions {
  readonly json: boolean;
  readonly open: boolean;
  readonly limit: number;
}

/** The newest runs. */
export async function list(world: World, { json, open, limit }: ListOptions): Promise<Exit> {
  const { terminal } = world;
  const { runs } = await withFleet(world, { role: 'none' }, ({ control }) => control({ op: 'list', open, limit }));
  const view = { nowMs: Date.now(), width: terminal.width };
  for (const run of runs) terminal.out(`${json ? JSON.stringify(run) : harmless(runLine(run, view))}\n`);
  if (runs.length === 0 && !json) terminal.out('There are no runs. `fleet run --repo . --issue issue.md` makes one.\n');
  return exit.done;
}
