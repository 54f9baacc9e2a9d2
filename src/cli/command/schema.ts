import { needsPerson } from '../../domain/failure.js';
import { exit, type Exit } from '../exit.js';
import type { World } from '../world.js';

/** Names of what `fleet schema` prints. */
export const schemaNames = ['config', 'repository', 'triage', 'plan', 'verdict', 'replies', 'findings'] as const;

/** Prints a JSON Schema. */
export async function schema(world: World, name: string): Promise<Exit> {
  const found = await world.schema(name);
  if (found === undefined) {
    throw needsPerson('configurationBroken', [`There is no schema ${name}: there are ${schemaNames.join(', ')}.`]);
  }
  world.terminal.out(`${found}\n`);
  return exit.done;
}
