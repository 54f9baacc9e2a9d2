import type { TreeEntry } from './tree-entries.js';

export type ListTree = (gitDir: string, tree: string) => Promise<readonly TreeEntry[]>;

/** Entries that are remembered in all: some 20 MB. */
const mostEntries = 100_000;

/** Remembers what was listed last: one run asks for the same few trees a dozen times, and a tree's id stands for the same files for ever. */
export function createListings(list: ListTree): ListTree {
  const known = new Map<string, readonly TreeEntry[]>();

  function remember(key: string, entries: readonly TreeEntry[]): void {
    known.delete(key);
    known.set(key, entries);
    let count = [...known.values()].reduce((total, each) => total + each.length, 0);
    for (const [oldest, { length }] of known) {
      if (count <= mostEntries) return;
      known.delete(oldest);
      count -= length;
    }
  }

  return async (gitDir, tree) => {
    const key = `${gitDir} ${tree}`;
    const entries = known.get(key) ?? (await list(gitDir, tree));
    remember(key, entries);
    return entries;
  };
}
