import type { EffectType } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import { holdsSlot, type Resume, type Run } from '../domain/run.js';
import { blocked, shownTo, stays, type Decision } from './decision.js';

/** What a run cannot do without; anything else only tells people, or tidies up. */
const isNeeded: Readonly<Record<EffectType, boolean>> = {
  prepareWorkspace: true,
  runAgent: true,
  runChecks: true,
  commitWork: true,
  pushBranch: true,
  openMergeRequest: true,
  react: false,
  showStatus: false,
  tellPeople: false,
  stopWork: false,
  removeWorkspace: false,
};

/** An effect was given up: what only tells people is done without, anything else needs a person. */
export function afterFailedEffect(run: Run, event: Extract<WorkEvent, { type: 'effectFailed' }>): Decision {
  const { effect, obstacle } = event;
  if (effect === 'showStatus')
    return stays({ ...run, status: { ...run.status, state: 'shown' } }, 'the status comment could not be written');
  if (!isNeeded[effect]) return stays(run, `done without: ${effect}`);
  if (!holdsSlot(run.phase)) return stays(run, `late: ${effect} failed while ${run.phase.name}`);
  return shownTo(blocked(run, obstacle, resumeOf(run)));
}

/** Where a retry would go on: what is committed is kept. */
export function resumeOf(run: Run): Resume {
  const { phase } = run;
  if (phase.name === 'working') return { to: 'working', task: phase.task, head: phase.head };
  if (phase.name === 'delivering') return { to: 'delivering', head: phase.head };
  return phase.name === 'queued' || phase.name === 'blocked' ? phase.resume : { to: 'planning' };
}
