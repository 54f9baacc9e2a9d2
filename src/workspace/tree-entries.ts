/** One entry of a tree and its subtrees. */
export interface TreeEntry {
  /** `100644` file, `100755` executable, `120000` link, `160000` submodule. */
  readonly mode: string;
  readonly oid: string;
  /** In bytes; 0 where it was not asked for. */
  readonly size: number;
  readonly path: string;
}

/** One line of `diff-tree --raw -r -z` without rename detection. */
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

/** Reads `diff-tree --raw -r -z`. */
export function parseChanges(output: string): readonly TreeChange[] {
  const fields = output.split('\0');
  const changes: TreeChange[] = [];
  for (let index = 0; index + 1 < fields.length; index += 2) {
    const [oldMode = '', mode = '', oldOid = '', oid = '', status = ''] = (fields[index] ?? '').slice(1).split(' ');
    const kind = status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified';
    changes.push({ kind, oldMode, mode, oldOid, oid, path: fields[index + 1] ?? '' });
  }
  return changes;
}
