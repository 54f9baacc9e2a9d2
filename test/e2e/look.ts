import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import type { Role } from '../../src/domain/agent.js';
import type { Phase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import type { CommentState, IssueState, RepositoryState } from '../support/github/state.js';
import type { Said, Scene, Stage } from './stage.js';
import type { Item } from './story.js';
import type { Fleet, GitHubFleet } from './world.js';

/** Less than a test may take, so that what it waited for is said. */
const longestMs = 50_000;

type Wanted = Phase['name'] | ((run: Run) => boolean);

/** A repository, by the forge's own id. */
interface Numbered {
  readonly id: number;
}

/** Waits until the newest run of the repository is as wanted, woken by its journal. Fails when that takes more than `withinMs`. */
export async function reached(
  world: Pick<Fleet, 'fleet'>,
  repository: Numbered,
  wanted: Wanted,
  withinMs = longestMs,
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
  const at = run === undefined ? 'not there' : JSON.stringify(run.phase);
  const story = run === undefined ? [] : await decidedOf(world, run);
  throw new Error([`not reached within ${withinMs} ms: ${String(wanted)}; the run is ${at}:`, ...story].join('\n  '));
}

/** The runs of a repository, newest first. */
export async function runsOf(world: Pick<Fleet, 'fleet'>, repository: Numbered): Promise<readonly Run[]> {
  const { runs } = await world.fleet.control({ op: 'list', limit: 1_000, open: false });
  return runs.filter((each) => each.repository.id === String(repository.id));
}

/** The run is as wanted, and all that it has to say about it has been said. */
export async function rested(stage: Stage, scene: Scene, wanted: Wanted): Promise<Run> {
  const isWanted = typeof wanted === 'function' ? wanted : (run: Run): boolean => run.phase.name === wanted;
  const run = await reached(stage, scene, (each) => isWanted(each) && each.status.state === 'shown');
  const notice = run.phase.name === 'inReview' ? 'kind=ready ' : run.phase.name === 'blocked' ? 'kind=blocked ' : '';
  await becomes(() => scene.comments('issue').some(({ body }) => body.includes(notice)));
  return run;
}

/** A scene whose first round is done: its merge request waits for people. */
export async function opened(stage: Stage, options: Parameters<Stage['scene']>[0] = {}): Promise<Scene> {
  const scene = stage.scene(options);
  await scene.label('mona');
  await rested(stage, scene, reviewed(1));
  return scene;
}

/** In review after that round, with nothing new to read. */
export function reviewed(round: number): (run: Run) => boolean {
  return ({ phase, ...run }) => phase.name === 'inReview' && phase.settling === undefined && run.round === round;
}

/** Decisions about a run so far, in words. */
async function decidedOf({ fleet }: Pick<Fleet, 'fleet'>, { id }: Run): Promise<readonly string[]> {
  const { entries } = await fleet.control({ op: 'log', run: id, after: 0, waitMs: 0 });
  return entries.filter(({ kind }) => kind === 'decided').map(({ text }) => text);
}

/** Waits until the newest run has decided so, that many times in all. */
export async function decided(stage: Pick<Fleet, 'fleet'>, scene: Numbered, words: RegExp, times = 1): Promise<Run> {
  const said = async (run: Run): Promise<number> =>
    (await decidedOf(stage, run)).filter((text) => words.test(text)).length;
  return vi.waitFor(
    async () => {
      const [run] = await runsOf(stage, scene);
      expect(run === undefined ? 0 : await said(run), String(words)).toBeGreaterThanOrEqual(times);
      return run!;
    },
    { timeout: 20_000, interval: 50 },
  );
}

/** Waits until it is so, looking again and again. Fails when that takes more than `withinMs`. */
export async function becomes(isSo: () => boolean, withinMs = longestMs): Promise<void> {
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

/** The prompts that the agents of a run were given, all or those of one role, in order. */
export function promptsOf(world: Pick<Fleet, 'folder'>, run: Run, role?: Role): readonly string[] {
  const folder = join(world.folder, 'prompts');
  const revision = (name: string): number => Number(name.split('.')[1]);
  return readdirSync(folder)
    .filter((name) => name.startsWith(`${run.id}.`) && name.endsWith(`${role ?? ''}.md`))
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

/** The commits that a branch has beyond its base, as a story tells them. */
export function commitItems({ gitDir }: Scene, base: string, branch: string): readonly Item[] {
  const args = ['--git-dir', gitDir, 'log', '--reverse', '--format=%H%n%P%n%an%n%B%x00', `${base}..${branch}`];
  const commits = execFileSync('git', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).split('\0');
  return commits
    .map((commit) => commit.trim().split('\n'))
    .filter(([sha]) => sha !== '')
    .map(([sha = '', parents = '', by = '', ...message]) => ({
      id: sha,
      title: `Commit ${sha} on ${branch} by ${by}${parents.includes(' ') ? `, a merge of ${parents.replace(' ', ' and ')}` : ''}`,
      text: message.join('\n'),
    }));
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
export async function agentWorks(world: Fleet, repository: Numbered, role: 'planner' | 'developer'): Promise<Run> {
  const run = await reached(world, repository, role === 'planner' ? 'planning' : 'working');
  await becomes(() =>
    readdirSync(join(world.folder, 'prompts')).some(
      (name) => name.startsWith(`${run.id}.`) && name.endsWith(`${role}.md`),
    ),
  );
  return run;
}

/** The end of a scene in short: its run, and all that Fleet said and committed. */
export async function outcome(stage: Stage, scene: Scene) {
  const runs = await runsOf(stage, scene);
  const [{ phase, round, branch } = { phase: { name: 'none' }, round: 0, branch: '' }] = runs;
  const said = (comments: readonly Said[]): readonly string[] =>
    comments.filter(({ by }) => by === stage.bot).map(({ body }) => opening(body));
  return {
    ...{ runs: runs.length, phase: phase.name, round },
    threads: scene
      .threads()
      .map(({ comments, isResolved }) => [...said(comments), ...(isResolved ? ['resolved'] : [])]),
    issue: scene.comments('issue').flatMap(({ body }) => /kind=(\w+)/.exec(body)?.[1] ?? []),
    mergeRequest: said(scene.comments('mergeRequest')),
    commits: commitItems(scene, 'main', branch).flatMap(({ title, text }) =>
      / by Fleet\b/.test(title) ? [opening(text)] : [],
    ),
  };
}

/** The first line without markers and hashes. */
function opening(body: string): string {
  const [line = ''] = body.replace(/^<!--.*?-->\n/, '').split('\n');
  return line.replace(/\b(?=\w*\d)[0-9a-f]{7,40}\b/g, 'SHA');
}

/** Waits until so many developers have been at work on the newest run. */
export async function prompted(stage: Stage, scene: Scene, count: number): Promise<Run> {
  const run = await reached(stage, scene, () => true);
  await becomes(() => promptsOf(stage, run, 'developer').length >= count);
  return run;
}

/** Lets agents of that role go on that wait, from now on all of them. */
export function openGate({ folder }: Pick<Fleet, 'folder'>, role: 'planner' | 'developer'): void {
  writeFileSync(join(folder, 'gates', role), '');
}
