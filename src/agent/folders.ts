import { chmod, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** Where an attempt keeps its things, all outside the worktree. */
export interface AttemptFolders {
  /** One per run and account, so that a session can be resumed. */
  readonly home: string;
  readonly artifacts: string;
  readonly temporary: string;
  /** Files, not folders; kept after the run for their retention. */
  readonly stream: string;
  readonly errors: string;
}

/** Makes the folders of an attempt; they are on disk, since some CLIs refuse a HOME in the temporary folder. */
export async function makeFolders(
  dataFolder: string,
  attempt: { readonly run: string; readonly id: string; readonly account: string },
): Promise<AttemptFolders> {
  const ofRun = runFolder(dataFolder, attempt.run);
  const streams = join(dataFolder, 'streams', attempt.run);
  const folders = {
    home: join(ofRun, 'home', nameOf(attempt.account)),
    artifacts: artifactsFolder(dataFolder, attempt),
  };
  for (const folder of Object.values(folders)) await mkdir(folder, { recursive: true });
  // A short name: programs put sockets there, whose paths have at most 103 bytes. Claude Code goes to /tmp with longer ones,
  // where its process id, which is the same in every namespace, is all that tells two of them apart.
  const temporary = await mkdtemp(join(ofRun, 'tmp-'));
  return {
    ...folders,
    temporary,
    stream: join(streams, `${attempt.id}.jsonl`),
    errors: join(streams, `${attempt.id}.stderr`),
  };
}

/** The folder of everything that attempts of a run leave, apart from their streams. */
export function runFolder(dataFolder: string, run: string): string {
  return join(dataFolder, 'agents', run);
}

/** Where an attempt's artifacts are, or would be. */
export function artifactsFolder(dataFolder: string, attempt: { readonly run: string; readonly id: string }): string {
  return join(runFolder(dataFolder, attempt.run), 'artifacts', attempt.id);
}

/** Removes a folder, also where an agent made parts of it read-only, as Go does with its module cache. */
export async function removeFolder(path: string): Promise<void> {
  try {
    await rm(path, { recursive: true, force: true });
  } catch {
    // Whatever it was, the second try tells when it is still there.
    await makeWritable(path);
    await rm(path, { recursive: true, force: true });
  }
}

async function makeWritable(folder: string): Promise<void> {
  await chmod(folder, 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await makeWritable(join(folder, entry.name));
  }
}

/** An account's name as one path segment, never `..`. */
function nameOf(account: string): string {
  return encodeURIComponent(account).replaceAll('.', '%2E');
}
