import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunId } from '../domain/run.js';
import { unlessMissing } from './files.js';
import { type Git, unexpected } from './git.js';

const folderOf = (run: RunId) => `refs/fleet/runs/${run}/`;

/**
 * Refs of a run in the mirror: `head` is its branch, `pushed` what the remote took last, `kept/<commit>` a snapshot, `marked/<commit>` one
 * with the markers of work that could not be replayed.
 */
export function refOf(run: RunId, name: 'head' | 'pushed' | `kept/${string}` | `marked/${string}`): string {
  return `${folderOf(run)}${name}`;
}

/** What is kept after its run, by the run or attempt that it is of. */
export function archiveRefOf(name: string): string {
  return `refs/fleet/archive/${name}`;
}

/** Where a branch was on the remote at the last fetch. */
export function remoteRefOf(branch: string): string {
  return `refs/remotes/origin/${branch}`;
}

/** The commit that a ref is at. Looked up as git does: in its own file, where `update-ref` leaves it, or in `packed-refs`. */
export async function readRef(gitDir: string, ref: string): Promise<string | undefined> {
  const own = await readFile(join(gitDir, ref), 'utf8').catch(unlessNoFile);
  if (own !== undefined) return own.trim();
  const packed = await readFile(join(gitDir, 'packed-refs'), 'utf8').catch(unlessMissing);
  return packed
    ?.split('\n')
    .find((line) => line.endsWith(` ${ref}`))
    ?.split(' ')[0];
}

/** A branch may have the name of another one's folder. */
function unlessNoFile(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && (error.code === 'EISDIR' || error.code === 'ENOTDIR')) return;
  unlessMissing(error);
}

/** Ref → commit. */
async function runRefs(git: Git, gitDir: string, run: RunId): Promise<ReadonlyMap<string, string>> {
  const args = ['for-each-ref', '--format=%(refname) %(objectname)', folderOf(run)];
  const lines = (await git.output({ gitDir, args })).split('\n').filter((line) => line !== '');
  return new Map(lines.map((line) => line.split(' ') as [string, string]));
}

/** Trees with the markers of work that could not be replayed. */
export async function markedTrees(git: Git, gitDir: string, run: RunId): Promise<readonly string[]> {
  const args = ['for-each-ref', '--format=%(tree)', refOf(run, 'marked/')];
  return (await git.output({ gitDir, args })).split('\n').filter((line) => line !== '');
}

export async function setRef(git: Git, gitDir: string, { ref, sha }: { ref: string; sha: string }): Promise<void> {
  await git.output({ gitDir, args: ['update-ref', ref, sha] });
}

/** Where a run's refs go. */
interface Move {
  readonly run: RunId;
  readonly head?: string;
  /** Commits that the new head is known to contain. */
  readonly contains?: readonly string[];
  /** Where the branch is on the remote; an `at` of undefined: it is not there. */
  readonly pushed?: { readonly at: string | undefined };
}

/** Moves refs of a run, all or none. A head that the new one does not contain stays under `refs/fleet/archive/<run>-<sha>`. */
export async function moveRefs(git: Git, gitDir: string, move: Move): Promise<void> {
  const lines = [...(await headLines(git, gitDir, move)), ...(await pushedLines(gitDir, move))];
  if (lines.length > 0) await git.output({ gitDir, args: ['update-ref', '--stdin'], input: lines.join('') });
}

async function headLines(git: Git, gitDir: string, { run, head, contains = [] }: Move): Promise<readonly string[]> {
  const ref = refOf(run, 'head');
  const was = await readRef(gitDir, ref);
  if (head === undefined || head === was) return [];
  const update = `update ${ref} ${head}\n`;
  if (was === undefined || contains.includes(was) || (await isContained(git, gitDir, was, head))) return [update];
  return [`update ${archiveRefOf(`${run}-${was.slice(0, 12)}`)} ${was}\n`, update];
}

async function pushedLines(gitDir: string, { run, pushed }: Move): Promise<readonly string[]> {
  const ref = refOf(run, 'pushed');
  const was = await readRef(gitDir, ref);
  if (pushed === undefined || pushed.at === was) return [];
  return [pushed.at === undefined ? `delete ${ref}\n` : `update ${ref} ${pushed.at}\n`];
}

/** True when `sha` is `by` or one of its ancestors. */
export async function isContained(git: Git, gitDir: string, sha: string, by: string): Promise<boolean> {
  const call = { gitDir, args: ['merge-base', '--is-ancestor', sha, by] };
  const end = await git.attempt(call);
  if (end.exit === 0 || end.exit === 1) return end.exit === 0;
  throw unexpected(call, end);
}

/** Removes the run's refs, all or none; a head that the remote does not have moves to `refs/fleet/archive/<run>`. */
export async function dropRefs(git: Git, gitDir: string, order: { run: RunId; start: string }): Promise<void> {
  const refs = await runRefs(git, gitDir, order.run);
  if (refs.size === 0) return;
  const head = refs.get(refOf(order.run, 'head')) ?? order.start;
  const isSafe = head === order.start || head === refs.get(refOf(order.run, 'pushed'));
  const lines = [
    ...(isSafe ? [] : [`update ${archiveRefOf(order.run)} ${head}\n`]),
    ...[...refs].map(([ref, sha]) => `delete ${ref} ${sha}\n`),
  ];
  await git.output({ gitDir, args: ['update-ref', '--stdin'], input: lines.join('') });
}
