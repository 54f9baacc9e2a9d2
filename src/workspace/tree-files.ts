import { type SimpleGit, simpleGit } from 'simple-git';
import { needsPerson } from '../domain/failure.js';
import type { TreeFiles } from '../ports.js';
import { hardenedConfig, hardenedEnvironment } from './git.js';
import { parseTree, type TreeEntry } from './tree-entries.js';

const largestBytes = 1024 * 1024;

/** A mirror for reading: no worktree and no token is near. */
export function mirrorReader(mirror: string, environment: Readonly<Record<string, string>>): SimpleGit {
  return simpleGit({
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
}

/** The files at the head of a branch of the mirror. */
export async function treeFilesOf(reader: SimpleGit, branch: string): Promise<TreeFiles> {
  // Prints nothing where the branch is not there.
  const sha = (await reader.raw('rev-parse', '--verify', '--quiet', `refs/remotes/origin/${branch}^{commit}`)).trim();
  if (sha === '') {
    throw needsPerson('configurationBroken', [`branch ${branch} is not there: name another base, or push it`]);
  }
  let tree: Promise<ReadonlyMap<string, TreeEntry>> | undefined;
  const entries = () =>
    (tree ??= reader
      .raw('ls-tree', '-r', '-z', '-l', sha)
      .then((output) => new Map(parseTree(output).map((entry) => [entry.path, entry]))));
  return {
    sha,
    async list() {
      return [...(await entries()).keys()];
    },
    async read(path) {
      const entry = (await entries()).get(path);
      if (entry === undefined || !entry.mode.startsWith('100') || entry.size > largestBytes) return undefined;
      return reader.raw('cat-file', 'blob', entry.oid);
    },
  };
}
