import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { GitRemote } from '../../ports/forge.js';
import { ask, refused, unreachable } from './git.js';
import type { LocalForgeOptions } from './options.js';
import type { RepositoryRow } from './tables.js';

/** Where branches of Fleet's lie: the repository itself, or for a URL a bare repository in Fleet's data folder unless they are pushed. */
export function branchPlace({ folder }: LocalForgeOptions, row: RepositoryRow): string {
  return row.kind === 'url' && !row.push ? join(folder, `${row.id}.git`) : row.location;
}

/** The folder that git can be asked in about this repository. */
export function placeOf({ folder }: LocalForgeOptions, row: RepositoryRow): string {
  if (row.kind === 'url') return join(folder, `${row.id}.git`);
  if (existsSync(row.location)) return row.location;
  throw refused(`The repository ${row.location} is gone: put it back where it was, then comment \`/fleet retry\`.`);
}

/** What git fetches from and pushes to. */
export async function remoteOf(
  options: LocalForgeOptions,
  row: RepositoryRow,
  purpose: 'fetch' | 'push',
): Promise<GitRemote> {
  if (purpose === 'push' && row.kind === 'url' && !row.push) return { url: await bare(options, row) };
  const url = row.kind === 'url' ? row.location : placeOf(options, row);
  if (purpose === 'push' && row.kind === 'path') await refuseUnguarded(options, url);
  return { url };
}

/**
 * git itself refuses a push to a branch that is checked out, by default. Where the repository switches that off,
 * a push would move HEAD or files under the caller's feet, so nothing is pushed while a branch of Fleet's is checked out.
 */
async function refuseUnguarded({ git, branchPrefix }: LocalForgeOptions, path: string): Promise<void> {
  const { stdout } = await git(['-C', path, 'config', '--get', 'receive.denyCurrentBranch']);
  if (['', 'true', 'refuse'].includes(stdout.trim().toLowerCase())) return;
  const trees = await ask(git, path, 'worktree', 'list', '--porcelain');
  if (!trees.includes(`branch refs/heads/${branchPrefix}`)) return;
  throw refused(
    `A branch of Fleet's is checked out in ${path}, and receive.denyCurrentBranch lets a push change it: check out another branch, then comment \`/fleet retry\`.`,
  );
}

async function bare(options: LocalForgeOptions, row: RepositoryRow): Promise<string> {
  const folder = placeOf(options, row);
  await ask(options.git, '.', 'init', '--quiet', '--bare', folder);
  return folder;
}

/** The bare repository, with the default branch of the URL as it is now, and with Fleet's branches where they are pushed there. */
async function fetched(options: LocalForgeOptions, row: RepositoryRow): Promise<string> {
  const folder = await bare(options, row);
  const own = row.push ? [`${options.branchPrefix}*`] : [];
  const specs = [row.default_branch, ...own].map((branch) => `+refs/heads/${branch}:refs/heads/${branch}`);
  const { code, stderr } = await options.git([
    ...['-C', folder, 'fetch', '--quiet', '--no-tags', ...own.map(() => '--prune'), '--', row.location, ...specs],
  ]);
  if (code !== 0) throw unreachable(row.location, stderr);
  return folder;
}

/** The folder that git can be asked in about this repository, with what is at its URL now. */
export async function freshPlace(options: LocalForgeOptions, row: RepositoryRow): Promise<string> {
  return row.kind === 'url' ? fetched(options, row) : placeOf(options, row);
}
