import { chmod, lstat, mkdir, readdir, rename, rm } from 'node:fs/promises';
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

/** Moves a file or folder on the same file system, whatever a folder's modes are; one that is not there stays so. */
export async function move(from: string, to: string): Promise<void> {
  // A folder that may not be written cannot be moved.
  if (await isFolder(from)) await rename(from, to).catch(() => mend(from).then(() => rename(from, to)));
  else await rename(from, to).catch(unlessMissing);
}

/** Removes everything below `root` that is neither one of the files nor ignored: files, folders, nested repositories, sockets. */
export async function sweep(
  root: string,
  files: readonly string[],
  /** Asked only where there is anything else; folders that are kept whole end in `/`. */
  askIgnored: () => Promise<readonly string[]>,
): Promise<void> {
  if ((await othersIn(root, files)).length === 0) return;
  for (const path of await othersIn(root, files, await askIgnored()))
    await rm(join(root, path), { recursive: true, force: true });
}

/** What is below `root` besides these, relative to it; of a folder that holds none of them the folder alone. */
export async function othersIn(
  root: string,
  files: readonly string[],
  ignored: readonly string[] = [],
): Promise<readonly string[]> {
  const whole = new Set(ignored.map((path) => path.replace(/\/$/, '')));
  const known = new Set(files);
  const folders = new Set([...known, ...whole].flatMap(parentsOf));
  const others: string[] = [];
  const visit = async (folder: string): Promise<void> => {
    for (const entry of await readdir(join(root, folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (path === '.git' || whole.has(path)) continue;
      if (entry.isDirectory() && folders.has(path)) await visit(path);
      else if (entry.isDirectory() || !known.has(path)) others.push(path);
    }
  };
  await visit('');
  return others;
}

/** `a/b/c` → `a`, `a/b`. */
function parentsOf(path: string): readonly string[] {
  const parts = path.split('/');
  return parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
}
