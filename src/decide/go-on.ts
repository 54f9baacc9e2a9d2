import type { Effect } from '../domain/effect.js';
import type { Lane, WorkingPhase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { criteriaDue } from '../domain/receipts.js';
import type { Snapshot } from '../domain/work.js';
import { blocked, moved, shownTo, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';
import { doneBefore, inOrder, isLanding, withLane } from './lanes.js';
import { parkedLanes } from './parking.js';
import { afterTasks, startReady, startReplanning, withTasks } from './start.js';

/** After anything about a task: work that waits is put on the branch, and where all that is at hand is stuck, that is acted upon. */
export function goOn(decision: Decision): Decision {
  const { run } = decision;
  const { phase } = run;
  if (phase.name !== 'working') return decision;
  if (phase.lanes.length > 0 && phase.lanes.every(isAtRest)) return atRest(decision, phase);
  if (phase.lanes.some(isLanding)) return decision;
  const waits = phase.lanes.find(({ step }) => step === 'waiting');
  if (waits === undefined) return decision;
  const landed = land(run, phase, waits);
  return { ...landed, effects: [...decision.effects, ...landed.effects], because: decision.because };
}

/** A task that is done gives its lane to the next ones; after the last comes what follows the tasks. */
export function taskDone(
  run: Run,
  { phase, lane }: { readonly phase: WorkingPhase; readonly lane: Lane },
  head: Snapshot,
  because: string,
): Decision {
  const all = run.plan?.tasks ?? [];
  const before = doneBefore(all, phase);
  const lanes = phase.lanes.filter(({ task }) => task !== lane.task);
  const tasks = inOrder(all, before, [lane, ...lanes]);
  const next = withTasks(run, tasks);
  const done = before + 1;
  if (lanes.length === 0 && tasks.length <= done) {
    return afterTasks(next, lane.task, head, `${because}; all tasks are done`);
  }
  const begun = startReady(next, { head, lanes, done }, because);
  if (begun.run.phase.name !== 'working') return begun;
  const names = begun.run.phase.lanes.slice(lanes.length).map(({ task }) => task);
  const said = names.length === 0 ? because : `${because}; next task ${names.join(', ')}`;
  return shownTo(goOn({ ...begun, because: said }));
}

/** The work of a task is put on the branch: as it is where the head has not moved, else replayed; then every check is run. */
export function land(run: Run, phase: WorkingPhase, lane: Lane): Decision {
  const first: WorkingPhase = { ...phase, lanes: [lane, ...phase.lanes.filter(({ task }) => task !== lane.task)] };
  const all = run.plan?.tasks ?? [];
  const next = phase.lanes.length === 1 ? run : withTasks(run, inOrder(all, doneBefore(all, phase), first.lanes));
  const { task, assignment, head } = lane;
  const work = assignment.from;
  if (head.commit !== phase.head.commit) {
    const replay: Effect = { type: 'replay', task, from: head, work, onto: phase.head };
    return moved(next, withLane(first, { ...lane, step: 'replay' }), 'put on the head of the branch', replay);
  }
  return check(next, { phase: first, lane }, 'checking');
}

/** Every check, and the criteria that are due, on the work of the lane. */
export function check(
  run: Run,
  { phase, lane }: { readonly phase: WorkingPhase; readonly lane: Lane },
  because: string,
): Decision {
  const { task, assignment } = lane;
  const criteria = criteriaDue(run.plan, task);
  return moved(run, withLane(phase, { ...lane, step: 'checks' }), because, {
    ...{ type: 'runChecks', task, snapshot: assignment.from, criteria },
  });
}

/** True for a task that nothing is done for. */
function isAtRest({ step }: Lane): boolean {
  return step === 'stuck' || step === 'parked';
}

function atRest(decision: Decision, phase: WorkingPhase): Decision {
  const isParked = phase.lanes.some(({ step }) => step === 'parked');
  if (!isParked) return unstuck(decision, phase);
  const parked = parkedLanes(decision.run, phase);
  return { ...parked, effects: [...decision.effects, ...parked.effects] };
}

/** All that is at hand got nowhere: the rest is planned anew, or a person is asked. */
function unstuck({ run, effects }: Decision, { lanes, head }: WorkingPhase): Decision {
  const at = lanes.flatMap(({ task, stuck }) => (stuck === undefined ? [] : [{ task, ...stuck }]));
  const because = at.map((one) => one.because).join('; ');
  const several = at.length > 1;
  const problems = at.flatMap((one) => (several ? one.problems.map((line) => `${one.task}: ${line}`) : one.problems));
  const asks = at.find(({ obstacle }) => obstacle !== undefined)?.obstacle;
  const [first] = lanes;
  const decided =
    asks === undefined && first !== undefined
      ? startReplanning(run, { task: first.task, head, problems }, because)
      : shownTo({
          ...blocked(run, { kind: asks?.kind ?? 'agentFailed', details: problems }, resumeOf(run)),
          because,
        });
  return { ...decided, effects: [...effects, ...decided.effects] };
}
