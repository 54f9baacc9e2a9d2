import { simpleGit } from 'simple-git';
import { needsPerson, retryLater } from '../domain/failure.js';
import type { Snapshot } from '../domain/work.js';
import type { TreeFiles } from '../ports/workspace.js';
import { type Git, hardenedConfig, hardenedEnvironment } from './git.js';
import { remoteRefOf } from './run-refs.js';

const largestBytes = 1024 * 1024;

/** Git's output in a mirror: no worktree and no token is near. */
export type MirrorReader = (...args: readonly string[]) => Promise<string>;

export function mirrorReader(mirror: string, environment: Readonly<Record<string, string>>): MirrorReader {
  const git = simpleGit({
    baseDir: mirror,
    config: [...hardenedConfig],
    allowEnvironment: Object.keys(hardenedEnvironment),
    // simple-git guards against these coming from a caller's input; here Fleet itself turns programs off.
    unsafe: {
      allowUnsafeHooksPath: true,
      allowUnsafeFsMonitor: true,
      allowUnsafeConfigPaths: true,
      allowUnsafeProtocolOverride: true,
    },
  }).env({ ...environment, ...hardenedEnvironment });
  return (...args) =>
    git.raw(...args).catch((error: unknown) => {
      throw retryLater(`git ${args[0] ?? ''} failed in ${mirror}`, undefined, error);
    });
}

/** The files of a commit of the mirror. */
export function treeFilesOf(
  { git, mirror, read }: { readonly git: Git; readonly mirror: string; readonly read: MirrorReader },
  { commit, tree }: Snapshot,
): TreeFiles {
  return {
    sha: commit,
    async list() {
      return (await git.filesOf(mirror, tree)).map(({ path }) => path);
    },
    async read(path) {
      const entry = (await git.filesOf(mirror, tree)).find((each) => each.path === path);
      if (entry === undefined || !entry.mode.startsWith('100') || entry.size > largestBytes) return undefined;
      return read('cat-file', 'blob', entry.oid);
    },
  };
}

/** Where a branch of the mirror is. */
export async function headOf(git: Git, mirror: string, branch: string): Promise<Snapshot> {
  const ref = remoteRefOf(branch);
  const end = await git.attempt({ gitDir: mirror, args: ['rev-parse', `${ref}^{commit}`, `${ref}^{tree}`] });
  const [commit = '', tree = ''] = end.stdout.split('\n');
  // What cannot be a name at all, such as a glob, comes back as it was given.
  if (end.exit === 0 && /^[0-9a-f]+$/.test(commit)) return { commit, tree };
  throw missingBranch(branch);
}

/** For a branch that the remote did not have at the last fetch. */
export function missingBranch(branch: string): Error {
  return needsPerson('configurationBroken', [`branch ${branch} is not there: name another base, or push it`]);
}
