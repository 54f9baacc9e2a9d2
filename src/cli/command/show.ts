import { diffText } from '../diff-text.js';
import { exit, type Exit } from '../exit.js';
import { withFleet } from '../reach.js';
import { runText } from '../run-text.js';
import { painter } from '../terminal.js';
import type { World } from '../world.js';

export interface ShowOptions {
  readonly json: boolean;
  readonly diff: boolean;
}

/** One run: where it stands, its criteria with their evidence, its merge request, and on demand its diff. */
export async function show(world: World, run: string, { json, diff }: ShowOptions): Promise<Exit> {
  const { terminal } = world;
  await withFleet(world, { role: 'none' }, async ({ control }) => {
    const answer = await control({ op: 'show', run });
    const change = diff ? await control({ op: 'diff', run }) : undefined;
    if (json) terminal.out(`${JSON.stringify({ ...answer, ...change })}\n`);
    else terminal.out(runText(answer.run, answer.mergeRequest, terminal));
    if (change !== undefined && !json) terminal.out(`\n${diffText(change.diff, painter(terminal))}\n`);
  });
  return exit.done;
}
