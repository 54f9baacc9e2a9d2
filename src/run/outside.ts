import type { WorkEvent } from '../domain/event.js';
import { workAsAgent } from './agent-work.js';
import { commitWork, openMergeRequest, pushBranch } from './deliver.js';
import type { Job } from './job.js';
import { prepareWorkspace, removeWorkspace } from './prepare.js';
import { runChecks } from './check-work.js';
import { react, showStatus, tellPeople } from './tell.js';

/** Does what the effect says, at least once in all; the event says what came of it, where anybody must know. */
export async function outside(job: Job): Promise<WorkEvent | undefined> {
  const { effect } = job.claim;
  switch (effect.type) {
    case 'react':
      return react(job, effect.target);
    case 'showStatus':
      return showStatus(job);
    case 'tellPeople':
      return tellPeople(job, effect.notice);
    case 'prepareWorkspace':
      return prepareWorkspace(job);
    case 'runAgent':
      return workAsAgent(job, effect.assignment);
    case 'runChecks':
      return runChecks(job, effect);
    case 'commitWork':
      return commitWork(job, effect);
    case 'pushBranch':
      return pushBranch(job, effect.head);
    case 'openMergeRequest':
      return openMergeRequest(job);
    case 'removeWorkspace':
      return removeWorkspace(job);
    case 'stopWork':
      return undefined;
    default:
      return effect satisfies never;
  }
}
