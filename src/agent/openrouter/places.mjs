import { lstatSync, realpathSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';

/** A tool could not do what it was asked to: told to the model. */
export class Refused extends Error {}

/** The real path of what `path` names below the worktree or the artifacts folder; throws `Refused` for all else, also behind symlinks. */
export function placeOf(path) {
  if (typeof path !== 'string' || path === '' || path.includes('\0'))
    throw new Refused('path must be the path of a file');
  const roots = [process.cwd(), ...(process.env.FLEET_ARTIFACTS ? [process.env.FLEET_ARTIFACTS] : [])].map((root) =>
    realpathSync(root),
  );
  const real = realOf(resolve(path));
  if (!roots.some((root) => real === root || real.startsWith(root + sep))) {
    throw new Refused(`${path} is outside of the worktree and of the artifacts folder`);
  }
  return real;
}

/** Also of what is not there yet: its nearest folder that is decides. */
function realOf(path) {
  if (exists(path)) {
    try {
      return realpathSync(path);
    } catch {
      throw new Refused(`${path} is a symlink that leads nowhere`);
    }
  }
  const folder = dirname(path);
  return join(folder === path ? path : realOf(folder), basename(path));
}

function exists(path) {
  try {
    lstatSync(path);
    return true;
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return false;
    throw new Refused(`${path}: ${error.message}`);
  }
}
