import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import { needsPerson } from '../domain/failure.js';
import type { Snapshot } from '../domain/run.js';
import { commitMessage } from '../render/commit-message.js';
import { mergeRequestBody, mergeRequestTitle } from '../render/merge-request.js';
import { forgeOf } from './loop.js';
import type { Job } from './job.js';

/** Fleet commits what the agent edited and the checks passed. */
export async function commitWork(job: Job, effect: Extract<Effect, { type: 'commitWork' }>): Promise<WorkEvent> {
  const { run, loop } = job;
  const task = run.plan?.tasks.find(({ id }) => id === effect.task);
  if (task === undefined) throw new Error(`task ${effect.task} is not in the plan of run ${run.id}`);
  const head = await loop.ports.workspaces.commit(run.id, {
    tree: effect.snapshot.tree,
    parent: effect.parent.commit,
    message: commitMessage(run, task),
  });
  return { type: 'committed', head, atMs: loop.ports.clock.nowMs() };
}

/** Pushes the head of the run's branch, with a lease. */
export async function pushBranch(job: Job, head: Snapshot): Promise<WorkEvent> {
  const { run, loop, signal } = job;
  const remote = await forgeOf(loop, run.repository.forge).remote(run.repository, 'push');
  signal.throwIfAborted();
  await loop.ports.workspaces.push(run.id, { remote, sha: head.commit, branch: run.branch });
  return { type: 'pushed', sha: head.commit, atMs: loop.ports.clock.nowMs() };
}

/** Opens the run's one merge request, or finds it. */
export async function openMergeRequest(job: Job): Promise<WorkEvent> {
  const { run, loop, signal } = job;
  const { clock } = loop.ports;
  const base = run.prepared?.policy.base;
  if (base === undefined) throw needsPerson('forgeRefused', ['the run has no base branch: it was never prepared']);
  signal.throwIfAborted();
  const mergeRequest = await forgeOf(loop, run.repository.forge).ensureMergeRequest(run.repository, {
    branch: run.branch,
    base,
    title: mergeRequestTitle(run),
    body: mergeRequestBody(run, { settings: loop.settings, nowMs: clock.nowMs() }),
    draft: false,
    reviewers: run.requester.kind === 'person' ? [run.requester] : [],
  });
  return { type: 'mergeRequestOpened', mergeRequest, atMs: clock.nowMs() };
}
