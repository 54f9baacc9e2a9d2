import type { WorkEvent } from '../domain/event.js';
import type { Run } from '../domain/run.js';
import type { Claim, Log } from '../ports.js';
import { workAsAgent } from './agent-work.js';
import { commitWork, openMergeRequest, pushBranch } from './deliver.js';
import type { Loop } from './loop.js';
import { prepareWorkspace, removeWorkspace } from './prepare.js';
import { runChecks } from './check-work.js';
import { react, showStatus, tellPeople } from './tell.js';

/** One effect at hand: everything that performing it may need. */
export interface Job {
  readonly loop: Loop;
  readonly claim: Claim;
  readonly run: Run;
  /** Aborts when the claim is lost, the run was stopped or the worker ends; nothing is changed outside after that. */
  readonly signal: AbortSignal;
  readonly log: Log;
}

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
