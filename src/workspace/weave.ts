import { randomUUID } from 'node:crypto';
import type { Snapshot } from '../domain/work.js';
import type { WeaveOrder } from '../ports/workspace.js';
import type { Git } from './git.js';
import { type ImportedCommit, importCommits, type WrittenFile } from './import-commits.js';
import { allDone } from './locks.js';
import type { RunWorktree } from './run-worktree.js';
import { changesBetween, type TreeChange, type TreeEntry } from './tree-entries.js';

const largestBytes = 1024 * 1024;

/** Puts files of one tree onto another one, in the mirror's objects alone; the same order gives the same commit. */
export async function weaveTrees(worktree: RunWorktree, order: WeaveOrder): Promise<Snapshot> {
  const { git, gitDir } = worktree.stage;
  const [onto, from] = await allDone([git.filesOf(gitDir, order.onto.tree), git.filesOf(gitDir, order.from)]);
  const mixes = new Map(Object.entries(order.mixes ?? {}));
  const differing = changesBetween(onto, from);
  const toMix = differing.filter(({ path }) => mixes.has(path));
  const textOf = await textsOf(git, gitDir, { oids: oidsOf(toMix), entries: [...onto, ...from] });
  const fates = [
    ...differing.filter(({ path }) => !mixes.has(path) && order.takes(path)).map(taken),
    ...toMix.map((change) => mixed(change, textOf, mixes.get(change.path))),
  ];
  const written = fates.flatMap((fate) => fate.written ?? []);
  const removed = fates.flatMap((fate) => fate.removed ?? []);
  if (written.length + removed.length === 0) return order.onto;
  const commits: readonly ImportedCommit[] = [{ message: `With files of ${order.from}\n`, removed, written }];
  const made = await importCommits(worktree, { from: order.onto.commit, at: worktree.record.openedAt, commits });
  return { commit: made.commits[0] ?? '', tree: made.tree };
}

/** What becomes of one path; nothing when neither is set. */
interface Fate {
  readonly written?: WrittenFile;
  readonly removed?: string;
}

function taken({ kind, path, mode, oid }: TreeChange): Fate {
  return kind === 'deleted' ? { removed: path } : { written: { path, mode, oid } };
}

type Texts = (oid: string) => string | undefined;

function mixed(
  { path, oldMode, mode, oldOid, oid }: TreeChange,
  textOf: Texts,
  mix: NonNullable<WeaveOrder['mixes']>[string] = (onto) => onto,
): Fate {
  const text = mix(textOf(oldOid), textOf(oid));
  if (text === undefined) return { removed: path };
  const usual = [oldMode, mode].find(isRegular) ?? '100644';
  return text === textOf(oldOid) ? {} : { written: { path, mode: usual, text } };
}

function oidsOf(changes: readonly TreeChange[]): readonly string[] {
  return changes.flatMap(({ oldMode, oldOid, mode, oid }) => [
    ...(isRegular(oldMode) ? [oldOid] : []),
    ...(isRegular(mode) ? [oid] : []),
  ]);
}

function isRegular(mode: string): boolean {
  return mode.startsWith('100');
}

/** Texts of blobs, read with one child. What is too large, or no UTF-8 and could not be written back as it was, has none. */
async function textsOf(
  git: Git,
  gitDir: string,
  { oids, entries }: { readonly oids: readonly string[]; readonly entries: readonly TreeEntry[] },
): Promise<Texts> {
  const sizes = new Map(entries.map(({ oid, size }) => [oid, size]));
  const wanted = [...new Set(oids)].filter((oid) => (sizes.get(oid) ?? 0) <= largestBytes);
  if (wanted.length === 0) return () => undefined;
  const mark = randomUUID();
  const args = ['cat-file', `--batch=${mark}`];
  const output = await git.output({ gitDir, args, input: wanted.map((oid) => `${oid}\n`).join('') });
  const texts = output.split(`${mark}\n`).slice(1);
  const known = new Map(wanted.map((oid, index) => [oid, texts[index]?.slice(0, -1)]));
  return (oid) => {
    const text = known.get(oid);
    return text === undefined || /[\0\uFFFD]/.test(text) ? undefined : text;
  };
}
