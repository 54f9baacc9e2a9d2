import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../ports.js';
import { move, removeTree } from './files.js';

/** Takes folders and files away at once and deletes them in the background. */
export interface Trash {
  take(folders: readonly string[]): Promise<void>;
  /** Resolves when nothing is being deleted any more. */
  close(): Promise<void>;
}

export function createTrash(folder: string, log: Log): Trash {
  let emptying: Promise<void> = Promise.resolve();
  let leftovers: Promise<readonly string[]> | undefined;

  async function remove(names: readonly string[]): Promise<void> {
    for (const name of names) {
      try {
        await removeTree(join(folder, name));
      } catch (error) {
        // It costs disk and nothing else; the next process tries again.
        log.warn({ folder: join(folder, name), err: error }, 'removed worktree could not be deleted');
      }
    }
  }

  return {
    async take(folders) {
      if (folders.length === 0) return;
      await mkdir(folder, { recursive: true });
      // What an earlier process took away and had no time for.
      const old = leftovers === undefined ? await (leftovers = readdir(folder)) : [];
      const place = await mkdtemp(join(folder, 'run-'));
      try {
        for (const [index, each] of folders.entries()) await move(each, join(place, String(index)));
      } finally {
        emptying = emptying.then(() => remove([...old, basename(place)]));
      }
    },
    close: () => emptying,
  };
}
