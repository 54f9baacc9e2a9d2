import type { Notice } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import type { ReactionTarget } from '../domain/forge.js';
import { noticeComment } from '../render/notice.js';
import { statusComment } from '../render/status-comment.js';
import { forgeOf } from './loop.js';
import type { Job } from './job.js';

/** Says that Fleet has seen it. */
export async function react(job: Job, target: ReactionTarget): Promise<undefined> {
  await forgeOf(job.loop, job.run.repository.forge).react(job.run.repository, target);
  return undefined;
}

/** Makes the status comment show the run as it is now. The admission looked for an earlier one, so a first try creates at once. */
export async function showStatus(job: Job): Promise<WorkEvent> {
  const { run, loop, claim } = job;
  const nowMs = loop.ports.clock.nowMs();
  const comment = statusComment(run, { settings: loop.settings, nowMs });
  const knownId = run.status.id === undefined ? {} : { knownId: run.status.id };
  const forge = forgeOf(loop, run.repository.forge);
  const { id } = await forge.ensureComment(run.repository, run.issue.number, {
    ...comment,
    ...knownId,
    mayExist: claim.tries > 1,
    isMergeRequest: run.issue.isMergeRequest,
  });
  return { type: 'statusShown', commentId: id, atMs: loop.ports.clock.nowMs() };
}

/** A comment of its own for a matter that people must be told of; its marker holds run and revision, so that it is made once. */
export async function tellPeople(job: Job, notice: Notice): Promise<undefined> {
  const { run, loop, claim } = job;
  const comment = noticeComment(run, notice, {
    settings: loop.settings,
    nowMs: loop.ports.clock.nowMs(),
    key: claim.effectId,
  });
  const asked = notice.kind === 'reply' && notice.place === 'mergeRequest' ? run.mergeRequest?.number : undefined;
  await forgeOf(loop, run.repository.forge).ensureComment(run.repository, asked ?? run.issue.number, {
    ...comment,
    mayExist: claim.tries > 1,
    isMergeRequest: asked === undefined ? run.issue.isMergeRequest : true,
  });
  return undefined;
}
