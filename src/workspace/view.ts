import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree } from './files.js';
import { allDone } from './locks.js';
import type { RunPlaces, RunRecord } from './places.js';

const config = '[core]\n\trepositoryformatversion = 0\n\tbare = false\n[gc]\n\tauto = 0\n';

/**
 * Makes the git directory that the agent's status, diff and log work on, anew: whatever the agent did to the old one is gone.
 * It borrows the mirror's objects. Fleet's own git never looks into it.
 */
export async function writeView(
  places: RunPlaces,
  record: RunRecord,
  order: { mirror: string; head: string },
): Promise<void> {
  const { view, worktree } = places;
  await removeTree(view);
  await allDone([
    mkdir(join(view, 'refs'), { recursive: true }),
    mkdir(join(view, 'objects/info'), { recursive: true }),
  ]);
  const refs = `${order.head} refs/heads/${record.branch}\n${record.start.commit} refs/remotes/origin/${record.base}\n`;
  await allDone([
    writeFile(join(view, 'HEAD'), `ref: refs/heads/${record.branch}\n`),
    writeFile(join(view, 'config'), config),
    writeFile(join(view, 'packed-refs'), refs),
    writeFile(join(view, 'objects/info/alternates'), `${join(order.mirror, 'objects')}\n`),
    copyFile(worktree.index, join(view, 'index')),
    pointTo(view, join(worktree.path, '.git')),
  ]);
}

async function pointTo(view: string, file: string): Promise<void> {
  // It may be a folder or a link by now: removed, never written through.
  await removeTree(file);
  await writeFile(file, `gitdir: ${view}\n`, { flag: 'wx' });
}
