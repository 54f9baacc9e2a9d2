import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import { Failure, needsPerson } from '../domain/failure.js';
import type { Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import { commitMessage, mergeMessage, suggestionMessage } from '../render/commit-message.js';
import { mergeRequestBody, mergeRequestTitle } from '../render/merge-request.js';
import { forgeOf } from './loop.js';
import type { Job } from './job.js';
import { workspaceOf } from './prepare.js';

/** Fleet commits what the agent edited and the checks passed. */
export async function commitWork(job: Job, effect: Extract<Effect, { type: 'commitWork' }>): Promise<WorkEvent> {
  const { run, loop } = job;
  const task = run.plan?.tasks.find(({ id }) => id === effect.task);
  if (task === undefined) throw new Error(`task ${effect.task} is not in the plan of run ${run.id}`);
  const head = await loop.ports.workspaces.commit(run.id, {
    tree: effect.snapshot.tree,
    parents: [effect.parent.commit, ...(effect.merges === undefined ? [] : [effect.merges])],
    message: effect.merges === undefined ? commitMessage(run, task) : mergeMessage(run, mergedName(run)),
  });
  await loop.ports.store.attempts.accept({ run: run.id, role: 'developer', task: task.id });
  return { type: 'committed', task: task.id, head, atMs: loop.ports.clock.nowMs() };
}

/** What a merge brings in, for people. */
function mergedName(run: Run): string {
  return run.cause?.source === 'branch' ? run.branch : (run.prepared?.policy.base ?? run.repository.defaultBranch);
}

/** Fleet itself brings in what people gave. */
export async function integrate(job: Job, effect: Extract<Effect, { type: 'integrate' }>): Promise<WorkEvent> {
  const { run, loop } = job;
  const { workspaces, clock } = loop.ports;
  await workspaceOf(job);
  if (effect.source !== 'none') {
    await workspaces.fetch(run.repository, await forgeOf(loop, run.repository.forge).remote(run.repository, 'fetch'));
  }
  const { type: _, ...integration } = effect;
  const integrated = await workspaces.integrate(run.id, {
    ...integration,
    base: run.prepared?.policy.base ?? run.repository.defaultBranch,
    // Nobody has seen the branch yet, so its history may still be made straight.
    how: run.mergeRequest === undefined ? 'rebase' : (run.prepared?.policy.review.conflicts ?? 'merge'),
    ...(run.prepared === undefined ? {} : { since: run.prepared.start.commit }),
    protectedPaths: run.prepared?.policy.protectedPaths ?? [],
    messages: { merge: mergeMessage(run, mergedName(run)), suggestion: (by) => suggestionMessage(run, by) },
  });
  const isOnBase = effect.source === 'base' && integrated.conflict === undefined;
  const onto = isOnBase ? { onto: await loop.ports.judging.forkOf(run.id, integrated.head) } : {};
  return { type: 'integrated', ...integrated, ...onto, atMs: clock.nowMs() };
}

/** Puts the work of a task on the head of the branch, which has moved since the work began. */
export async function replay(job: Job, effect: Extract<Effect, { type: 'replay' }>): Promise<WorkEvent> {
  const { run, loop } = job;
  const { task, from, work, onto } = effect;
  const title = run.plan?.tasks.find(({ id }) => id === task)?.title ?? task;
  const replayed = await loop.ports.workspaces.replay(run.id, { from, work, onto, name: `${task}: ${title}` });
  return { type: 'replayed', task, ...replayed, atMs: loop.ports.clock.nowMs() };
}

/** Pushes the head of the run's branch, with a lease; that somebody else pushed meanwhile is an event. */
export async function pushBranch(job: Job, head: Snapshot): Promise<WorkEvent> {
  const { run, loop, signal } = job;
  const remote = await forgeOf(loop, run.repository.forge).remote(run.repository, 'push');
  signal.throwIfAborted();
  const { workspaces, clock } = loop.ports;
  try {
    await workspaces.push(run.id, { remote, sha: head.commit, branch: run.branch });
    return { type: 'pushed', sha: head.commit, atMs: clock.nowMs() };
  } catch (error) {
    if (!(error instanceof Failure) || error.reason.kind !== 'lostRace') throw error;
    return { type: 'branchMoved', atMs: clock.nowMs() };
  }
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
    ...(run.mergeRequest === undefined ? {} : { knownNumber: run.mergeRequest.number }),
    // Whoever reviewed is asked again once their threads are answered.
    reviewers: run.mergeRequest === undefined && run.requester.kind === 'person' ? [run.requester] : [],
  });
  return { type: 'mergeRequestOpened', mergeRequest, atMs: clock.nowMs() };
}
