import type { Control, RequestOf } from '../control/request.js';
import { runPage } from '../render/terminal.js';
import { exitAt } from './command/run.js';
import type { Exit } from './exit.js';
import { mergeRequestText } from './run-text.js';
import { talkText } from './talk-text.js';
import { harmless, painter } from './terminal.js';
import { throughRound, type Rested } from './through-run.js';
import type { World } from './world.js';

/** The file that the demo's reviewer looks at. */
export const reviewedFile = 'src/price.js';

/** A review arrives, Fleet does a round, and answers in its threads. `source`: the reviewed file as the agent has left it. */
export async function throughReview(world: World, control: Control, before: Rested, source: string): Promise<Exit> {
  const { terminal } = world;
  const paint = painter(terminal);
  const { run: id } = before;
  const { run, mergeRequest } = await control({ op: 'show', run: id });
  if (mergeRequest === undefined) return exitAt(run.phase);
  const at = { repository: run.repository.id, number: mergeRequest.number };
  await control({ op: 'review', ...at, ...reviewOf(source) });
  await control({ op: 'comment', ...at, body: question });
  const talk = async (): Promise<string> => talkText(await control({ op: 'threads', ...at }), terminal);
  terminal.out(`\n${paint('bold', 'A review arrives')}\n\n${await talk()}\n\n`);
  await throughRound(world, control, before);
  const last = await control({ op: 'show', run: id });
  if (last.run.phase.name !== 'inReview' || last.mergeRequest === undefined) {
    terminal.out(`\n${harmless(runPage(last.run, { nowMs: Date.now(), width: terminal.width }))}`);
    return exitAt(last.run.phase);
  }
  terminal.out(`\n${paint('bold', 'The threads now')}\n\n${await talk()}\n\n`);
  terminal.out(`${mergeRequestText(last.mergeRequest, terminal)}\n`);
  return exitAt(last.run.phase);
}

const question = 'Is the column for prices on a receipt still wide enough, now that refunds have a sign?';

/** What a reviewer says, at lines that are in the file whichever agent wrote it. */
function reviewOf(source: string): Omit<RequestOf<'review'>, 'op' | 'repository' | 'number'> {
  const lines = source.split('\n');
  const lineOf = (index: number): number => Math.max(index, 0) + 1;
  const at = (line: number) => ({ path: reviewedFile, fromLine: line, line, side: 'new' as const });
  return {
    verdict: 'requestChanges',
    body: '',
    remarks: [
      {
        ...at(lineOf(lines.findIndex((line) => line.startsWith('/** Shows an amount')))),
        text: '',
        suggestion: '/** Shows an amount in cents as a price: 1999 is $19.99, and a refund of -1905 is -$19.05. */',
      },
      {
        ...at(lineOf(lines.findLastIndex((line) => line.includes('return ')))),
        text: 'Does this hold for refunds of less than a dollar? I see no test of that: please add one.',
      },
    ],
  };
}
