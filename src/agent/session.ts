import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AttemptOrder } from '../ports/agent.js';
import type { DialectFacts } from './dialect/dialect.js';
import { runFolder } from './folders.js';

type Attempt = Pick<AttemptOrder, 'run' | 'workspace'>;

/** The session of the order, where the CLI can go on with it in this worktree; opencode would write into the one that it was made in. */
export async function sessionFor(
  { resume }: Pick<DialectFacts, 'resume'>,
  dataFolder: string,
  order: Attempt & Pick<AttemptOrder, 'session'>,
): Promise<string | undefined> {
  const { session } = order;
  if (session === undefined || resume === 'never') return undefined;
  if (resume === 'anywhere') return session;
  const madeIn = await readFile(placeOf(dataFolder, order, session), 'utf8').catch(() => undefined);
  return madeIn === order.workspace.path ? session : undefined;
}

/** Remembers which worktree a session was made in, where that matters. */
export async function keepSession(
  { resume }: Pick<DialectFacts, 'resume'>,
  dataFolder: string,
  order: Attempt & { readonly made: string | undefined },
): Promise<void> {
  if (order.made === undefined || resume !== 'sameFolder') return;
  const place = placeOf(dataFolder, order, order.made);
  await mkdir(dirname(place), { recursive: true });
  await writeFile(place, order.workspace.path);
}

/** By a hash: what a CLI calls its session need be no file name. */
function placeOf(dataFolder: string, { run }: Attempt, session: string): string {
  return join(runFolder(dataFolder, run), 'sessions', createHash('sha256').update(session).digest('hex'));
}
