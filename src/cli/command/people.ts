import type { RequestOf } from '../../control/request.js';
import { exit, type Exit } from '../exit.js';
import { readIssue } from '../issue-file.js';
import { withFleet, type Reached } from '../reach.js';
import { parseThread, repositoryNamed } from '../thread.js';
import type { World } from '../world.js';

/** What every act of people on the local forge may be given. */
export interface ActOptions {
  readonly json: boolean;
  /** Somebody without write access, by name. */
  readonly as?: string;
}

type ActOp = 'label' | 'unlabel' | 'comment' | 'review' | 'reply' | 'resolve' | 'merge' | 'close' | 'reopen';
type Act = { readonly [O in ActOp]: Omit<RequestOf<O>, 'repository' | 'number' | 'by'> }[ActOp];

/** Opens an issue from a file, and labels it unless told otherwise. */
export async function openIssue(
  world: World,
  at: { readonly repository: string; readonly file: string },
  options: ActOptions & { readonly label: boolean },
): Promise<Exit> {
  const written = await readIssue(world, at.file);
  const by = options.as === undefined ? {} : { by: options.as };
  await withFleet(world, { role: 'none' }, async (fleet) => {
    const repository = await repositoryNamed(world, fleet.control, at.repository);
    const opened = await fleet.control({ op: 'issue.open', repository, ...written, ...by });
    if (options.label) await fleet.control({ op: 'label', repository, number: opened.issue.number, ...by });
    const name = `${opened.repository.path}#${opened.issue.number}`;
    tell(world, fleet, {
      text: `${name} is open${options.label ? ' and labelled' : ''}.`,
      json: options.json && opened,
    });
  });
  return exit.done;
}

/** Labels, comments on, reviews, answers in, merges, closes or reopens an issue or merge request. */
export async function act(world: World, thread: string, request: Act, options: ActOptions): Promise<Exit> {
  const at = parseThread(thread);
  const by = options.as === undefined ? {} : { by: options.as };
  await withFleet(world, { role: 'none' }, async (fleet) => {
    // One of the requests, put together again from its two halves.
    const whole = { ...request, ...at, ...by } as RequestOf<ActOp>;
    const answer = await fleet.control(whole);
    const said = request.op === 'resolve' && !request.isResolved ? 'the thread is open again' : saidOf[request.op];
    tell(world, fleet, { text: `${thread}: ${said}.`, json: options.json && answer });
  });
  return exit.done;
}

const saidOf: Readonly<Record<ActOp, string>> = {
  label: 'labelled',
  unlabel: 'the label is off',
  comment: 'commented',
  review: 'reviewed',
  reply: 'answered',
  resolve: 'the thread is resolved',
  merge: 'merged',
  close: 'closed',
  reopen: 'open again',
};

function tell(
  { terminal }: World,
  { where }: Reached,
  { text, json }: { readonly text: string; readonly json: object | false },
): void {
  if (json !== false) {
    terminal.out(`${JSON.stringify(json)}\n`);
    return;
  }
  terminal.out(`${text}\n`);
  if (where === 'here') terminal.out('No Fleet is running: the next `fleet start` or `fleet run` takes it up.\n');
}
