import { rm } from 'node:fs/promises';
import { mend } from './files.js';
import type { Git, Worktree } from './git.js';

/** How long git may take before a file that never ends (a pipe named `.gitignore`) is thought to hold it up. */
const patienceMs = 5000;
const timeoutMs = 10 * 60_000;

/** Staging in Fleet's own index. `add` never looks into repositories inside the worktree. */
export interface Stage {
  readonly git: Git;
  readonly gitDir: string;
  readonly worktree: Worktree;
}

/**
 * Stages everything that is not ignored, and says what git could not take: paths; a repository of its own ends in `/`.
 * Submodules keep out of it: git would run `git status` inside them, under configuration that an agent wrote.
 */
export async function stageAll({ git, gitDir, worktree }: Stage): Promise<readonly string[]> {
  await rm(`${worktree.index}.lock`, { force: true });
  const add = ['-c', 'core.protectNTFS=false', '-c', 'advice.addEmbeddedRepo=false', 'add', '--all'];
  const quick = await git.attempt({ gitDir, worktree, args: add, timeoutMs: patienceMs });
  if (quick.exit === 0) return [];
  await mend(worktree.path);
  await rm(`${worktree.index}.lock`, { force: true });
  const patient = await git.attempt({ gitDir, worktree, args: [...add, '--ignore-errors'], timeoutMs });
  if (patient.exit === 0) return [];
  const left = ['ls-files', '-z', '--others', '--modified', '--exclude-standard'];
  const paths = (await git.output({ gitDir, worktree, args: left, timeoutMs })).split('\0');
  return [...new Set(paths.filter((path) => path !== ''))];
}

/** Takes paths out of the index and leaves their files. */
export async function unstage({ git, gitDir, worktree }: Stage, paths: readonly string[]): Promise<void> {
  const args = ['update-index', '--force-remove', '-z', '--stdin'];
  await git.output({ gitDir, worktree, args, input: paths.map((path) => `${path}\0`).join('') });
}

/** Makes git pass over these submodules: it neither looks into them nor sees a change. */
export async function passOver({ git, gitDir, worktree }: Stage, gitlinks: readonly string[]): Promise<void> {
  if (gitlinks.length === 0) return;
  const args = ['update-index', '--skip-worktree', '-z', '--stdin'];
  await git.output({ gitDir, worktree, args, input: gitlinks.map((path) => `${path}\0`).join('') });
}
