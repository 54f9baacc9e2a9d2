import { constants } from 'node:fs';
import { cp, mkdir, readdir, realpath, rename, stat, utimes } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { retryLater } from '../domain/failure.js';
import { isFolder, move, othersIn, unlessMissing } from './files.js';
import type { RunPlaces } from './places.js';
import type { ProgramEnd, Starter } from './starter.js';
import type { Trash } from './trash.js';

const timeoutMs = 10 * 60_000;

/** Sets of dependencies that are kept for all runs of a mirror; the ones that were used last. */
const mostShared = 8;

/** Dependencies of one run by their name. */
export interface DependencyOrder {
  readonly name: string;
  readonly places: RunPlaces;
  /** Folder of what serves all runs of the mirror. */
  readonly shared: string;
}

/** What set-ups have left beside the files of a tree and at home, kept by name: for all runs of a mirror, or for one. */
export interface Dependencies {
  /**
   * Copies them into a worktree; false when they are not kept, or do not fit into it. What names the judging worktree, or lies at home, is for
   * `judging` alone.
   */
  copyTo(root: string, order: DependencyOrder & { readonly whose: 'judging' | 'lane' }): Promise<boolean>;
  /** Takes home, and all that is no file of the tree out of the judging worktree, and keeps it. What is shared under the name stays. */
  take(order: DependencyOrder & { readonly files: readonly string[]; readonly canShare: boolean }): Promise<void>;
}

/** Runs a program in no folder of anybody's. */
type RunProgram = (file: string, args: readonly string[]) => Promise<ProgramEnd>;

export function createDependencies(
  starter: Starter,
  environment: Readonly<Record<string, string>>,
  trash: Trash,
): Dependencies {
  const run: RunProgram = (file, args) =>
    starter.run(file, args, {
      ...{ cwd: '/', env: { ...environment, LC_ALL: 'C' }, extendEnv: false, reject: false },
      ...{ stripFinalNewline: false, input: '', timeout: timeoutMs, maxBuffer: 1024 * 1024 },
    });

  /** False where another run keeps the same, and was first. */
  async function share(fresh: string, shared: string, name: string): Promise<boolean> {
    await mkdir(shared, { recursive: true });
    try {
      await rename(fresh, join(shared, name));
    } catch (error) {
      if (codeOf(error) !== 'ENOTEMPTY' && codeOf(error) !== 'EEXIST') throw error;
      return false;
    }
    await trash.take(await unused(shared));
    return true;
  }

  return {
    async copyTo(root, { name, places, shared, whose }) {
      const { bound, portable } = ownOf(places);
      for (const folder of [...(whose === 'judging' ? [bound] : []), portable, shared]) {
        const kept = join(folder, name);
        if (!(await isFolder(kept))) continue;
        await utimes(kept, new Date(), new Date());
        if (await copyInto(run, root, join(kept, 'files')))
          return whose === 'lane' || restoreHome(run, places.home, kept);
      }
      return false;
    },

    async take({ name, places, shared, files, canShare }) {
      const root = places.judging.worktree.path;
      const fresh = join(places.own, 'keeping');
      await trash.take([fresh]);
      await mkdir(join(fresh, 'files'), { recursive: true });
      for (const path of await othersIn(root, files)) {
        const to = join(fresh, 'files', path);
        await mkdir(dirname(to), { recursive: true });
        await move(join(root, path), to);
      }
      await move(places.home, join(fresh, 'home'));
      const isFree = await isPortable(run, fresh, places);
      if (isFree && canShare && (await share(fresh, shared, name))) return;
      const { bound, portable } = ownOf(places);
      const folder = isFree ? portable : bound;
      await trash.take([join(bound, name), join(portable, name)]);
      await mkdir(folder, { recursive: true });
      await rename(fresh, join(folder, name));
    },
  };
}

/** Real copies, or blocks that are copied when they are written to; never links, which a test could write through. */
async function copyInto(run: RunProgram, root: string, kept: string): Promise<boolean> {
  const args = ['-a', '--reflink=auto', '--remove-destination', '--', `${kept}/.`, root];
  if ((await run('cp', args)).exitCode === 0) return true;
  // Not every system's `cp` knows these options; and this one tells what is wrong.
  const options = { recursive: true, verbatimSymlinks: true, preserveTimestamps: true };
  try {
    await cp(kept, root, { ...options, mode: constants.COPYFILE_FICLONE });
    return true;
  } catch (error) {
    if (isMisfit(error)) return false;
    throw retryLater(
      `dependencies could not be copied from ${kept} to ${root}: look for a full disk`,
      undefined,
      error,
    );
  }
}

/** What a set-up left at home; most leave nothing. */
async function restoreHome(run: RunProgram, home: string, kept: string): Promise<boolean> {
  if (!(await isFolder(join(kept, 'home')))) return true;
  await mkdir(home, { recursive: true });
  return copyInto(run, home, join(kept, 'home'));
}

/** True when it is the same wherever it lies: a virtual environment names its own place, and some tools keep everything at home. */
async function isPortable(run: RunProgram, folder: string, { judging }: RunPlaces): Promise<boolean> {
  if (((await readdir(join(folder, 'home')).catch(unlessMissing)) ?? []).length > 0) return false;
  const { path } = judging.worktree;
  const names = [...new Set([path, await realpath(path)])];
  const inFiles = await run('grep', ['-rqsF', ...names.flatMap((each) => ['-e', each]), '--', folder]);
  const patterns = names.flatMap((each) => ['-o', '-lname', `${each.replace(/[\\*?[]/g, '\\$&')}*`]);
  const links = await run('find', [folder, '(', ...patterns.slice(1), ')', '-print', '-quit']);
  return inFiles.exitCode === 1 && links.exitCode === 0 && links.stdout === '';
}

/** What serves one run: in its judging worktree alone, or in its other ones, too. */
function ownOf({ own }: RunPlaces): { readonly bound: string; readonly portable: string } {
  return { bound: join(own, 'dependencies'), portable: join(own, 'portable') };
}

/** A file where a folder would have to be, or the other way round; or what was to be copied is not kept any more. */
function isMisfit(error: unknown): boolean {
  return /^(ERR_FS_CP_.*|ENOENT|ENOTDIR|EISDIR)$/.test(codeOf(error));
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** All but the ones that were used last. */
async function unused(shared: string): Promise<readonly string[]> {
  const names = (await readdir(shared).catch(unlessMissing)) ?? [];
  if (names.length <= mostShared) return [];
  const folders = names.map(async (name) => {
    const path = join(shared, name);
    return { path, usedAtMs: (await stat(path).catch(unlessMissing))?.mtimeMs ?? 0 };
  });
  return (await Promise.all(folders))
    .sort((a, b) => b.usedAtMs - a.usedAtMs)
    .slice(mostShared)
    .map(({ path }) => path);
}
