import { Failure, needsPerson, retryLater } from '../../domain/failure.js';

/** What a git process left. */
export interface GitResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs git with these arguments, without prompts and without `GIT_*` of the surroundings; an exit code is a result, not an error. */
export type RunGit = (args: readonly string[]) => Promise<GitResult>;

/** git's answer in this repository, trimmed; anything but exit code 0 is a `Failure`. */
export async function ask(git: RunGit, folder: string, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await git(['-C', folder, ...args]);
  if (code === 0) return stdout.trimEnd();
  throw new Failure(`git ${args[0] ?? ''} in ${folder} ended with exit code ${code}: ${lastLines(stderr)}`, {
    kind: 'needsPerson',
    obstacle: { kind: 'forgeRefused', details: [`git ${args[0] ?? ''} in ${folder}: ${lastLines(stderr)}`] },
  });
}

/** Whether git says yes (exit code 0). */
export async function holds(git: RunGit, folder: string, ...args: readonly string[]): Promise<boolean> {
  return (await git(['-C', folder, ...args])).code === 0;
}

/** The commit at a ref, or undefined. */
export async function commitAt(git: RunGit, folder: string, ref: string): Promise<string | undefined> {
  const { code, stdout } = await git(['-C', folder, 'rev-parse', '--verify', '--quiet', `${ref}^{commit}`]);
  return code === 0 ? stdout.trim() : undefined;
}

/** The work tree in which this branch is checked out, or undefined. */
export async function checkedOutIn(git: RunGit, folder: string, branch: string): Promise<string | undefined> {
  const trees = (await ask(git, folder, 'worktree', 'list', '--porcelain')).split('\n\n');
  const tree = trees.find((each) => each.split('\n').includes(`branch refs/heads/${branch}`));
  return tree === undefined || tree.includes('\nbare') ? undefined : /^worktree (.*)$/m.exec(tree)?.[1];
}

/** Whether git was stopped by the network and may succeed later. */
export function unreachable(location: string, stderr: string): Failure {
  return retryLater(`cannot reach ${location}: ${lastLines(stderr)}`);
}

/** What a person gave that does not fit. */
export function wrong(message: string): Failure {
  return needsPerson('configurationBroken', [message]);
}

/** What the forge will not do; the message says what a person can. */
export function refused(message: string): Failure {
  return needsPerson('forgeRefused', [message]);
}

function lastLines(text: string): string {
  return text.trim().split('\n').slice(-3).join(' ') || 'no message';
}
