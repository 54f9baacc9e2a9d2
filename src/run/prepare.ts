import type { Sighting } from '../domain/check.js';
import type { WorkEvent } from '../domain/event.js';
import { needsPerson, retryLater } from '../domain/failure.js';
import type { RunPolicy } from '../domain/policy.js';
import type { Opened, Workspace } from '../ports/workspace.js';
import { forgeOf } from './loop.js';
import type { Job } from './job.js';
import { judge } from './judge.js';

/** Mirror, rules of the repository, worktree, set-up: whatever must stand before an agent may work. */
export async function prepareWorkspace(job: Job): Promise<WorkEvent> {
  const { run, loop } = job;
  const { clock, workspaces, repositories } = { ...loop.ports, repositories: loop.ports.store.repositories };
  const { repository } = run;
  await workspaces.fetch(repository, await forgeOf(loop, repository.forge).remote(repository, 'fetch'));
  const files = await workspaces.filesOf(repository, repository.defaultBranch);
  const rules = await loop.ports.rules(repository, files);
  await repositories.setLabel(repository.forge, repository.id, rules.label);
  // A label that was renamed since stops no merge request that people look at.
  if (rules.label !== undefined && rules.label !== run.label && run.mergeRequest === undefined) {
    return { type: 'otherLabelWanted', label: rules.label, atMs: clock.nowMs() };
  }
  const opened = await workspaces.open({
    ...{ run: run.id, repository, branch: run.branch, base: rules.base },
    adopts: run.phase.name === 'queued' && run.phase.resume.to === 'round',
  });
  const isDefault = rules.base === repository.defaultBranch;
  const policy = await rules.policy(isDefault ? files : await workspaces.filesOf(repository, rules.base));
  await setUp(job, policy, opened);
  const { start, files: count, branchHead } = opened;
  const branch = branchHead === undefined ? {} : { branchHead };
  const prepared = { policy, baseSha: start.commit, files: count, start, ...branch };
  return { type: 'workspacePrepared', prepared, atMs: clock.nowMs() };
}

/** A worktree beside the run's own gets dependencies, too: those of the base, which is what is known by then. */
export async function setUpLane(job: Job, lane: number): Promise<void> {
  const { run, loop } = job;
  const { policy, start } = run.prepared ?? {};
  if (policy?.setup === undefined || start === undefined) return;
  const { setup } = policy;
  if (await loop.ports.judging.lendDependencies(run.id, { snapshot: start, setup, lane })) return;
  const workspace = await workspaceOf(job, lane);
  mustPass(setup, await setUpThere(job, policy, { setup, workspace, tree: start.tree }));
}

/** Dependencies for the agent: a copy of what the set-up makes of the base where it is judged, or, where a copy does not do, its own. */
async function setUp(job: Job, policy: RunPolicy, opened: Opened): Promise<void> {
  const { setup } = policy;
  if (setup === undefined) return;
  const { run, loop } = job;
  const { workspace, start, branchHead } = opened;
  const order = { snapshot: start, setup };
  const lend = (): Promise<boolean> => loop.ports.judging.lendDependencies(run.id, order);
  // What people pushed meanwhile may need others.
  if (branchHead === undefined) {
    if (await lend()) return;
    mustPass(setup, await judge(job, { snapshot: start, policy, commands: [] }));
    if (await lend()) return;
  }
  mustPass(setup, await setUpThere(job, policy, { setup, workspace, tree: start.tree }));
}

function setUpThere(
  { loop, run, signal }: Job,
  { checkTimeoutMs }: RunPolicy,
  at: { readonly setup: string; readonly workspace: Workspace; readonly tree: string },
): Promise<readonly Sighting[]> {
  const { setup, workspace, tree } = at;
  return loop.ports.checks.run({
    ...{ run: run.id, workspace, tree, signal },
    commands: [{ name: 'setup', kind: 'setup', command: setup }],
    timeoutMs: checkTimeoutMs,
  });
}

function mustPass(setup: string, seen: readonly Sighting[]): void {
  const failed = seen.find(({ evidence }) => evidence.outcome !== 'pass');
  if (failed === undefined) return;
  const { exit, outputTail } = failed.evidence;
  const ended = typeof exit === 'number' ? `exit ${exit}` : exit;
  throw needsPerson('setupFailed', [`${setup}: ${ended}`, ...outputTail.split('\n').slice(-20)]);
}

/** A worktree of the run; its own was prepared before anything else, so without one the run waits for whoever has it. */
export async function workspaceOf(job: Job, lane = 0): Promise<Workspace> {
  const workspace = await job.loop.ports.workspaces.find(job.run.id, lane);
  if (workspace === undefined) throw retryLater(`the worktree of run ${job.run.id} is not on this machine`);
  return workspace;
}

/** The end of a run: worktree, homes and artifacts go; first whatever still works there comes to its end. */
export async function removeWorkspace(job: Job): Promise<undefined> {
  const { loop, run, claim } = job;
  if (loop.held.works(run.id, claim)) throw retryLater(`work of run ${run.id} has not ended yet`, 500);
  await loop.ports.remover.remove(run.id);
  await loop.ports.agents.forget(run.id);
  return undefined;
}
