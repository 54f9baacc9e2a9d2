import { describe } from 'vitest';
import type { Change, WorkEvent } from '../../src/domain/event.js';
import type { Phase, WorkingPhase } from '../../src/domain/phase.js';
import type { Snapshot } from '../../src/domain/work.js';
import {
  aLadder,
  anAssignment,
  anAttempt,
  anEvidence,
  aPlan,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aWorkingPhase,
  startMs,
} from '../support/builders.js';
import { inLane, only, showing, table } from './table.js';

const atMs = startMs + 5_000;
const start = aPrepared().start;
const two = aPrepared({ policy: aPolicy({ agents: { planner: ['opus', 'codex'], developer: ['opus', 'codex'] } }) });
const planner = anAssignment();
const developer = (task: string, from = start, change = {}): ReturnType<typeof anAssignment> =>
  anAssignment({ role: 'developer', task, from, ...change });
const preparing: Phase = { name: 'queued', step: 'preparing', resume: { to: 'planning' } };
const nobody = aPrepared({ policy: aPolicy({ agents: { planner: [], developer: [] } }) });
const noAgent = (role: string) =>
  ({ kind: 'noAgent', details: [`no agent is configured for the role ${role}`] }) as const;
const crashed = anAttempt({ role: 'planner', outcome: { kind: 'failed', failure: 'crash', reason: 'exit 1' } });
const bringsIn = (head: Snapshot) => ({ type: 'integrate', head, source: 'base', suggestions: [] }) as const;
const blockedNotice = (obstacle: unknown) => ({ type: 'tellPeople', notice: { kind: 'blocked', obstacle } });

describe('queued', () => {
  table([
    {
      name: 'a slot → the workspace is prepared',
      run: aRun(),
      event: { type: 'slotGranted', atMs },
      phase: preparing,
      effects: [{ type: 'prepareWorkspace' }],
      because: 'a slot is free',
    },
    {
      name: 'a second slot changes nothing',
      run: aRun({ phase: preparing }),
      event: { type: 'slotGranted', atMs },
      phase: preparing,
      effects: [],
      because: 'late: slotGranted while preparing',
    },
    {
      name: 'prepared → the planner works',
      run: aRun({ phase: preparing }),
      event: { type: 'workspacePrepared', prepared: aPrepared(), atMs },
      phase: { name: 'planning', failures: 0, assignment: planner },
      effects: [{ type: 'runAgent', assignment: planner }],
      because: 'the workspace is ready',
      change: { prepared: aPrepared() },
    },
    {
      name: 'prepared, but no agent is configured → blocked',
      run: aRun({ phase: preparing }),
      event: { type: 'workspacePrepared', prepared: nobody, atMs },
      phase: { name: 'blocked', obstacle: noAgent('planner'), resume: { to: 'planning' } },
      effects: [blockedNotice(noAgent('planner')), { type: 'showStatus' }],
      because: 'blocked: noAgent',
      change: { prepared: nobody, status: showing },
    },
    {
      name: 'prepared again after a block while working → the task starts on the head, with the new policy and the old base',
      run: aRun({
        phase: { name: 'queued', step: 'preparing', resume: { to: 'working', task: 'T2', head: aSnapshot('h1') } },
        ...{ prepared: aPrepared(), plan: aPlan() },
      }),
      event: { type: 'workspacePrepared', prepared: { ...two, start: aSnapshot('ff') }, atMs },
      phase: aWorkingPhase({ task: 'T2', head: aSnapshot('h1'), assignment: developer('T2', aSnapshot('h1')) }),
      effects: [{ type: 'runAgent', assignment: developer('T2', aSnapshot('h1')) }],
      because: 'the workspace is ready again',
      change: { prepared: two },
    },
    {
      name: 'prepared again after a refused push → brought onto the base again',
      run: aRun({
        phase: { name: 'queued', step: 'preparing', resume: { to: 'delivering', head: aSnapshot() } },
        ...{ prepared: aPrepared(), evidence: [anEvidence()] },
      }),
      event: { type: 'workspacePrepared', prepared: aPrepared(), atMs },
      phase: { name: 'verifying', step: 'integrate', head: aSnapshot() },
      effects: [bringsIn(aSnapshot()), { type: 'showStatus' }],
      because: 'the workspace is ready again',
      change: { status: showing },
    },
    {
      name: 'the repository wants another label → cancelled',
      run: aRun({ phase: preparing }),
      event: { type: 'otherLabelWanted', label: 'bot', atMs },
      phase: { name: 'cancelled', why: 'otherLabel' },
      effects: [{ type: 'removeWorkspace' }, { type: 'showStatus' }],
      because: 'the repository wants the label bot',
      change: { status: showing },
    },
  ]);
});

describe('planning', () => {
  const run = aRun({ phase: aPlanningPhase(), prepared: two });
  const problems = ['plan.json is missing'];
  const finished = anAttempt({ role: 'planner', session: 's1' });
  const again = anAssignment({ feedback: { kind: 'artifactProblems', problems }, session: 's1' });
  table([
    {
      name: 'a plan → its first task is worked on, and the status shows the plan',
      run,
      event: { type: 'planned', attempt: finished, plan: aPlan(), atMs },
      phase: aWorkingPhase({ assignment: developer('T1') }),
      effects: [{ type: 'runAgent', assignment: developer('T1') }, { type: 'showStatus' }],
      because: 'planned: 2 tasks, 2 criteria',
      change: { plan: aPlan(), attempts: [finished], status: showing },
    },
    {
      name: 'no plan, or an invalid one → the same session with the problems',
      run,
      event: { type: 'attemptFailed', attempt: finished, problems, atMs },
      phase: aPlanningPhase({ failures: 1, assignment: again }),
      effects: [{ type: 'runAgent', assignment: again }],
      because: 'the planner left no valid artifact; its problems go back',
      change: { attempts: [finished] },
    },
    {
      name: 'a crash → the next agent',
      run,
      event: { type: 'attemptFailed', attempt: crashed, problems: ['crash'], atMs },
      phase: aPlanningPhase({ failures: 1, assignment: anAssignment({ agent: 'codex' }) }),
      effects: [{ type: 'runAgent', assignment: anAssignment({ agent: 'codex' }) }],
      because: 'the planner opus failed; codex goes on',
      change: { attempts: [crashed] },
    },
    {
      name: 'still no valid plan → blocked',
      run: { ...run, phase: aPlanningPhase({ failures: 1 }) },
      event: { type: 'attemptFailed', attempt: finished, problems, atMs },
      phase: { name: 'blocked', obstacle: { kind: 'planMissing', details: problems }, resume: { to: 'planning' } },
      effects: [blockedNotice({ kind: 'planMissing', details: problems }), { type: 'showStatus' }],
      because: 'blocked: planMissing',
      change: { attempts: [finished], status: showing },
    },
  ]);
});

describe('working', () => {
  const phase = aWorkingPhase();
  const run = aRun({ phase, prepared: aPrepared(), plan: aPlan() });
  const done = anAttempt({ task: 'T1', session: 's2' });
  const snapshot = aSnapshot('a9');
  const fine = { changedFiles: 2, deletedFiles: 0, files: 300, problems: [] };
  const checking: WorkingPhase = inLane(phase, {
    step: 'checks',
    assignment: { ...only(phase).assignment, from: snapshot, session: 's2' },
  });
  const red = anEvidence({ outcome: 'fail', exit: 1, tree: snapshot.tree });
  const green = anEvidence({ tree: snapshot.tree });
  const proof = anEvidence({ kind: 'criterion', name: 'AC1', tree: snapshot.tree });
  const redTask = { ...only(checking).assignment, feedback: { kind: 'checksRed', evidence: [red] } } as const;
  const unclear = anEvidence({ outcome: 'inconclusive', exit: 'timedOut', tree: snapshot.tree });
  const unclearTask = { ...only(checking).assignment, feedback: { kind: 'checksRed', evidence: [unclear] } } as const;
  const failing = (...failedTests: readonly string[]) => ({ ...red, failedTests });
  const refused = {
    ...only(phase).assignment,
    feedback: { kind: 'changeRefused', problems: ['a link leaves the tree'] },
  } as const;
  const worked = (change: Change, at = snapshot, task = 'T1'): WorkEvent => ({
    type: 'worked',
    attempt: { ...done, task },
    snapshot: at,
    change,
    ...{ replies: [], replyProblems: [], atMs },
  });
  /** Where the attempt has led. */
  const back = (...failing: readonly string[]) => aLadder(1, { frontiers: [{ tree: snapshot.tree, failing }] });
  const last = aWorkingPhase({ task: 'T2', head: start, assignment: developer('T2') });
  const untouched = { kind: 'changeRefused', problems: ['nothing in the repository was changed'] } as const;
  table([
    {
      name: 'a change → the checks and the criteria of the task run on exactly this tree',
      run,
      event: worked(fine),
      phase: checking,
      effects: [{ type: 'runChecks', task: 'T1', snapshot, criteria: ['AC1'] }],
      because: '2 files changed; checking',
      change: { attempts: [done] },
    },
    {
      name: 'a change that the tree may not bring → undone, goes back',
      run,
      event: worked({ ...fine, problems: ['a link leaves the tree'] }),
      phase: inLane(phase, { ladder: back('a link leaves the tree'), assignment: refused }),
      effects: [{ type: 'runAgent', assignment: refused }],
      because: 'the change is refused; goes back to the agent',
      change: { attempts: [done] },
    },
    {
      name: 'nothing changed by the last task, and nothing before → goes back',
      run: { ...run, phase: last },
      event: worked({ ...fine, changedFiles: 0 }, start, 'T2'),
      phase: inLane(last, {
        ladder: aLadder(1, { frontiers: [{ tree: start.tree, failing: untouched.problems }] }),
        assignment: { ...only(last).assignment, feedback: untouched },
      }),
      effects: [{ type: 'runAgent', assignment: { ...only(last).assignment, feedback: untouched } }],
      because: 'the change is refused; goes back to the agent',
      change: { attempts: [{ ...done, task: 'T2' }] },
    },
    {
      name: 'red for the first time → the base is looked at',
      run: { ...run, phase: checking },
      event: { type: 'checked', snapshot, evidence: [red], atMs },
      phase: inLane(checking, { step: 'baseline', seen: { snapshot, evidence: [red] } }),
      effects: [{ type: 'runChecks', task: 'T1', snapshot: start, criteria: [] }],
      because: 'red: test; looks at the base',
    },
    {
      name: 'red, and green on the base → the same session with the failing output, on the tree it left',
      run: { ...run, phase: inLane(checking, { step: 'baseline', seen: { snapshot, evidence: [red] } }) },
      event: { type: 'checked', snapshot: start, evidence: [green], atMs },
      phase: inLane(checking, { step: 'agent', ladder: back('test'), assignment: redTask }),
      effects: [{ type: 'runAgent', assignment: redTask }],
      because: 'red: test; goes back to the agent',
      change: { evidence: [red], baseline: [green] },
    },
    {
      name: 'red as it was on the base → no fault of the change',
      run: { ...run, phase: inLane(checking, { step: 'baseline', seen: { snapshot, evidence: [red] } }) },
      event: { type: 'checked', snapshot: start, evidence: [{ ...red, tree: start.tree }], atMs },
      phase: inLane(checking, { step: 'commit' }),
      effects: [{ type: 'commitWork', task: 'T1', snapshot, parent: start }],
      because: '1 check passed',
      change: { evidence: [{ ...red, wasRed: true }], baseline: [{ ...red, tree: start.tree }] },
    },
    {
      name: 'red by a test that passed on the base → goes back, whatever else was red there',
      run: { ...run, phase: checking, baseline: [failing('a')] },
      event: { type: 'checked', snapshot, evidence: [failing('a', 'b')], atMs },
      phase: inLane(checking, {
        step: 'agent',
        ladder: back('test: a', 'test: b'),
        assignment: { ...only(checking).assignment, feedback: { kind: 'checksRed', evidence: [failing('a', 'b')] } },
      }),
      effects: [
        {
          type: 'runAgent',
          assignment: { ...only(checking).assignment, feedback: { kind: 'checksRed', evidence: [failing('a', 'b')] } },
        },
      ],
      because: 'red: test; goes back to the agent',
      change: { evidence: [failing('a', 'b')] },
    },
    {
      name: 'red by fewer tests than on the base → no fault of the change',
      run: { ...run, phase: checking, baseline: [failing('a', 'b')] },
      event: { type: 'checked', snapshot, evidence: [failing('a')], atMs },
      phase: inLane(checking, { step: 'commit' }),
      effects: [{ type: 'commitWork', task: 'T1', snapshot, parent: start }],
      because: '1 check passed',
      change: { evidence: [{ ...failing('a'), wasRed: true }] },
    },
    {
      name: 'inconclusive is red, on the base, too',
      run: { ...run, phase: checking },
      event: { type: 'checked', snapshot, evidence: [unclear], atMs },
      phase: inLane(checking, { step: 'agent', ladder: back('test'), assignment: unclearTask }),
      effects: [{ type: 'runAgent', assignment: unclearTask }],
      because: 'red: test; goes back to the agent',
      change: { evidence: [unclear] },
    },
    {
      name: 'green → Fleet commits',
      run: { ...run, phase: checking, evidence: [red] },
      event: { type: 'checked', snapshot, evidence: [green], atMs },
      phase: inLane(checking, { step: 'commit' }),
      effects: [{ type: 'commitWork', task: 'T1', snapshot, parent: start }],
      because: '1 check passed',
      change: { evidence: [green] },
    },
    {
      name: 'committed → the next task on the new head',
      run: { ...run, phase: inLane(checking, { step: 'commit' }) },
      event: { type: 'committed', task: 'T1', head: snapshot, atMs },
      phase: aWorkingPhase({ task: 'T2', head: snapshot, assignment: developer('T2', snapshot) }),
      effects: [{ type: 'runAgent', assignment: developer('T2', snapshot) }, { type: 'showStatus' }],
      because: 'committed; next task T2',
      change: { status: showing },
    },
    {
      name: 'the last task finds its work done → verified as it is, with all criteria checked before',
      run: { ...run, phase: inLane(last, { step: 'checks', head: snapshot }) },
      event: { type: 'checked', snapshot, evidence: [green, proof], atMs },
      phase: { name: 'verifying', step: 'integrate', head: snapshot },
      effects: [bringsIn(snapshot), { type: 'showStatus' }],
      because: 'nothing was left to change; all tasks are done',
      change: { evidence: [green, proof], status: showing },
    },
    {
      name: 'a late result of an earlier step changes nothing',
      run,
      event: { type: 'checked', snapshot, evidence: [green], atMs },
      phase,
      effects: [],
      because: 'late: checked during agent',
    },
    {
      name: 'the agent fails for good → blocked, what is committed stays',
      run: { ...run, phase: inLane(phase, { failures: 1 }) },
      event: { type: 'attemptFailed', attempt: crashed, problems: ['opus (developer) crash: exit 1'], atMs },
      phase: {
        name: 'blocked',
        obstacle: { kind: 'agentFailed', details: ['opus (developer) crash: exit 1'] },
        resume: { to: 'working', task: 'T1', head: start },
      },
      effects: [
        blockedNotice({ kind: 'agentFailed', details: ['opus (developer) crash: exit 1'] }),
        { type: 'showStatus' },
      ],
      because: 'blocked: agentFailed',
      change: { attempts: [crashed], status: showing },
    },
  ]);
});
