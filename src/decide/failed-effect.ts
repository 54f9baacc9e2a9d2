import type { EffectType } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import type { RoundCause } from '../domain/review.js';
import { holdsSlot, type Phase, type PlanningPhase, type Resume } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { blocked, moved, shownTo, stays, type Decision } from './decision.js';
import { notRerun } from './reviewing.js';

/** What a run cannot do without; anything else only tells people, or tidies up. */
const isNeeded: Readonly<Record<EffectType, boolean>> = {
  prepareWorkspace: true,
  runAgent: true,
  runChecks: true,
  replay: true,
  crossTests: true,
  wake: false,
  commitWork: true,
  pushBranch: true,
  openMergeRequest: true,
  react: false,
  showStatus: false,
  tellPeople: false,
  stopWork: false,
  removeWorkspace: false,
  integrate: true,
  answerThreads: true,
  readFeedback: false,
  rerunJobs: false,
};

/** An effect was given up: what only tells people is done without, anything else needs a person. */
export function afterFailedEffect(run: Run, event: Extract<WorkEvent, { type: 'effectFailed' }>): Decision {
  const { effect, obstacle } = event;
  if (effect === 'showStatus')
    return stays({ ...run, status: { ...run.status, state: 'shown' } }, 'the status comment could not be written');
  // The resync looks again.
  if (effect === 'readFeedback' && run.phase.name === 'inReview') {
    return moved(run, { name: 'inReview', head: run.phase.head }, 'the merge request could not be read');
  }
  if (effect === 'rerunJobs') return notRerun(run, event.atMs);
  if (!isNeeded[effect]) return stays(run, `done without: ${effect}`);
  if (!holdsSlot(run.phase)) return stays(run, `late: ${effect} failed while ${run.phase.name}`);
  if (effect === 'answerThreads' && run.cause !== undefined) {
    const cause: RoundCause = { ...run.cause, isAnsweredInPart: true };
    return shownTo(blocked({ ...run, cause }, obstacle, resumeOf(run)));
  }
  return shownTo(blocked(run, obstacle, resumeOf(run)));
}

/** Where a retry would go on: what is committed is kept. */
export function resumeOf(run: Run): Resume {
  const { phase } = run;
  if ('resume' in phase) return phase.resume;
  return phase.name === 'planning' ? plansAgain(run, phase) : (goesOnAt(phase) ?? { to: 'planning' });
}

function goesOnAt(phase: Phase): Resume | undefined {
  if (phase.name === 'working') return { to: 'working', task: phase.lanes[0]?.task ?? '', head: phase.head };
  if (phase.name === 'awaitingApproval') return { to: 'working', task: phase.task, head: phase.head };
  return phase.name === 'verifying' || phase.name === 'delivering' ? { to: phase.name, head: phase.head } : undefined;
}

function plansAgain({ cause }: Run, { replaces, assignment }: PlanningPhase): Resume {
  if (replaces !== undefined) return { to: 'replanning', ...replaces };
  return cause === undefined ? { to: 'planning' } : { to: 'round', head: assignment.from };
}
