import { expect, it } from 'vitest';
import { decide } from '../../src/decide/decide.js';
import type { Evidence } from '../../src/domain/check.js';
import type { RunEvent } from '../../src/domain/event.js';
import { isEnded } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import {
  aMergeRequest,
  anAttempt,
  anEvidence,
  anObstacle,
  aPerson,
  aPlan,
  aPrepared,
  aRun,
  aSnapshot,
  startMs,
} from '../support/builders.js';
import { dice } from './outside.js';

const by = aPerson();
const atMs = startMs;
const passed = (digits: string) =>
  [
    { name: 'test', kind: 'check' },
    { name: 'AC1', kind: 'criterion' },
  ].map((one) => anEvidence({ ...one, tree: aSnapshot(digits).tree } as Partial<Evidence>));
const change = { changedFiles: 1, deletedFiles: 0, files: 3, problems: [] };
const events: readonly RunEvent[] = [
  { type: 'slotGranted', atMs },
  { type: 'workspacePrepared', prepared: aPrepared(), atMs },
  { type: 'planned', attempt: anAttempt({ role: 'planner' }), plan: aPlan(), atMs },
  { type: 'attemptFailed', attempt: anAttempt(), problems: ['none'], atMs },
  { type: 'worked', attempt: anAttempt(), snapshot: aSnapshot('a2'), change, replies: [], replyProblems: [], atMs },
  { type: 'checked', snapshot: aSnapshot('a2'), evidence: passed('a2'), atMs },
  { type: 'checked', snapshot: aSnapshot('a3'), evidence: passed('a3'), atMs },
  { type: 'checked', snapshot: aSnapshot('a2'), evidence: [anEvidence({ outcome: 'fail', exit: 1 })], atMs },
  { type: 'committed', task: 'T1', head: aSnapshot('a3'), atMs },
  { type: 'integrated', head: aSnapshot('a3'), applied: [], atMs },
  { type: 'crossed', head: aSnapshot('a3'), problems: [], notes: [], atMs },
  { type: 'pushed', sha: 'a3', atMs },
  { type: 'mergeRequestOpened', mergeRequest: aMergeRequest(), atMs },
  { type: 'statusShown', commentId: 's1', atMs },
  { type: 'effectFailed', effect: 'pushBranch', obstacle: anObstacle(), atMs },
  { type: 'effectFailed', effect: 'showStatus', obstacle: anObstacle(), atMs },
  { type: 'commanded', by, command: { name: 'retry' }, commentId: 'c1', place: 'issue', atMs },
  { type: 'commanded', by, command: { name: 'status' }, commentId: 'c1', place: 'issue', atMs },
  { type: 'mergeRequestEnded', merged: true, atMs },
  { type: 'issueClosed', by, atMs },
];

/** Random walks, weighted so that some reach review and some end early. */
function walk(seed: number, step: (before: Run, event: RunEvent, outstanding: number) => number): void {
  const { roll } = dice(seed);
  let run = aRun();
  let outstanding = 0;
  for (let index = 0; index < 90; index += 1) {
    const likely = roll() < 0.75 ? events.slice(0, 14) : events;
    const event = likely[Math.floor(roll() * likely.length)];
    if (event === undefined) throw new Error('no event');
    if (
      (event.type === 'statusShown' || (event.type === 'effectFailed' && event.effect === 'showStatus')) &&
      outstanding === 0
    )
      continue;
    outstanding = step(run, event, outstanding);
    run = decide(run, event).run;
  }
}

it('no sequence of events leaves an end, has two edits of the status comment on their way, or decides twice differently', () => {
  const reached = new Set<string>();
  const broken: string[] = [];
  for (let seed = 0; seed < 2_000; seed += 1) {
    walk(seed, (before, event, outstanding) => {
      const { run, effects, because } = decide(before, event);
      reached.add(run.phase.name);
      const claim = (holds: boolean, what: string): void => {
        if (!holds) broken.push(`${what}: ${event.type} while ${before.phase.name}`);
      };
      claim(JSON.stringify(decide(before, event)) === JSON.stringify({ run, effects, because }), 'decided differently');
      claim(!isEnded(before.phase) || JSON.stringify(run.phase) === JSON.stringify(before.phase), 'left an end');
      const answered =
        event.type === 'statusShown' || (event.type === 'effectFailed' && event.effect === 'showStatus') ? 1 : 0;
      const now = outstanding - answered + effects.filter(({ type }) => type === 'showStatus').length;
      claim(now === 0 || now === 1, 'more than one edit on its way');
      claim((now === 0) === (run.status.state === 'shown'), 'the status comment is not what the run says');
      return now;
    });
  }
  expect(broken).toEqual([]);
  expect([...reached].sort()).toEqual([
    'blocked',
    'cancelled',
    'delivering',
    'inReview',
    'merged',
    'planning',
    'queued',
    'verifying',
    'working',
  ]);
}, 60_000);
