/** One entry of a tree and its subtrees. */
export interface TreeEntry {
  /** `100644` file, `100755` executable, `120000` link, `160000` submodule. */
  readonly mode: string;
  readonly oid: string;
  /** In bytes; 0 where it was not asked for. */
  readonly size: number;
  readonly path: string;
}

/** What became of a path between two trees. Mode and id of a side that does not have it are empty. */
export interface TreeChange {
  readonly kind: 'added' | 'deleted' | 'modified';
  readonly oldMode: string;
  readonly mode: string;
  readonly oldOid: string;
  readonly oid: string;
  readonly path: string;
}

export const gitlinkMode = '160000';
export const linkMode = '120000';

/** Paths of the submodules. */
export function gitlinksOf(entries: readonly TreeEntry[]): readonly string[] {
  return entries.filter(({ mode }) => mode === gitlinkMode).map(({ path }) => path);
}

/** Reads `ls-tree -r -z`, with or without `-l`. */
export function parseTree(output: string): readonly TreeEntry[] {
  return output
    .split('\0')
    .filter((line) => line !== '')
    .map((line) => {
      const tab = line.indexOf('\t');
      const [mode = '', , oid = '', size = '0'] = line.slice(0, tab).split(/ +/);
      return { mode, oid, size: Number(size) || 0, path: line.slice(tab + 1) };
    });
}

/** What differs between two listings, by path. */
export function changesBetween(before: readonly TreeEntry[], after: readonly TreeEntry[]): readonly TreeChange[] {
  const old = new Map(before.map((entry) => [entry.path, entry]));
  const left = new Map(old);
  const changes = after.flatMap(({ path, mode, oid }): readonly TreeChange[] => {
    const was = old.get(path);
    left.delete(path);
    if (was === undefined) return [{ kind: 'added', ...nothing, mode, oid, path }];
    if (was.mode === mode && was.oid === oid) return [];
    return [{ kind: 'modified', oldMode: was.mode, oldOid: was.oid, mode, oid, path }];
  });
  const deleted = [...left.values()].map(({ mode, oid, path }): TreeChange => ({
    kind: 'deleted',
    oldMode: mode,
    oldOid: oid,
    mode: '',
    oid: '',
    path,
  }));
  return [...changes, ...deleted].sort((a, b) => (a.path < b.path ? -1 : 1));
}

const nothing = { oldMode: '', oldOid: '' };
