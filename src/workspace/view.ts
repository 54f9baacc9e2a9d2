import { copyFile, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { removeTree, unlessMissing } from './files.js';
import { allDone } from './locks.js';
import { readRef, refOf, remoteRefOf } from './run-refs.js';
import type { RunWorktree } from './run-worktree.js';

const config = '[core]\n\trepositoryformatversion = 0\n\tbare = false\n[gc]\n\tauto = 0\n';

/**
 * Makes the git directory that the agent's status, diff and log work on, anew: whatever the agent did to the old one is gone.
 * It borrows the mirror's objects. Fleet's own git never looks into it. `head` is where the branch is shown; default: where it is.
 */
export async function writeView({ run, record, places, stage }: RunWorktree, head?: string): Promise<void> {
  const { view, worktree } = places;
  const { gitDir } = stage;
  const { branch, base, start } = record;
  const shown = {
    head: head ?? (await readRef(gitDir, refOf(run, 'head'))) ?? start.commit,
    // Where it is now, so that what was merged of it is no work of the branch.
    base: (await readRef(gitDir, remoteRefOf(base))) ?? start.commit,
  };
  await removeTree(view);
  await allDone([
    mkdir(join(view, 'refs'), { recursive: true }),
    mkdir(join(view, 'objects/info'), { recursive: true }),
  ]);
  const refs = `${shown.head} refs/heads/${branch}\n${shown.base} ${remoteRefOf(base)}\n`;
  await allDone([
    writeFile(join(view, 'HEAD'), `ref: refs/heads/${branch}\n`),
    writeFile(join(view, 'config'), config),
    writeFile(join(view, 'packed-refs'), refs),
    writeFile(join(view, 'objects/info/alternates'), `${join(gitDir, 'objects')}\n`),
    // One that a crash took is made again when the worktree is restored.
    copyFile(worktree.index, join(view, 'index')).catch(unlessMissing),
    pointTo(view, join(worktree.path, '.git')),
  ]);
}

async function pointTo(view: string, file: string): Promise<void> {
  // It may be a folder or a link by now: removed, never written through.
  await removeTree(file);
  await writeFile(file, `gitdir: ${view}\n`, { flag: 'wx' });
}
