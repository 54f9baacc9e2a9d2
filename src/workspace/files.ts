import { chmod, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** For `.catch`: a path that is not there is undefined, everything else is thrown on. */
export function unlessMissing(error: unknown): undefined {
  if (!(error instanceof Error)) throw new Error('not an error', { cause: error });
  if (!('code' in error) || error.code !== 'ENOENT') throw error;
}

/** True for a folder that is no link to one. */
export async function isFolder(path: string): Promise<boolean> {
  return (await lstat(path).catch(unlessMissing))?.isDirectory() ?? false;
}

/** Makes the folder, also where a file or a link stands in its place: nothing is ever written through it. */
export async function ensureFolder(path: string): Promise<void> {
  if (await isFolder(path)) return;
  await rm(path, { force: true });
  await mkdir(path, { recursive: true });
}

/** Makes every folder and file below `root` usable again, and removes sockets, pipes and devices. Follows no link. */
export async function mend(root: string): Promise<void> {
  if (!(await isFolder(root))) return;
  await chmod(root, ((await lstat(root)).mode & 0o7777) | 0o700);
  for (const entry of await readdir(root, { withFileTypes: true })) {
    const path = join(root, entry.name);
    if (entry.isDirectory()) await mend(path);
    else if (entry.isFile()) await chmod(path, ((await lstat(path)).mode & 0o7777) | 0o600);
    else if (!entry.isSymbolicLink()) await rm(path, { force: true });
  }
}

/** Removes a folder whatever its modes are; a link is removed, not followed. */
export async function removeTree(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // A folder that may not be written; the second try says what else is wrong.
    await mend(path);
    await rm(path, { recursive: true, force: true });
  }
}

/** What a worktree may keep: paths relative to its root, folders that are kept whole end in `/`. */
export interface Kept {
  readonly files: readonly string[];
  readonly ignored: readonly string[];
}

/** Removes everything below `root` that is neither in the tree nor ignored: files, folders, nested repositories, sockets. */
export async function sweep(root: string, kept: Kept): Promise<void> {
  const ignored = new Set(kept.ignored.map((path) => path.replace(/\/$/, '')));
  const files = new Set(kept.files);
  const folders = new Set([...files, ...ignored].flatMap(parentsOf));
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === '.git' || ignored.has(path)) continue;
      if (entry.isDirectory() && folders.has(path)) await visit(path);
      else if (entry.isDirectory() || !files.has(path)) await rm(join(root, path), { recursive: true, force: true });
    }
  };
  await visit('');
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
