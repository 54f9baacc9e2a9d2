import type { WorkEvent } from '../domain/event.js';
import type { Run } from '../domain/run.js';
import { moved, shownTo, stays, type Decision } from './decision.js';

/** The branch is pushed, then the merge request is opened, then people are told. */
export function afterDelivering(
  run: Run,
  event: Extract<WorkEvent, { type: 'pushed' | 'mergeRequestOpened' }>,
): Decision {
  const { phase } = run;
  if (phase.name !== 'delivering') return stays(run, `late: ${event.type} while ${phase.name}`);
  const { head } = phase;
  switch (event.type) {
    case 'pushed':
      return moved(run, { ...phase, step: 'opening' }, 'the branch is pushed', { type: 'openMergeRequest', head });
    case 'mergeRequestOpened': {
      const delivered = { ...run, mergeRequest: event.mergeRequest };
      const because = `merge request ${event.mergeRequest.number} is open`;
      return shownTo(
        moved(delivered, { name: 'inReview', head }, because, { type: 'tellPeople', notice: { kind: 'ready' } }),
      );
    }
    default:
      return event satisfies never;
  }
}
