import type { AttemptRecord } from '../domain/agent.js';
import type { RunEvent } from '../domain/event.js';
import { isEnded, type PhaseName } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { afterAway, agentsBack } from './away.js';
import { withinBudget } from './budget.js';
import { shownTo, stays, type Decision } from './decision.js';
import { afterDelivering } from './delivering.js';
import { afterFailedEffect } from './failed-effect.js';
import { afterPeople } from './people.js';
import { afterPlanning } from './planning.js';
import { afterQueued } from './queued.js';
import { afterFeedbackRead, afterHint, afterRerun } from './reviewing.js';
import { afterRest, resting } from './resting.js';
import { afterStage } from './stages.js';
import { afterVerifying } from './verifying.js';
import { afterWorking } from './working.js';

/** All of Fleet's behaviour: what becomes of a run when something happens. Reads no clock; events carry their time. */
export function decide(run: Run, event: RunEvent): Decision {
  const decided = isEnded(run.phase) ? afterEnd(run, event) : withinBudget(inPhase(run, event));
  const decision = resting(run, decided, event.atMs);
  return { ...decision, run: { ...decision.run, revision: run.revision + 1, updatedAtMs: event.atMs } };
}

type Rules = {
  readonly [T in RunEvent['type']]: (run: Run, event: Extract<RunEvent, { readonly type: T }>) => Decision;
};

/** Who decides about which event; the compiler holds the table complete. */
const rules: Rules = {
  unlabelled: afterPeople,
  issueClosed: afterPeople,
  commanded: afterPeople,
  mergeRequestEnded: afterPeople,
  repositoryLost: afterPeople,
  repositoryMoved: afterPeople,
  answered: afterPeople,
  planFirstAsked: afterPeople,
  feedbackHinted: afterHint,
  feedbackRead: afterFeedbackRead,
  jobsRerun: afterRerun,
  statusShown: afterStatusShown,
  effectFailed: afterFailedEffect,
  slotGranted: afterQueued,
  workspacePrepared: afterQueued,
  otherLabelWanted: afterQueued,
  triaged: afterStage,
  researched: afterStage,
  planned: afterPlanning,
  inspected: (run, event) => (event.attempt.role === 'critic' ? afterPlanning(run, event) : afterVerifying(run, event)),
  attemptFailed: afterFailedAttempt,
  integrated: (run, event) => (run.phase.name === 'verifying' ? afterVerifying(run, event) : afterWorking(run, event)),
  worked: afterWorking,
  replayed: afterWorking,
  checked: (run, event) => (event.task === undefined ? afterWhole(run, event) : afterWorking(run, event)),
  committed: afterWorking,
  agentsAway: afterAway,
  agentsBack: (run) => agentsBack(run, 'an agent is back'),
  crossed: afterVerifying,
  rested: afterRest,
  pushed: afterDelivering,
  branchMoved: afterDelivering,
  mergeRequestOpened: afterDelivering,
  threadsAnswered: afterDelivering,
};

/** Before there were tasks side by side, what was checked had no name. */
function afterWhole(run: Run, event: Extract<RunEvent, { type: 'checked' }>): Decision {
  return run.phase.name === 'working' ? afterWorking(run, event) : afterVerifying(run, event);
}

function afterFailedAttempt(run: Run, event: Extract<RunEvent, { type: 'attemptFailed' }>): Decision {
  const { attempt } = event;
  // Fleet itself has ended it, and what comes next is decided already.
  if (attempt.outcome.kind === 'stopped') return stays(counted(run, attempt), 'late: the attempt was stopped');
  return (afterFailedIn[run.phase.name] ?? afterWorking)(run, event);
}

const afterFailedIn: Partial<
  Readonly<Record<PhaseName, (run: Run, event: Extract<RunEvent, { type: 'attemptFailed' }>) => Decision>>
> = { triaging: afterStage, researching: afterStage, planning: afterPlanning, verifying: afterVerifying };

function counted(run: Run, attempt: AttemptRecord): Run {
  return { ...run, attempts: [...run.attempts, attempt] };
}

function inPhase(run: Run, event: RunEvent): Decision {
  // The event's own type picks its rule; the compiler does not see that the two belong together.
  const rule = rules[event.type] as (run: Run, event: RunEvent) => Decision;
  return rule(run, event);
}

/** An ended run does nothing more, but its status comment still catches up, and what its agents used is still counted. */
function afterEnd(run: Run, event: RunEvent): Decision {
  if (event.type === 'statusShown') return afterStatusShown(run, event);
  if (event.type === 'effectFailed' && event.effect === 'showStatus') return afterFailedEffect(run, event);
  if ('attempt' in event) return stays(counted(run, event.attempt), `late: the run has ended (${event.type})`);
  if (event.type === 'mergeRequestOpened' && run.mergeRequest === undefined) {
    // Its order was on the wire when the run was stopped; people must know of it.
    return shownTo(stays({ ...run, mergeRequest: event.mergeRequest }, 'the merge request was opened all the same'));
  }
  return stays(run, `late: the run has ended (${event.type})`);
}

function afterStatusShown(run: Run, event: { readonly commentId: string }): Decision {
  const next = stays({ ...run, status: { id: event.commentId, state: 'shown' } }, 'status comment shows the run');
  return run.status.state === 'stale' ? shownTo(next) : next;
}
