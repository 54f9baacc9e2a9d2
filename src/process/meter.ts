import { type Tree, type TreeUsage, usageOfTrees } from './tree-usage.js';

const everyMs = 5_000;

/** Reads from time to time what trees of processes hold, all of them in one look. */
export interface Meter {
  /** Returns the way to end it. */
  readonly follow: (tree: Tree, onUsage: (usage: TreeUsage) => void) => () => void;
}

/** A meter that rests while it follows nothing. */
export function createMeter(): Meter {
  const followed = new Map<Tree, (usage: TreeUsage) => void>();
  let timer: NodeJS.Timeout | undefined;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const usages = await usageOfTrees([...followed.keys()]);
    for (const [tree, usage] of usages) followed.get(tree)?.(usage);
    isLooking = false;
  };
  return {
    follow: (tree, onUsage) => {
      followed.set(tree, onUsage);
      timer ??= setInterval(() => void look(), everyMs);
      return () => {
        followed.delete(tree);
        if (followed.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
  };
}
