import { describe, expect, it } from 'vitest';
import { decide } from '../../src/decide/decide.js';
import { readyTasks } from '../../src/decide/lanes.js';
import type { Change, RunEvent, WorkEvent } from '../../src/domain/event.js';
import type { Lane, WorkingPhase } from '../../src/domain/phase.js';
import type { Task } from '../../src/domain/plan.js';
import type { Run } from '../../src/domain/run.js';
import type { Conflict, Snapshot } from '../../src/domain/work.js';
import {
  aLadder,
  aLane,
  anAssignment,
  anAttempt,
  anEvidence,
  aPlan,
  aPlanningPhase,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aTask,
  startMs,
} from '../support/builders.js';
import { showing, table } from './table.js';

const atMs = startMs + 5_000;
const start = aSnapshot('b0');
const head = aSnapshot('c1');
const [one, two] = [aSnapshot('d1'), aSnapshot('d2')];
const fine: Change = { changedFiles: 1, deletedFiles: 0, files: 9, problems: [] };
const t1 = aTask({ id: 'T1', criteria: [] });
const t2 = aTask({ id: 'T2', criteria: [] });
const t3 = aTask({ id: 'T3', dependsOn: ['T1', 'T2'], criteria: ['AC1'] });
const plan = aPlan({ tasks: [t1, t2, t3] });
const prepared = aPrepared({ policy: aPolicy({ parallelTasks: 2, failures: 1 }) });
const showStatus = { type: 'showStatus' };

const developer = (task: string, from: Snapshot, lane?: number) =>
  anAssignment({ role: 'developer', task, from, ...(lane === undefined ? {} : { lane }) });
const laneOne = (change: Partial<Lane> = {}): Lane =>
  aLane({ task: 'T1', head: start, assignment: developer('T1', start), ...change });
const laneTwo = (change: Partial<Lane> = {}): Lane =>
  aLane({ task: 'T2', head: start, assignment: developer('T2', start, 1), ...change });
const at = (lanes: readonly Lane[], on = start): WorkingPhase => ({ name: 'working', head: on, lanes });
const aRunWith = (phase: WorkingPhase, change: Partial<Run> = {}): Run => aRun({ phase, prepared, plan, ...change });
const attemptOf = (task: string) => anAttempt({ task });
const worked = (task: string, snapshot: Snapshot): WorkEvent => ({
  ...{ type: 'worked', attempt: attemptOf(task), snapshot, change: fine, replies: [], replyProblems: [], atMs },
});
const runs = (assignment: unknown) => ({ type: 'runAgent', assignment });
const checksOf = (task: string, snapshot: Snapshot, criteria: readonly string[] = []) => ({
  ...{ type: 'runChecks', task, snapshot, criteria },
});

describe('tasks side by side', () => {
  const landing = laneOne({ step: 'checks', assignment: developer('T1', one) });
  const behind = laneTwo({ step: 'waiting', assignment: developer('T2', two, 1) });
  const conflict: Conflict = {
    ...{ theirs: two.commit, name: 'T2', files: ['a'], details: [], marked: aSnapshot('e1') },
    ...{ oursLog: [], theirsLog: [] },
  };
  const resolves = { ...developer('T2', conflict.marked, 1), feedback: { kind: 'conflict', conflict } } as const;
  table([
    {
      name: 'planned → all that nothing keeps apart begin, each in a worktree of its own',
      run: aRun({ phase: aPlanningPhase(), prepared }),
      event: { type: 'planned', attempt: anAttempt({ role: 'planner' }), plan, atMs },
      phase: at([laneOne(), laneTwo()]),
      effects: [runs(developer('T1', start)), runs(developer('T2', start, 1)), showStatus],
      because: 'planned: 3 tasks, 2 criteria',
      change: { plan, attempts: [anAttempt({ role: 'planner' })], status: showing },
    },
    {
      name: 'the first that is done is put on the branch, whichever it is',
      run: aRunWith(at([laneOne(), laneTwo()])),
      event: worked('T2', two),
      phase: at([laneTwo({ step: 'checks', assignment: developer('T2', two, 1) }), laneOne()]),
      effects: [checksOf('T2', two)],
      because: '1 file changed; checking',
      change: { attempts: [attemptOf('T2')], plan: { ...plan, tasks: [t2, t1, t3] } },
    },
    {
      name: 'the other one waits meanwhile',
      run: aRunWith(at([landing, laneTwo()])),
      event: worked('T2', two),
      phase: at([landing, behind]),
      effects: [],
      because: '1 file changed; waits for its turn',
      change: { attempts: [attemptOf('T2')] },
    },
    {
      name: 'and is put on the new head in its turn',
      run: aRunWith(at([{ ...landing, step: 'commit' }, behind])),
      event: { type: 'committed', task: 'T1', head, atMs },
      phase: at([{ ...behind, step: 'replay' }], head),
      effects: [{ type: 'replay', task: 'T2', from: start, work: two, onto: head }, showStatus],
      because: 'committed',
      change: { status: showing },
    },
    {
      name: 'there it is checked as a whole',
      run: aRunWith(at([{ ...behind, step: 'replay' }], head)),
      event: { type: 'replayed', task: 'T2', snapshot: aSnapshot('d3'), atMs },
      phase: at([{ ...behind, step: 'checks', head, assignment: developer('T2', aSnapshot('d3'), 1) }], head),
      effects: [checksOf('T2', aSnapshot('d3'))],
      because: 'put on the head of the branch; checking',
    },
    {
      name: 'a conflict → back to its agent, on the new head',
      run: aRunWith(at([{ ...behind, step: 'replay' }], head)),
      event: { type: 'replayed', task: 'T2', snapshot: head, conflict, atMs },
      phase: at([{ ...behind, step: 'agent', head, assignment: resolves, isConflicted: true }], head),
      effects: [runs(resolves)],
      because: 'T2 conflicts with what is on the branch by now; goes back to the agent',
    },
    {
      name: 'red → back to its agent, and the next one has its turn',
      run: aRunWith(at([landing, behind]), { baseline: [anEvidence()] }),
      event: { type: 'checked', task: 'T1', snapshot: one, evidence: [redOn(one)], atMs },
      phase: at([
        { ...behind, step: 'checks' },
        laneOne({
          ladder: aLadder(1, { frontiers: [{ tree: one.tree, failing: ['test'] }] }),
          assignment: { ...developer('T1', one), feedback: { kind: 'checksRed', evidence: [redOn(one)] } },
        }),
      ]),
      effects: [
        runs({ ...developer('T1', one), feedback: { kind: 'checksRed', evidence: [redOn(one)] } }),
        checksOf('T2', two),
      ],
      because: 'red: test; goes back to the agent',
      change: { evidence: [redOn(one)], plan: { ...plan, tasks: [t2, t1, t3] } },
    },
    {
      name: 'both done → what needs both',
      run: aRunWith(at([{ ...behind, step: 'commit' }]), { plan }),
      event: { type: 'committed', task: 'T2', head, atMs },
      phase: at([aLane({ task: 'T3', head, assignment: developer('T3', head) })], head),
      effects: [runs(developer('T3', head)), showStatus],
      because: 'committed; next task T3',
      change: { status: showing },
    },
    {
      name: 'late: a result of another task at the same step',
      run: aRunWith(at([landing, laneTwo()])),
      event: { type: 'checked', task: 'T2', snapshot: two, evidence: [anEvidence()], atMs },
      phase: at([landing, laneTwo()]),
      effects: [],
      because: 'late: checked during agent',
    },
  ]);
});

function redOn({ tree }: Snapshot) {
  return anEvidence({ outcome: 'fail', exit: 1, tree });
}

describe('a task that gets nowhere beside another one', () => {
  const crash = { kind: 'failed', failure: 'crash', reason: 'exit 1' } as const;
  const crashed = { ...attemptOf('T2'), outcome: crash };
  const obstacle = { kind: 'agentFailed', details: ['crash'] } as const;
  const stuck = laneTwo({ step: 'stuck', stuck: { problems: ['crash'], because: 'blocked: agentFailed', obstacle } });
  const resume = { to: 'working', task: 'T2', head } as const;
  table([
    {
      name: 'the other one is let come to its end',
      run: aRunWith(at([laneOne(), laneTwo()])),
      event: { type: 'attemptFailed', attempt: crashed, problems: ['crash'], atMs },
      phase: at([laneOne(), stuck]),
      effects: [],
      because: 'blocked: agentFailed',
      change: { attempts: [crashed] },
    },
    {
      name: 'and what it did is on the branch when a person is asked',
      run: aRunWith(at([laneOne({ step: 'commit', assignment: developer('T1', one) }), stuck])),
      event: { type: 'committed', task: 'T1', head, atMs },
      phase: { name: 'blocked', obstacle, resume },
      effects: [{ type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus],
      because: 'blocked: agentFailed',
      change: { status: showing },
    },
    {
      name: 'a person is needed at once → what else is at work ends',
      run: aRunWith(at([laneOne(), laneTwo()])),
      event: { type: 'effectFailed', effect: 'runAgent', obstacle, atMs },
      phase: { name: 'blocked', obstacle, resume: { to: 'working', task: 'T1', head: start } },
      effects: [{ type: 'stopWork' }, { type: 'tellPeople', notice: { kind: 'blocked', obstacle } }, showStatus],
      because: 'blocked: agentFailed',
      change: { status: showing },
    },
  ]);
});

describe('which task is next', () => {
  const chain = (id: string, ...dependsOn: readonly string[]): Task => aTask({ id, dependsOn });
  it('the one on the longest way to the end, then as the plan has it', () => {
    const tasks = [chain('A'), chain('B'), chain('C', 'B'), chain('D', 'C'), chain('E')];
    expect(readyTasks(tasks, 0, []).map(({ id }) => id)).toEqual(['B', 'A', 'E']);
  });
  it('none that is at hand, and none that waits for another', () => {
    const tasks = [chain('A'), chain('B', 'A'), chain('C', 'B')];
    expect(readyTasks(tasks, 1, ['B']).map(({ id }) => id)).toEqual([]);
  });
  it('at once, also where every task depends on all before it', () => {
    const ids = Array.from({ length: 30 }, (_, index) => `T${index}`);
    const tasks = ids.map((id, index) => chain(id, ...ids.slice(0, index)));
    expect(readyTasks(tasks, 0, []).map(({ id }) => id)).toEqual(['T0']);
  });
  it('a circle does not hang it', () => {
    expect(readyTasks([chain('A', 'B'), chain('B', 'A'), chain('C')], 0, []).map(({ id }) => id)).toEqual(['C']);
  });
});

describe('criteria with several tasks at hand', () => {
  it('what another open task serves, too, is due with the last one', () => {
    const both = aPlan({ tasks: [aTask({ id: 'T1' }), aTask({ id: 'T2' })] });
    const criteria = (run: Run, event: RunEvent): unknown =>
      decide(run, event).effects.flatMap((effect) => (effect.type === 'runChecks' ? effect.criteria : []));
    const run = aRunWith(at([laneOne(), laneTwo()]), { plan: both });
    expect(criteria(run, worked('T2', two))).toEqual([]);
    const last = aRunWith(at([laneOne()]), { plan: { ...both, tasks: [both.tasks[1]!, both.tasks[0]!] } });
    expect(criteria(last, worked('T1', one))).toEqual(['AC1', 'AC2']);
  });
});
