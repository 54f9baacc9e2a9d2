import type { WorkEvent } from '../domain/event.js';
import { holdsSlot, type Resume, type Run } from '../domain/run.js';
import { blocked, shownTo, stays, type Decision } from './decision.js';

/** An effect was given up: what only tells people is done without, anything else needs a person. */
export function afterFailedEffect(run: Run, event: Extract<WorkEvent, { type: 'effectFailed' }>): Decision {
  switch (event.effect) {
    case 'showStatus':
      return stays({ ...run, status: { ...run.status, state: 'shown' } }, 'the status comment could not be written');
    case 'react':
    case 'tellPeople':
    case 'stopWork':
    case 'removeWorkspace':
      return stays(run, `done without: ${event.effect}`);
    case 'prepareWorkspace':
    case 'runAgent':
    case 'runChecks':
    case 'commitWork':
    case 'pushBranch':
    case 'openMergeRequest':
      if (!holdsSlot(run.phase)) return stays(run, `late: ${event.effect} failed while ${run.phase.name}`);
      return shownTo(blocked(run, event.obstacle, resumeOf(run)));
    default:
      return event.effect satisfies never;
  }
}

/** Where a retry would go on: what is committed is kept. */
export function resumeOf(run: Run): Resume {
  const { phase } = run;
  if (phase.name === 'working') return { to: 'working', task: phase.task, head: phase.head };
  if (phase.name === 'delivering') return { to: 'delivering', head: phase.head };
  return phase.name === 'queued' || phase.name === 'blocked' ? phase.resume : { to: 'planning' };
}
