import type { WorkEvent } from '../domain/event.js';
import type { AgentsPhase, Away, Lane } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Assignment } from '../domain/work.js';
import { moved, shownTo, stays, type Decision } from './decision.js';
import { goOn } from './go-on.js';
import { laneOf, withLane } from './lanes.js';
import { parkedRun } from './parking.js';

/** Nobody could take an attempt: the run waits, or a task of it does while the others go on. */
export function afterAway(run: Run, event: Extract<WorkEvent, { type: 'agentsAway' }>): Decision {
  const { phase } = run;
  const { role, task, untilMs, reasons } = event;
  const away: Away = { reasons, ...(untilMs === undefined ? {} : { untilMs }) };
  if (phase.name === 'working') {
    const lane = laneOf(phase, task);
    if (lane?.step !== 'agent') return stays(run, `late: agents away while ${phase.name}`);
    const parked: Lane = { ...lane, step: 'parked', parked: away };
    return goOn(moved(run, withLane(phase, parked), `${lane.task} waits: no agent is to be had`));
  }
  if (!('assignment' in phase) || phase.assignment.role !== role) {
    return stays(run, `late: agents away while ${phase.name}`);
  }
  return parkedRun(run, phase, away);
}

/** Exactly where it was: what waited for an agent is given out again. */
export function wentOn(run: Run, phase: AgentsPhase, because: string): Decision {
  if (phase.name !== 'working') {
    const { assignment } = phase;
    return moved(run, phase, because, ...(assignment === undefined ? [] : [runAgent(assignment)]));
  }
  const lanes = phase.lanes.map(({ parked, ...lane }): Lane =>
    parked === undefined ? lane : { ...lane, step: 'agent' },
  );
  const begun = lanes.filter(({ step }) => step === 'agent');
  return goOn(moved(run, { ...phase, lanes }, because, ...begun.map(({ assignment }) => runAgent(assignment))));
}

function runAgent(assignment: Assignment) {
  return { type: 'runAgent', assignment } as const;
}

/** An agent is back, sooner than was known, or the time has come. */
export function agentsBack(run: Run, because: string): Decision {
  const { phase } = run;
  const waits = phase.name === 'awaitingAgent' || (phase.name === 'blocked' && phase.obstacle.kind === 'agentsAway');
  if (!waits) return stays(run, `late: agents are back while ${phase.name}`);
  return shownTo(moved(run, { name: 'queued', step: 'waiting', resume: phase.resume }, because));
}
