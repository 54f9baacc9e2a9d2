import type { WorkEvent } from '../domain/event.js';
import type { Phase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import { blocked, moved, shownTo, stays, type Decision } from './decision.js';
import { roundRows, withOutcomes } from './ledger.js';
import { startMerge, toReview } from './start.js';

type DeliveringEvent = Extract<
  WorkEvent,
  { type: 'pushed' | 'branchMoved' | 'mergeRequestOpened' | 'threadsAnswered' }
>;

/** The branch is pushed, then the merge request says what it holds, then threads are answered, then people are told. */
export function afterDelivering(run: Run, event: DeliveringEvent): Decision {
  const { phase } = run;
  if (phase.name !== 'delivering') return stays(run, `late: ${event.type} while ${phase.name}`);
  if (phase.step !== stepOf[event.type]) return stays(run, `late: ${event.type} during ${phase.step}`);
  const { head } = phase;
  const { atMs } = event;
  switch (event.type) {
    case 'pushed':
      return moved(run, { ...phase, step: 'opening' }, 'the branch is pushed', { type: 'openMergeRequest', head });
    case 'branchMoved':
      return branchMoved(run, head);
    case 'mergeRequestOpened':
      return opened({ ...run, mergeRequest: event.mergeRequest }, { head, atMs });
    case 'threadsAnswered':
      return toReview(withOutcomes(run, event.answers), { head, atMs }, `round ${run.round} is answered`);
    default:
      return event satisfies never;
  }
}

/** What each event comes from. */
const stepOf: Readonly<Record<DeliveringEvent['type'], Extract<Phase, { name: 'delivering' }>['step']>> = {
  pushed: 'pushing',
  branchMoved: 'pushing',
  mergeRequestOpened: 'opening',
  threadsAnswered: 'answering',
};

/** What people pushed is built upon; before there is a merge request, the branch was never Fleet's. */
function branchMoved(run: Run, head: Snapshot): Decision {
  const { cause } = run;
  if (cause !== undefined) return startMerge({ ...run, cause: { ...cause, source: 'branch' } }, head, 'others pushed');
  const details = [`the branch ${run.branch} is there already, and what is on it is not Fleet's: rename or remove it`];
  return shownTo(blocked(run, { kind: 'pushRefused', details }, { to: 'delivering', head }));
}

function opened(run: Run, at: { readonly head: Snapshot; readonly atMs: number }): Decision {
  const because = `merge request ${run.mergeRequest?.number ?? ''} is open`;
  if (run.cause === undefined) {
    const ready = toReview(run, at, because);
    return { ...ready, effects: [...ready.effects, { type: 'tellPeople', notice: { kind: 'ready' } }] };
  }
  if (roundRows(run).length === 0) return toReview(run, at, `round ${run.round} is delivered`);
  const answering = { name: 'delivering', step: 'answering', head: at.head } as const;
  return moved(run, answering, 'the merge request is up to date', { type: 'answerThreads' });
}
