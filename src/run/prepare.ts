import type { WorkEvent } from '../domain/event.js';
import { needsPerson, retryLater } from '../domain/failure.js';
import type { RunPolicy, Snapshot } from '../domain/run.js';
import type { Workspace } from '../ports/workspace.js';
import { forgeOf } from './loop.js';
import type { Job } from './job.js';

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

async function setUp(
  job: Job,
  policy: RunPolicy,
  opened: { readonly workspace: Workspace; readonly start: Snapshot },
): Promise<void> {
  if (policy.setup === undefined) return;
  const { run, signal, loop } = job;
  const [seen] = await loop.ports.checks.run({
    run: run.id,
    workspace: opened.workspace,
    tree: opened.start.tree,
    commands: [{ name: 'setup', kind: 'setup', command: policy.setup }],
    timeoutMs: policy.checkTimeoutMs,
    signal,
  });
  if (seen?.outcome === 'pass') return;
  const ended = typeof seen?.exit === 'number' ? `exit ${seen.exit}` : (seen?.exit ?? 'nothing was run');
  throw needsPerson('setupFailed', [`${policy.setup}: ${ended}`, ...(seen?.outputTail.split('\n').slice(-20) ?? [])]);
}

/** The run's worktree; it was prepared before anything else, so without one the run waits for whoever has it. */
export async function workspaceOf(job: Job): Promise<Workspace> {
  const workspace = await job.loop.ports.workspaces.find(job.run.id);
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
