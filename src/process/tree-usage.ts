import { readdirSync, readFileSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';

/** The processes of a contained program, as they are found from outside. */
export interface Tree {
  /** What contains them, and is not counted. */
  readonly root: number;
  /** Stands in the environment of those that no parent leads to. */
  readonly marker?: string;
}

/** Looks at a tree until the returned function is called. */
export type Follow = (tree: Tree) => () => void;

/** What the processes of a tree hold together. */
export interface TreeUsage {
  /** Without files that are mapped: those are shared. */
  readonly memoryBytes: number;
  readonly processes: number;
}

interface Process {
  readonly pid: number;
  readonly parent: number;
  readonly memoryBytes: number;
}

/** Reading one process takes some 20 µs, and the loop is not held up for more than this many. */
const atOnce = 100;

/** Looks once through all processes; without /proc there are none. */
export async function usageOfTrees(trees: readonly Tree[]): Promise<ReadonlyMap<Tree, TreeUsage>> {
  const processes = new Map<number, Process>();
  for (const [index, name] of numbersIn('/proc').entries()) {
    if (index % atOnce === atOnce - 1) await nextTurn();
    const status = contentOf(`/proc/${name}/status`);
    if (status !== '') processes.set(Number(name), processOf(Number(name), status));
  }
  const usages = new Map(trees.map((tree) => [tree, { memoryBytes: 0, processes: 0 }]));
  const owner = ownersAmong(trees, processes);
  for (const { pid, memoryBytes } of processes.values()) {
    const tree = owner(pid);
    const usage = tree === undefined || tree.root === pid ? undefined : usages.get(tree);
    if (usage === undefined) continue;
    usage.processes += 1;
    usage.memoryBytes += memoryBytes;
  }
  return usages;
}

/** Leads from a process by its parents to the tree that it belongs to; where none does, its environment may tell. */
function ownersAmong(
  trees: readonly Tree[],
  processes: ReadonlyMap<number, Process>,
): (pid: number) => Tree | undefined {
  const known = new Map<number, Tree | undefined>(trees.map((tree) => [tree.root, tree]));
  const marked = trees.flatMap(({ marker, ...tree }) => (marker === undefined ? [] : [[marker, tree.root] as const]));
  const byMarker = (pid: number): Tree | undefined => {
    if (marked.length === 0) return undefined;
    const environment = contentOf(`/proc/${pid}/environ`).split('\0');
    const root = marked.find(([marker]) => environment.includes(marker))?.[1];
    return root === undefined ? undefined : known.get(root);
  };
  const owner = (pid: number): Tree | undefined => {
    if (known.has(pid)) return known.get(pid);
    const { parent = 0 } = processes.get(pid) ?? {};
    // Set first: processes come and go while they are read, and a number that is used again could make a circle.
    known.set(pid, undefined);
    const found = (processes.has(parent) ? owner(parent) : undefined) ?? byMarker(pid);
    known.set(pid, found);
    return found;
  };
  return owner;
}

function processOf(pid: number, status: string): Process {
  const amount = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
  return { pid, parent: amount('PPid'), memoryBytes: (amount('RssAnon') + amount('RssShmem')) * 1024 };
}

function numbersIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).filter((name) => /^\d+$/.test(name));
  } catch {
    // Not Linux.
    return [];
  }
}

function contentOf(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    // It ended meanwhile, or belongs to someone else.
    return '';
  }
}
