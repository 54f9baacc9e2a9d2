import { isEnded } from '../../domain/phase.js';
import { exit, type Exit } from '../exit.js';
import { follow } from '../follow.js';
import { logLine } from '../journal-lines.js';
import { withFleet } from '../reach.js';
import { painter } from '../terminal.js';
import type { World } from '../world.js';

export interface LogOptions {
  readonly json: boolean;
  readonly follow: boolean;
}

/** A run's journal; with `follow` until the run has ended or Ctrl-C. */
export async function log(world: World, run: string, options: LogOptions): Promise<Exit> {
  const { terminal, interrupted } = world;
  const paint = painter(terminal);
  await withFleet(world, { role: 'none' }, async ({ control }) => {
    await follow({
      ...{ control, run, signal: interrupted, after: 0 },
      until: (phase) => !options.follow || isEnded(phase),
      onEntry: (entry) => {
        terminal.out(`${options.json ? JSON.stringify(entry) : logLine(entry, paint)}\n`);
      },
    });
  });
  return interrupted.aborted ? exit.interrupted : exit.done;
}
