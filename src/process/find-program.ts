import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join } from 'node:path';

/** The absolute path of an executable, or undefined. Names without a slash are looked for on `searchPath`; its relative entries are skipped. */
export function findProgram(name: string, searchPath: string): string | undefined {
  if (name.includes('/')) return isAbsolute(name) && isExecutable(name) ? name : undefined;
  return searchPath
    .split(delimiter)
    .filter((folder) => isAbsolute(folder))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    // Not there, or not for us: the same to the caller.
    return false;
  }
}
