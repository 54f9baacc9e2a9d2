import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Repository } from '../../src/domain/forge.js';
import type { RunId } from '../../src/domain/run.js';
import type { Log } from '../../src/ports.js';
import { createWorkspaces, type WorkspacesOptions } from '../../src/workspace/create-workspaces.js';
import { temporaryFolder } from '../support/temp.js';

const environment = {
  PATH: '/usr/local/bin:/usr/bin:/bin',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_AUTHOR_NAME: 'Ann',
  GIT_AUTHOR_EMAIL: 'ann@example.com',
  GIT_AUTHOR_DATE: '1700000000 +0000',
  GIT_COMMITTER_NAME: 'Ann',
  GIT_COMMITTER_EMAIL: 'ann@example.com',
  GIT_COMMITTER_DATE: '1700000000 +0000',
};

/** Plain git, as a person or an agent would call it: nothing hardened, local configuration is obeyed. */
export function plainGit(cwd: string, ...args: readonly string[]): string {
  return execFileSync('git', args, { cwd, env: { ...environment, HOME: cwd }, encoding: 'utf8', stdio: 'pipe' }).trim();
}

export function writeFiles(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
}

/** Every path below a folder but `.git`, links and special files too. */
export function pathsIn(folder: string): readonly string[] {
  const found = execFileSync('find', ['.', '-mindepth', '1', '-path', './.git', '-prune', '-o', '-print'], {
    cwd: folder,
  });
  return found.toString().trim().split('\n').sort();
}

export const run = 'r1' as RunId;
export const nowMs = 1_800_000_000_000;

const silent: Log = { debug: ignore, info: ignore, warn: ignore, error: ignore, child: () => silent };

function ignore(): void {
  return;
}

/** A repository with a bare origin, a person's clone of it, and Fleet's workspaces. */
export function aScene(
  options: { branch?: string; files?: Readonly<Record<string, string>> } & Partial<WorkspacesOptions> = {},
) {
  const { branch = 'main', files = { 'a.txt': 'a\n', 'src/b.txt': 'b\n', '.gitignore': 'node_modules/\n*.log\n' } } =
    options;
  const root = temporaryFolder();
  const origin = join(root, 'origin.git');
  const clone = join(root, 'clone');
  mkdirSync(clone);
  plainGit(root, 'init', '--quiet', '--bare', '-b', branch, origin);
  plainGit(clone, 'init', '--quiet', '-b', branch);
  plainGit(clone, 'remote', 'add', 'origin', origin);
  const publish = (changed: Readonly<Record<string, string>>, to = branch) => {
    writeFiles(clone, changed);
    plainGit(clone, 'add', '--all', '--force');
    plainGit(clone, 'commit', '--quiet', '--allow-empty', '-m', 'a person worked');
    plainGit(clone, 'push', '--quiet', 'origin', `HEAD:refs/heads/${to}`);
    return plainGit(clone, 'rev-parse', 'HEAD');
  };
  if (Object.keys(files).length > 0) publish(files);
  const folder = join(root, 'data');
  const workspaces = createWorkspaces({
    folder,
    clock: { nowMs: () => nowMs },
    log: silent,
    identity: { name: 'Fleet', email: 'fleet@example.com' },
    ...options,
  });
  onTestFinished(() => workspaces.close());
  const repository: Repository = { forge: 'local', id: '7', path: 'ann/shop', defaultBranch: branch };
  const order = { run, repository, branch: 'fleet/7-fix', base: branch };
  const opened = async (named: RunId = run) => {
    await workspaces.fetch(repository, { url: origin });
    const made = await workspaces.open({ ...order, run: named });
    return { ...made, path: made.workspace.path };
  };
  return { root, origin, clone, folder, workspaces, repository, order, publish, opened, remote: { url: origin } };
}
