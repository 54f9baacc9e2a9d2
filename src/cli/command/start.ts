import { once } from 'node:events';
import { exit, type Exit } from '../exit.js';
import { configOf } from '../reach.js';
import type { World } from '../world.js';

/** The server, until it is told to end. */
export async function start(world: World, { role }: { readonly role: 'all' | 'web' | 'worker' }): Promise<Exit> {
  const { startFleet } = await world.main();
  const fleet = await startFleet(configOf(world, 'server'), { role, listen: role !== 'worker' });
  if (fleet.address !== undefined) world.terminal.err(`Fleet listens on ${fleet.address}\n`);
  if (!world.interrupted.aborted) await once(world.interrupted, 'abort');
  await fleet.close();
  return exit.done;
}
