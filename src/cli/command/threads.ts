import { exit, type Exit } from '../exit.js';
import { withFleet } from '../reach.js';
import { talkText } from '../talk-text.js';
import { parseThread } from '../thread.js';
import type { World } from '../world.js';

/** What was said about a merge request, with Fleet's answers. */
export async function threads(world: World, name: string, { json }: { readonly json: boolean }): Promise<Exit> {
  const { terminal } = world;
  const request = { op: 'threads', ...parseThread(name) } as const;
  const said = await withFleet(world, { role: 'none' }, ({ control }) => control(request));
  const text = talkText(said, terminal) || `Nobody has said anything about ${name}.`;
  terminal.out(json ? `${JSON.stringify(said)}\n` : `${text}\n`);
  return exit.done;
}
