import { runPage } from '../../render/terminal.js';
import { diffText } from '../diff-text.js';
import { exit, type Exit } from '../exit.js';
import { withFleet } from '../reach.js';
import { mergeRequestText } from '../run-text.js';
import { harmless, painter } from '../terminal.js';
import type { World } from '../world.js';

export interface ShowOptions {
  readonly json: boolean;
  readonly diff: boolean;
}

/** One run: where it stands, what was seen, its merge request, and on demand its diff. */
export async function show(world: World, id: string, options: ShowOptions): Promise<Exit> {
  const { terminal } = world;
  await withFleet(world, { role: 'none' }, async ({ control }) => {
    const { run, mergeRequest } = await control({ op: 'show', run: id });
    const { diff } = options.diff ? await control({ op: 'diff', run: id }) : {};
    if (options.json) {
      terminal.out(`${JSON.stringify({ run, mergeRequest, diff })}\n`);
      return;
    }
    terminal.out(harmless(runPage(run, { nowMs: Date.now(), width: terminal.width })));
    if (mergeRequest !== undefined) terminal.out(`\n${mergeRequestText(mergeRequest, terminal)}\n`);
    if (diff !== undefined) terminal.out(`\n${diffText(diff, painter(terminal))}\n`);
  });
  return exit.done;
}
