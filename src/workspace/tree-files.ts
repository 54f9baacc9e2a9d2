import { simpleGit } from 'simple-git';
import { needsPerson, retryLater } from '../domain/failure.js';
import type { TreeFiles } from '../ports.js';
import { hardenedConfig, hardenedEnvironment } from './git.js';
import { parseTree, type TreeEntry } from './tree-entries.js';

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

/** The files at the head of a branch of the mirror. */
export async function treeFilesOf(read: MirrorReader, branch: string): Promise<TreeFiles> {
  // Prints nothing where the branch is not there.
  const sha = (await read('rev-parse', '--verify', '--quiet', `refs/remotes/origin/${branch}^{commit}`)).trim();
  if (sha === '') {
    throw needsPerson('configurationBroken', [`branch ${branch} is not there: name another base, or push it`]);
  }
  let tree: Promise<ReadonlyMap<string, TreeEntry>> | undefined;
  const entries = () => (tree ??= treeOf(read, sha));
  return {
    sha,
    async list() {
      return [...(await entries()).keys()];
    },
    async read(path) {
      const entry = (await entries()).get(path);
      if (entry === undefined || !entry.mode.startsWith('100') || entry.size > largestBytes) return undefined;
      return read('cat-file', 'blob', entry.oid);
    },
  };
}

async function treeOf(read: MirrorReader, sha: string): Promise<ReadonlyMap<string, TreeEntry>> {
  const entries = parseTree(await read('ls-tree', '-r', '-z', '-l', sha));
  return new Map(entries.map((entry) => [entry.path, entry]));
}
