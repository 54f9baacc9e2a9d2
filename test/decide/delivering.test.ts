import { describe } from 'vitest';
import {
  aDeliveredRound,
  aDeliveringPhase,
  aMergeRequest,
  anAttempt,
  anObstacle,
  aPlan,
  aRun,
  aSnapshot,
  startMs,
} from '../support/builders.js';
import { showing, table } from './table.js';

const atMs = startMs + 5_000;
const crashed = anAttempt({ role: 'planner', outcome: { kind: 'failed', failure: 'crash', reason: 'exit 1' } });
const blockedNotice = (obstacle: unknown) => ({ type: 'tellPeople', notice: { kind: 'blocked', obstacle } });

describe('delivering, and the status comment', () => {
  const pushing = aRun({ phase: aDeliveringPhase() });
  const opening = aRun({ phase: aDeliveringPhase({ step: 'opening' }), plan: aPlan() });
  const obstacle = anObstacle({ kind: 'pushRefused', details: ['protected branch'] });
  const taken = anObstacle({
    kind: 'pushRefused',
    details: [
      "the branch fleet/7-slugify-drops-digits is there already, and what is on it is not Fleet's: rename or remove it",
    ],
  });
  const stale = { state: 'stale' } as const;
  table([
    {
      name: 'pushed → the merge request is opened',
      run: pushing,
      event: { type: 'pushed', sha: aSnapshot().commit, atMs },
      phase: aDeliveringPhase({ step: 'opening' }),
      effects: [{ type: 'openMergeRequest', head: aSnapshot() }],
      because: 'the branch is pushed',
    },
    {
      name: 'opened → in review, people are told once',
      run: opening,
      event: { type: 'mergeRequestOpened', mergeRequest: aMergeRequest(), atMs },
      phase: { name: 'inReview', head: aSnapshot() },
      effects: [{ type: 'showStatus' }, { type: 'tellPeople', notice: { kind: 'ready' } }],
      because: 'merge request 8 is open',
      change: {
        ...{ mergeRequest: aMergeRequest(), status: showing },
        delivered: [aDeliveredRound({ head: aSnapshot() })],
      },
    },
    {
      name: 'what comes of an earlier step changes nothing',
      run: opening,
      event: { type: 'pushed', sha: aSnapshot().commit, atMs },
      phase: aDeliveringPhase({ step: 'opening' }),
      effects: [],
      because: 'late: pushed during opening',
    },
    {
      name: 'somebody else has that branch → blocked: before the merge request it was never shared',
      run: pushing,
      event: { type: 'branchMoved', atMs },
      phase: { name: 'blocked', obstacle: taken, resume: { to: 'delivering', head: aSnapshot() } },
      effects: [blockedNotice(taken), { type: 'showStatus' }],
      because: 'blocked: pushRefused',
      change: { status: showing },
    },
    {
      name: 'a refused push → blocked, to be pushed again by a retry',
      run: pushing,
      event: { type: 'effectFailed', effect: 'pushBranch', obstacle, atMs },
      phase: { name: 'blocked', obstacle, resume: { to: 'delivering', head: aSnapshot() } },
      effects: [blockedNotice(obstacle), { type: 'showStatus' }],
      because: 'blocked: pushRefused',
      change: { status: showing },
    },
    {
      name: 'what only tells people is done without',
      run: pushing,
      event: { type: 'effectFailed', effect: 'tellPeople', obstacle, atMs },
      phase: aDeliveringPhase(),
      effects: [],
      because: 'done without: tellPeople',
    },
    {
      name: 'an edit that was asked for while one was on its way follows it',
      run: { ...pushing, status: stale },
      event: { type: 'statusShown', commentId: 's1', atMs },
      phase: aDeliveringPhase(),
      effects: [{ type: 'showStatus' }],
      because: 'status comment shows the run',
      change: { status: { id: 's1', state: 'showing' } },
    },
    {
      name: 'while one is on its way no second one is sent',
      run: { ...pushing, status: showing },
      event: { type: 'effectFailed', effect: 'pushBranch', obstacle, atMs },
      phase: { name: 'blocked', obstacle, resume: { to: 'delivering', head: aSnapshot() } },
      effects: [blockedNotice(obstacle)],
      because: 'blocked: pushRefused',
      change: { status: stale },
    },
    {
      name: 'an end stays an end, and what the agent used still counts',
      run: aRun({ phase: { name: 'cancelled', why: 'stopped' } }),
      event: { type: 'attemptFailed', attempt: crashed, problems: [], atMs },
      phase: { name: 'cancelled', why: 'stopped' },
      effects: [],
      because: 'late: the run has ended (attemptFailed)',
      change: { attempts: [crashed] },
    },
    {
      name: 'where Fleet may not write any more, a comment that is behind stays as it is',
      run: aRun({ phase: { name: 'cancelled', why: 'repositoryLost' }, status: stale }),
      event: { type: 'statusShown', commentId: 's1', atMs },
      phase: { name: 'cancelled', why: 'repositoryLost' },
      effects: [],
      because: 'status comment shows the run',
      change: { status: { id: 's1', state: 'shown' } },
    },
    {
      name: 'one that the run had before is what it was at the end',
      run: aRun({ phase: { name: 'merged' }, mergeRequest: aMergeRequest({ state: 'merged' }) }),
      event: { type: 'mergeRequestOpened', mergeRequest: aMergeRequest(), atMs },
      phase: { name: 'merged' },
      effects: [],
      because: 'late: the run has ended (mergeRequestOpened)',
    },
    {
      name: 'a merge request whose order was on the wire at the end is said',
      run: aRun({ phase: { name: 'cancelled', why: 'stopped' } }),
      event: { type: 'mergeRequestOpened', mergeRequest: aMergeRequest(), atMs },
      phase: { name: 'cancelled', why: 'stopped' },
      effects: [{ type: 'showStatus' }],
      because: 'the merge request was opened all the same',
      change: { mergeRequest: aMergeRequest(), status: showing },
    },
  ]);
});
