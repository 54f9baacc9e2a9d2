import type { RunEvent } from '../domain/event.js';
import { isEnded, type Run } from '../domain/run.js';
import { shownTo, stays, type Decision } from './decision.js';
import { afterDelivering } from './delivering.js';
import { afterFailedEffect } from './failed-effect.js';
import { afterPeople } from './people.js';
import { afterPlanning } from './planning.js';
import { afterQueued } from './queued.js';
import { afterWorking } from './working.js';

/** All of Fleet's behaviour: what becomes of a run when something happens. Reads no clock; events carry their time. */
export function decide(run: Run, event: RunEvent): Decision {
  const decision = isEnded(run.phase) ? afterEnd(run, event) : inPhase(run, event);
  return { ...decision, run: { ...decision.run, revision: run.revision + 1, updatedAtMs: event.atMs } };
}

function inPhase(run: Run, event: RunEvent): Decision {
  switch (event.type) {
    case 'unlabelled':
    case 'issueClosed':
    case 'commanded':
    case 'mergeRequestEnded':
    case 'repositoryLost':
    case 'repositoryMoved':
      return afterPeople(run, event);
    case 'statusShown':
      return afterStatusShown(run, event.commentId);
    case 'effectFailed':
      return afterFailedEffect(run, event);
    case 'slotGranted':
    case 'workspacePrepared':
    case 'otherLabelWanted':
      return afterQueued(run, event);
    case 'planned':
      return afterPlanning(run, event);
    case 'attemptFailed':
      return run.phase.name === 'planning' ? afterPlanning(run, event) : afterWorking(run, event);
    case 'worked':
    case 'checked':
    case 'committed':
      return afterWorking(run, event);
    case 'pushed':
    case 'mergeRequestOpened':
      return afterDelivering(run, event);
    default:
      return event satisfies never;
  }
}

/** An ended run does nothing more, but its status comment still catches up, and what its agents used is still counted. */
function afterEnd(run: Run, event: RunEvent): Decision {
  if (event.type === 'statusShown') return afterStatusShown(run, event.commentId);
  if (event.type === 'effectFailed' && event.effect === 'showStatus') return afterFailedEffect(run, event);
  if (event.type === 'attemptFailed' || event.type === 'planned' || event.type === 'worked') {
    return stays({ ...run, attempts: [...run.attempts, event.attempt] }, `late: the run has ended (${event.type})`);
  }
  return stays(run, `late: the run has ended (${event.type})`);
}

function afterStatusShown(run: Run, id: string): Decision {
  const next = stays({ ...run, status: { id, state: 'shown' } }, 'status comment shows the run');
  return run.status.state === 'stale' ? shownTo(next) : next;
}
