import { describe } from 'vitest';
import type { Ladder, Phase, WorkingPhase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';
import {
  aLadder,
  anAssignment,
  anEvidence,
  aPlan,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aTask,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { inLane, only, showing, table } from './table.js';

const atMs = startMs + 5_000;
const head = aSnapshot('b7');
const snapshot = aSnapshot('a9');
const agents = { planner: ['opus'], developer: ['opus', 'codex'] };
const red = anEvidence({ outcome: 'fail', exit: 1, tree: snapshot.tree });
const seen = { evidence: [red], baseline: [anEvidence()] };
const showStatus = { type: 'showStatus' };

/** The last attempt at T2 left this tree red, after these attempts. */
function checking(ladder: Ladder, agent = 'opus'): WorkingPhase {
  const assignment = anAssignment({ role: 'developer', task: 'T2', agent, from: snapshot, session: 's2' });
  return aWorkingPhase({ task: 'T2', step: 'checks', ladder, assignment, head });
}

function aStuckRun(phase: Phase, change: Partial<Run> = {}): Run {
  const prepared = aPrepared({ policy: aPolicy({ agents }) });
  return aRun({ phase, prepared, plan: aPlan(), baseline: [anEvidence()], ...change });
}

function after(ladder: Ladder): Ladder {
  const frontiers = [...ladder.frontiers, { tree: snapshot.tree, failing: ['test'] }];
  return { ...ladder, onRung: ladder.onRung + 1, frontiers };
}

function onFreshRung(ladder: Ladder, rung: 'fresh' | 'other', agent: string): WorkingPhase {
  const { role, task, threads, from } = only(checking(ladder)).assignment;
  const tried = after(ladder).frontiers.map((_each, index) => `attempt ${index + 1}: test`);
  return inLane(checking(ladder), {
    step: 'agent',
    ladder: { ...after(ladder), rung, onRung: 0 },
    assignment: {
      role,
      ...(task && { task }),
      threads,
      from,
      agent,
      feedback: { kind: 'checksRed', evidence: [red] },
      tried,
    },
  });
}

describe('a task that stays red', () => {
  const event = { type: 'checked', snapshot, evidence: [red], atMs } as const;
  const three = aLadder(3);
  const fresh = aLadder(4, {
    rung: 'fresh',
    onRung: 0,
    frontiers: [...aLadder(3).frontiers, after(three).frontiers[3]!],
  });
  const spent = aLadder(5, { rung: 'other', onRung: 0 });
  const problems = [
    'test (npm test): exit 1',
    ...after(spent).frontiers.map((_each, index) => `attempt ${index + 1}: test`),
  ];
  const replanning = { task: 'T2', head, problems };
  const planner = anAssignment({ from: head, feedback: { kind: 'replan', task: 'T2', problems } });
  const done = aPlan({ tasks: [aTask()] });
  const obstacle = { kind: 'checksRed', details: problems } as const;
  const resume = { to: 'working', task: 'T2', head } as const;
  const notice = { type: 'tellPeople', notice: { kind: 'blocked', obstacle } };
  const restful = aPrepared({ policy: aPolicy({ agents, retryBlocked: { afterMs: 1_000, times: 1 } }) });
  const blocked = { name: 'blocked', obstacle, resume } as const;
  table([
    {
      name: 'three attempts that bring it no nearer → a fresh session, which is told of them',
      run: aStuckRun(checking(three)),
      event,
      phase: onFreshRung(three, 'fresh', 'opus'),
      effects: [{ type: 'runAgent', assignment: only(onFreshRung(three, 'fresh', 'opus')).assignment }],
      because: 'red: test; 3 attempts brought it no nearer; a fresh session goes on',
      change: seen,
    },
    {
      name: 'the fresh session comes to the same place → another agent',
      run: aStuckRun(checking(fresh)),
      event,
      phase: onFreshRung(fresh, 'other', 'codex'),
      effects: [{ type: 'runAgent', assignment: only(onFreshRung(fresh, 'other', 'codex')).assignment }],
      because: 'red: test; nothing has changed; another agent goes on',
      change: seen,
    },
    {
      name: 'attempts are spent → the rest is planned anew; what is done stays',
      run: aStuckRun(checking(spent, 'codex')),
      event,
      phase: aPlanningPhase({ assignment: planner, replaces: replanning }),
      effects: [{ type: 'runAgent', assignment: planner }, showStatus],
      because: 'red: test; 6 attempts are spent; the round is planned anew',
      change: { ...seen, plan: done, replans: 1, status: showing },
    },
    {
      name: 'new plans are spent, too → a person is asked, who reads what was tried',
      run: aStuckRun(checking(spent), { replans: 2 }),
      event,
      phase: blocked,
      effects: [notice, showStatus],
      because: 'red: test; 6 attempts are spent; a person is asked',
      change: { ...seen, status: showing },
    },
    {
      name: 'where it may rest → and it is tried anew by itself after that',
      run: aStuckRun(checking(spent), { replans: 2, prepared: restful }),
      event,
      phase: { ...blocked, wakesAtMs: atMs + 1_000 },
      effects: [notice, showStatus, { type: 'wake', dueAtMs: atMs + 1_000 }],
      because: 'red: test; 6 attempts are spent; a person is asked',
      change: { ...seen, rests: 1, status: showing },
    },
    {
      name: 'it has rested as often as it may → only a person frees it',
      run: aStuckRun(checking(spent), { replans: 2, rests: 1, prepared: restful }),
      event,
      phase: blocked,
      effects: [notice, showStatus],
      because: 'red: test; 6 attempts are spent; a person is asked',
      change: { ...seen, status: showing },
    },
    {
      name: 'what Fleet itself brought in cannot be planned anew',
      run: aStuckRun(inLane(checking(spent), { task: 'MERGE' })),
      event,
      phase: { ...blocked, resume: { ...resume, task: 'MERGE' } },
      effects: [notice, showStatus],
      because: 'red: test; 6 attempts are spent; a person is asked',
      change: { ...seen, status: showing },
    },
    {
      name: 'the rest is over → it waits for a slot, to plan anew',
      run: aStuckRun({ ...blocked, wakesAtMs: atMs }, { replans: 2, rests: 1 }),
      event: { type: 'rested', atMs },
      phase: { name: 'queued', step: 'waiting', resume: { to: 'replanning', ...replanning } },
      effects: [showStatus],
      because: 'rested; it is tried anew',
      change: { status: showing },
      gone: ['replans'],
    },
    {
      name: 'a person was faster → nothing',
      run: aStuckRun(checking(three)),
      event: { type: 'rested', atMs },
      phase: checking(three),
      effects: [],
      because: 'late: rested while working',
    },
    {
      name: 'a slot for what has rested → the planner, on what is on the branch',
      run: aStuckRun({ name: 'queued', step: 'preparing', resume: { to: 'replanning', ...replanning } }),
      event: { type: 'workspacePrepared', prepared: aPrepared({ policy: aPolicy({ agents }) }), atMs },
      phase: aPlanningPhase({ assignment: planner, replaces: replanning }),
      effects: [{ type: 'runAgent', assignment: planner }, showStatus],
      because: 'the workspace is ready again',
      change: { plan: done, replans: 1, status: showing },
    },
  ]);
});

describe('verifying', () => {
  const phase = { name: 'verifying', step: 'crossing', head } as const;
  const problems = ['test: the new tests (1) pass without the change'];
  const crossed = (found: readonly string[], notes: readonly string[] = []) =>
    ({ type: 'crossed', head, problems: found, notes, atMs }) as const;
  const feedback = { kind: 'notProven', problems } as const;
  const proves = anAssignment({ role: 'developer', task: 'PROVE', feedback, from: head });
  const [first, second] = aPlan().tasks;
  const prove = aTask({
    ...{ id: 'PROVE', title: 'Make the tests prove the change', description: '' },
    ...{ dependsOn: [], files: [], criteria: [] },
  });
  const withProof = aPlan({ tasks: [first!, second!, prove] });
  const proving = aWorkingPhase({ task: 'PROVE', assignment: proves, head });
  const replan = { kind: 'replan', task: '', problems } as const;
  const obstacle = { kind: 'notProven', details: problems } as const;
  const all = ['test', 'AC1'].map((name) =>
    anEvidence({ name, kind: name === 'test' ? 'check' : 'criterion', tree: head.tree }),
  );
  const redAC1 = anEvidence({ name: 'AC1', kind: 'criterion', outcome: 'fail', exit: 1, tree: head.tree });
  const mends = anAssignment({
    ...{ role: 'developer', task: 'PROVE', from: head },
    feedback: { kind: 'checksRed', evidence: [redAC1] },
  });
  table([
    {
      name: 'every gate has passed on this tree → its tests are held against the base',
      run: aStuckRun({ ...phase, step: 'gates' }),
      event: { type: 'checked', snapshot: head, evidence: all, atMs },
      phase,
      effects: [{ type: 'crossTests', head }],
      because: '2 checks passed',
      change: { evidence: all },
    },
    {
      name: 'a gate that is red on what is committed → a task of its own',
      run: aStuckRun({ ...phase, step: 'gates' }),
      event: { type: 'checked', snapshot: head, evidence: [all[0]!, redAC1], atMs },
      phase: aWorkingPhase({ task: 'PROVE', assignment: mends, head }),
      effects: [{ type: 'runAgent', assignment: mends }, showStatus],
      because: 'red: AC1',
      change: { evidence: [all[0]!, redAC1], plan: withProof, proofs: 1, status: showing },
    },
    {
      name: 'the tests hold → pushed; what a reviewer has to know is kept',
      run: aStuckRun(phase, { testNotes: ['of an earlier round'] }),
      event: crossed([], ['“a” failed on the base already']),
      phase: { name: 'delivering', step: 'pushing', head },
      effects: [{ type: 'pushBranch', head }],
      because: 'the tests hold against the base',
      change: { testNotes: ['“a” failed on the base already'] },
    },
    {
      name: 'they prove too little → a task of their own',
      run: aStuckRun(phase),
      event: crossed(problems),
      phase: proving,
      effects: [{ type: 'runAgent', assignment: proves }, showStatus],
      because: '1 thing about the tests to be mended',
      change: { plan: withProof, proofs: 1, status: showing },
    },
    {
      name: 'again and again → the round is planned anew',
      run: aStuckRun(phase, { proofs: 2, plan: withProof }),
      event: crossed(problems),
      phase: aPlanningPhase({
        assignment: anAssignment({ from: head, feedback: replan }),
        replaces: { task: '', head, problems },
      }),
      effects: [{ type: 'runAgent', assignment: anAssignment({ from: head, feedback: replan }) }, showStatus],
      because: '1 thing about the tests to be mended; the round is planned anew',
      change: { proofs: 0, replans: 1, status: showing },
    },
    {
      name: 'new plans are spent → a person is asked',
      run: aStuckRun(phase, { proofs: 2, replans: 2 }),
      event: crossed(problems),
      phase: { name: 'blocked', obstacle, resume: { to: 'verifying', head } },
      effects: [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus],
      because: '1 thing about the tests to be mended; it was sent back 2 times; a person is asked',
      change: { status: showing },
    },
    {
      name: 'late → nothing',
      run: aStuckRun({ name: 'inReview', head }),
      event: crossed(problems),
      phase: { name: 'inReview', head },
      effects: [],
      because: 'late: crossed while inReview',
    },
  ]);
});
