import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../domain/run.js';
import { unlessMissing } from './files.js';
import type { Git } from './git.js';

const folderOf = (run: RunId) => `refs/fleet/runs/${run}/`;

/** Refs of a run in the mirror: `head` is its branch, `pushed` what the remote took last, `kept/<tree>` a snapshot. */
export function refOf(run: RunId, name: 'head' | 'pushed' | `kept/${string}`): string {
  return `${folderOf(run)}${name}`;
}

/** The commit that a ref is at. Looked up as git does: in its own file, where `update-ref` leaves it, or in `packed-refs`. */
export async function readRef(gitDir: string, ref: string): Promise<string | undefined> {
  const own = await readFile(join(gitDir, ref), 'utf8').catch(unlessMissing);
  if (own !== undefined) return own.trim();
  const packed = await readFile(join(gitDir, 'packed-refs'), 'utf8').catch(unlessMissing);
  return packed
    ?.split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}

/** Ref → commit. */
async function runRefs(git: Git, gitDir: string, run: RunId): Promise<ReadonlyMap<string, string>> {
  const args = ['for-each-ref', '--format=%(refname) %(objectname)', folderOf(run)];
  const lines = (await git.output({ gitDir, args })).split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

export async function setRef(git: Git, gitDir: string, { ref, sha }: { ref: string; sha: string }): Promise<void> {
  await git.output({ gitDir, args: ['update-ref', ref, sha] });
}

/** Removes the run's refs, all or none; a head that the remote does not have moves to `refs/fleet/archive/<run>`. */
export async function dropRefs(git: Git, gitDir: string, order: { run: RunId; start: string }): Promise<void> {
  const refs = await runRefs(git, gitDir, order.run);
  if (refs.size === 0) return;
  const head = refs.get(refOf(order.run, 'head')) ?? order.start;
  const isSafe = head === order.start || head === refs.get(refOf(order.run, 'pushed'));
  const lines = [
    ...(isSafe ? [] : [`update refs/fleet/archive/${order.run} ${head}\n`]),
    ...[...refs].map(([ref, sha]) => `delete ${ref} ${sha}\n`),
  ];
  await git.output({ gitDir, args: ['update-ref', '--stdin'], input: lines.join('') });
}
