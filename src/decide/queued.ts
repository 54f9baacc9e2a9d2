import type { RunEvent } from '../domain/event.js';
import type { Prepared, Run } from '../domain/run.js';
import { moved, shownTo, stays, type Decision } from './decision.js';
import { startPlanning } from './planning.js';
import { startTask } from './working.js';

type QueuedEvent = Extract<RunEvent, { type: 'slotGranted' | 'workspacePrepared' | 'otherLabelWanted' }>;

/** A waiting run gets a slot, then a workspace, then goes on where it should. */
export function afterQueued(run: Run, event: QueuedEvent): Decision {
  const { phase } = run;
  if (phase.name !== 'queued') return stays(run, `late: ${event.type} while ${phase.name}`);
  switch (event.type) {
    case 'slotGranted':
      if (phase.step !== 'waiting') return stays(run, 'late: the run has its slot');
      return moved(run, { ...phase, step: 'preparing' }, 'a slot is free', { type: 'prepareWorkspace' });
    case 'otherLabelWanted': {
      const because = `the repository wants the label ${event.label}`;
      return shownTo(moved(run, { name: 'cancelled', why: 'otherLabel' }, because, { type: 'removeWorkspace' }));
    }
    case 'workspacePrepared':
      return resumed({ ...run, prepared: preparedAgain(run, event.prepared) }, phase.resume);
    default:
      return event satisfies never;
  }
}

/** A run that resumes keeps the base that its commits stand on; the policy is the new one, for a person may have mended it. */
function preparedAgain(run: Run, prepared: Prepared): Prepared {
  const resumes = run.phase.name === 'queued' && run.phase.resume.to !== 'planning';
  return resumes && run.prepared !== undefined ? { ...run.prepared, policy: prepared.policy } : prepared;
}

function resumed(run: Run, resume: Extract<Run['phase'], { name: 'queued' }>['resume']): Decision {
  switch (resume.to) {
    case 'planning':
      return startPlanning(run, 'the workspace is ready');
    case 'working':
      return startTask(run, resume.task, resume.head, 'the workspace is ready again');
    case 'delivering': {
      const { head } = resume;
      return moved(run, { name: 'delivering', step: 'pushing', head }, 'the workspace is ready again', {
        type: 'pushBranch',
        head,
      });
    }
    default:
      return resume satisfies never;
  }
}
