import { mkdir, mkdtemp, readdir, rename } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { Log } from '../ports.js';
import { isFolder, mend, removeTree, unlessMissing } from './files.js';

/** Takes folders away at once and deletes them in the background. */
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
      await mkdir(folder, { recursive: true });
      // What an earlier process took away and had no time for.
      const old = leftovers === undefined ? await (leftovers = readdir(folder)) : [];
      const place = await mkdtemp(join(folder, 'run-'));
      for (const [index, each] of folders.entries()) await move(each, join(place, String(index)));
      emptying = emptying.then(() => remove([...old, basename(place)]));
    },
    close: () => emptying,
  };
}

async function move(from: string, to: string): Promise<void> {
  // A folder that may not be written cannot be moved.
  if (await isFolder(from)) await rename(from, to).catch(() => mend(from).then(() => rename(from, to)));
  else await rename(from, to).catch(unlessMissing);
}
