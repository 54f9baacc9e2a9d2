import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Phase, Run } from '../../src/domain/run.js';
import type { CommentState, IssueState, RepositoryState } from '../support/github/state.js';
import type { GitHubFleet } from './world.js';

type Wanted = Phase['name'] | ((run: Run) => boolean);

/** Waits until the newest run of the repository is as wanted, woken by its journal. Fails when that takes more than `withinMs`. */
export async function reached(
  world: GitHubFleet,
  repository: RepositoryState,
  wanted: Wanted,
  withinMs = 40_000,
): Promise<Run> {
  const isWanted = typeof wanted === 'function' ? wanted : (run: Run): boolean => run.phase.name === wanted;
  const deadline = performance.now() + withinMs;
  let run: Run | undefined;
  let after = 0;
  while (performance.now() < deadline) {
    run = (await runsOf(world, repository))[0];
    if (run !== undefined && isWanted(run)) return run;
    // Waits for the journal's next entry; before there is a run, any answer of the store is a turn of the loop.
    if (run === undefined) continue;
    const { entries } = await world.fleet.control({ op: 'log', run: run.id, after, waitMs: 200 });
    after = entries.at(-1)?.seq ?? after;
  }
  throw new Error(
    `not reached within ${withinMs} ms: ${String(wanted)}; the run is ${run === undefined ? 'not there' : JSON.stringify(run.phase)}`,
  );
}

/** The runs of a repository, newest first. */
export async function runsOf(world: GitHubFleet, repository: RepositoryState): Promise<readonly Run[]> {
  const { runs } = await world.fleet.control({ op: 'list', limit: 1_000, open: false });
  return runs.filter((each) => each.repository.id === String(repository.id));
}

/** Waits until it is so, looking again and again. Fails when that takes more than `withinMs`. */
export async function becomes(isSo: () => boolean, withinMs = 40_000): Promise<void> {
  const look = (): void => expect(isSo(), String(isSo)).toBe(true);
  await vi.waitFor(look, { timeout: withinMs, interval: 20 });
}

/** The run reached its phase, and its status comment and the comment of its own about it, if there is one, are there. */
export async function told(
  world: GitHubFleet,
  repository: RepositoryState,
  phase: Phase['name'],
): Promise<{ readonly run: Run; readonly issue: IssueState; readonly status: string }> {
  const run = await reached(world, repository, (each) => each.phase.name === phase && each.status.state === 'shown');
  const issue = issueOf(repository, run.issue.number);
  const notice = phase === 'inReview' ? 'ready' : phase === 'blocked' ? 'blocked' : undefined;
  await becomes(() => notice === undefined || kindsOf(issue).includes(notice));
  return { run, issue, status: statusOf(issue) };
}

function issueOf(repository: RepositoryState, number: number): IssueState {
  const issue = repository.issues.get(number);
  if (issue === undefined) throw new Error(`no #${number} in ${repository.name}`);
  return issue;
}

/** The kinds of Fleet's comments, in their order. */
export function kindsOf(issue: IssueState): readonly string[] {
  return ofFleet(issue).map(({ body }) => /kind=(\w+)/.exec(body)?.[1] ?? 'none');
}

/** The status comment, without its marker. */
export function statusOf(issue: IssueState): string {
  return commentOf(issue, 'status');
}

/** The newest of Fleet's comments of a kind, without its marker. */
export function commentOf(issue: IssueState, kind: string): string {
  const found = ofFleet(issue).findLast(({ body }) => body.includes(`kind=${kind} `));
  return found?.body.replace(/^<!--.*?-->\n/, '') ?? '';
}

function ofFleet(issue: IssueState): readonly CommentState[] {
  return issue.comments.filter(({ viaApp }) => viaApp);
}

/** Fleet's merge requests. */
export function mergeRequestsOf(repository: RepositoryState): readonly IssueState[] {
  return [...repository.issues.values()].filter(({ pull, user }) => pull !== undefined && user.type === 'Bot');
}

/** The prompts that the agents of a run were given, in order. */
export function promptsOf(world: GitHubFleet, run: Run): readonly string[] {
  const folder = join(world.folder, 'prompts');
  const revision = (name: string): number => Number(name.split('.')[1]);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${run.id}.`))
    .sort((one, other) => revision(one) - revision(other))
    .map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** Messages of the commits that a branch has beyond the default branch, oldest first. */
export function commitsOf(world: GitHubFleet, repository: RepositoryState, branch: string): readonly string[] {
  const gitDir = join(world.folder, 'github', `${repository.owner.login}/${repository.name}.git`);
  const range = `${repository.defaultBranch}..${branch}`;
  const args = ['--git-dir', gitDir, 'log', '--reverse', '--format=Author: %an <%ae>%n%n%B%x00', range];
  const messages = execFileSync('git', args, { encoding: 'utf8' }).split('\0');
  return messages.map((message) => message.trim()).filter((message) => message !== '');
}

/** Processes that work for a run: agents and all that they started. */
export function processesOf(run: Run): readonly string[] {
  const environmentOf = (pid: string): string => {
    try {
      return readFileSync(`/proc/${pid}/environ`, 'latin1');
    } catch {
      // It ended meanwhile.
      return '';
    }
  };
  return readdirSync('/proc').filter(
    (name) => /^\d+$/.test(name) && environmentOf(name).includes(`FLEET_RUN=${run.id}`),
  );
}

/** Waits until an agent of that role is at work on the newest run. */
export async function agentWorks(
  world: GitHubFleet,
  repository: RepositoryState,
  role: 'planner' | 'developer',
): Promise<Run> {
  const run = await reached(world, repository, role === 'planner' ? 'planning' : 'working');
  await becomes(() =>
    readdirSync(join(world.folder, 'prompts')).some(
      (name) => name.startsWith(`${run.id}.`) && name.endsWith(`${role}.md`),
    ),
  );
  return run;
}
