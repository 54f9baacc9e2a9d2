import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

const foldersOfFile: string[] = [];

/** Removes what lasted for a file. */
export function removeFoldersOfFile(): void {
  for (const folder of foldersOfFile.splice(0)) remove(folder);
}

/**
 * Makes an empty folder that is removed after the test (called in a test or in beforeEach), or, with life 'file',
 * after the last test of the file (called in beforeAll).
 */
export function temporaryFolder(life: 'test' | 'file' = 'test'): string {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'fleet-test-')));
  if (life === 'file') {
    foldersOfFile.push(folder);
  } else {
    onTestFinished(() => {
      remove(folder);
    });
  }
  return folder;
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 50 });
}
