import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from './files.js';
import { type GitCall, unexpected } from './git.js';
import { allDone } from './locks.js';
import type { RunWorktree } from './run-worktree.js';

const config = '[core]\n\trepositoryformatversion = 0\n\tbare = true\n';
const timeoutMs = 10 * 60_000;

/** Two commits that are merged. Conflict markers name them by the run's branch and by `name`. */
export interface Merge {
  readonly ours: string;
  readonly theirs: string;
  readonly name: string;
}

/** What a merge gave: a whole tree in either case. */
export interface MergedTree {
  readonly tree: string;
  readonly isClean: boolean;
  /** Paths that conflict; their files hold markers where git can write some. */
  readonly files: readonly string[];
  /** Conflicts that leave no markers, a sentence each in the order of `files`. */
  readonly details: readonly string[];
}

/** Merges two commits in the mirror's objects, renames and all: no worktree, no hooks, no drivers. */
export async function mergeTrees(worktree: RunWorktree, { ours, theirs, name }: Merge): Promise<MergedTree> {
  const { branch } = worktree.record;
  const place = await writePlace(worktree, { [branch]: ours, [name]: theirs });
  const call = { ...place, args: ['merge-tree', '--write-tree', '-z', '--', branch, name], timeoutMs };
  const end = await worktree.stage.git.attempt(call);
  if (end.exit !== 0 && end.exit !== 1) throw unexpected(call, end);
  return { ...parseMerge(end.stdout), isClean: end.exit === 0 };
}

/**
 * Makes a git directory of these branches anew, which reads and writes the mirror's objects: for commands that take
 * what they print, or where they commit to, from the names of branches.
 */
export async function writePlace(
  { places, stage }: RunWorktree,
  branches: Readonly<Record<string, string>> = {},
): Promise<Pick<GitCall, 'gitDir' | 'env'>> {
  const gitDir = places.merge;
  const refs = Object.entries(branches).map(([name, sha]) => `${sha} refs/heads/${name}\n`);
  await removeTree(gitDir);
  await mkdir(join(gitDir, 'refs'), { recursive: true });
  await allDone([
    writeFile(join(gitDir, 'HEAD'), 'ref: refs/heads/none\n'),
    writeFile(join(gitDir, 'config'), config),
    writeFile(join(gitDir, 'packed-refs'), refs.join('')),
  ]);
  return { gitDir, env: { GIT_OBJECT_DIRECTORY: join(stage.gitDir, 'objects') } };
}

/** Reads `merge-tree -z`: the tree; entries of what conflicts, then nothing; messages of so many paths, a kind and a text. */
function parseMerge(output: string): Omit<MergedTree, 'isClean'> {
  const [tree = '', ...rest] = output.split('\0');
  const entries = rest.slice(0, Math.max(0, rest.indexOf('')));
  const files = [...new Set(entries.map((entry) => entry.slice(entry.indexOf('\t') + 1)))];
  const order = new Map(files.map((path, index) => [path, index]));
  const details = messagesIn(rest.slice(entries.length + 1))
    .filter(({ kind }) => kind.startsWith('CONFLICT') && kind !== 'CONFLICT (contents)')
    .map(({ path, text }) => ({ text: text.trim(), at: order.get(path) ?? files.length }))
    .sort((a, b) => a.at - b.at);
  return { tree, files, details: details.map(({ text }) => text) };
}

function messagesIn(
  fields: readonly string[],
): readonly { readonly path: string; readonly kind: string; readonly text: string }[] {
  const messages = [];
  for (let at = 0; at + 3 < fields.length;) {
    const paths = Number(fields[at]);
    const [path = '', kind = '', text = ''] = [fields[at + 1], fields[at + 1 + paths], fields[at + 2 + paths]];
    messages.push({ path, kind, text });
    at += paths + 3;
  }
  return messages;
}
