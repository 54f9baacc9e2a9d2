import type { RunEvent } from '../domain/event.js';
import type { Resume } from '../domain/phase.js';
import type { Prepared, Run } from '../domain/run.js';
import { wentOn } from './away.js';
import { moved, shownTo, stays, type Decision } from './decision.js';
import { anew } from './steering.js';
import { startStages } from './stages.js';
import { readNow, startReplanning, startRound, startVerifying, startWork } from './start.js';

type QueuedEvent = Extract<RunEvent, { type: 'slotGranted' | 'workspacePrepared' | 'otherLabelWanted' }>;

/** A waiting run gets a slot, then a workspace, then goes on where it should. */
export function afterQueued(run: Run, event: QueuedEvent): Decision {
  const { phase } = run;
  if (phase.name !== 'queued') return stays(run, `late: ${event.type} while ${phase.name}`);
  if (phase.step !== (event.type === 'slotGranted' ? 'waiting' : 'preparing'))
    return stays(run, `late: ${event.type} while ${phase.step}`);
  switch (event.type) {
    case 'slotGranted':
      return moved(run, { ...phase, step: 'preparing' }, 'a slot is free', { type: 'prepareWorkspace' });
    case 'otherLabelWanted': {
      const because = `the repository wants the label ${event.label}`;
      return shownTo(moved(run, { name: 'cancelled', why: 'otherLabel' }, because, { type: 'removeWorkspace' }));
    }
    case 'workspacePrepared':
      return resumed({ ...run, prepared: preparedAgain(run, event.prepared) }, phase.resume, event);
    default:
      return event satisfies never;
  }
}

/** A run that resumes keeps the base that its commits stand on; the policy is the new one, for a person may have mended it. */
function preparedAgain(run: Run, prepared: Prepared): Prepared {
  const resumes = run.phase.name === 'queued' && run.phase.resume.to !== 'planning';
  if (!resumes || run.prepared === undefined) return prepared;
  const { branchHead } = prepared;
  return { ...run.prepared, policy: prepared.policy, ...(branchHead === undefined ? {} : { branchHead }) };
}

function resumed(
  run: Run,
  resume: Resume,
  { prepared, atMs }: Extract<QueuedEvent, { type: 'workspacePrepared' }>,
): Decision {
  switch (resume.to) {
    case 'planning':
      return startStages(run, prepared.start, 'the workspace is ready');
    case 'round':
      return startRound(run, prepared.branchHead ?? resume.head);
    case 'inReview':
      return readNow(run, { head: resume.head, atMs }, 'the workspace is ready again');
    case 'working':
      return startWork(run, resume, 'the workspace is ready again');
    case 'replanning':
      return resume.isAsked === true ? anew(run, resume) : startReplanning(run, resume, 'the workspace is ready again');
    case 'verifying':
    case 'delivering':
      return startVerifying(run, resume.head, 'the workspace is ready again');
    case 'same':
      return wentOn(run, resume.phase, 'the workspace is ready again');
    default:
      return resume satisfies never;
  }
}
