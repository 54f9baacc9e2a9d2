import { momentText } from '../domain/moment.js';
import type { AgentsPhase, Away, WorkingPhase } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import { blocked, moved, shownTo, type Decision } from './decision.js';

/** All that is at hand waits, for an agent or for a new plan: the run does, until the first agent is back. */
export function parkedLanes(run: Run, phase: WorkingPhase): Decision {
  const aways = phase.lanes.flatMap(({ parked }) => (parked === undefined ? [] : [parked]));
  const times = aways.flatMap(({ untilMs }) => (untilMs === undefined ? [] : [untilMs]));
  const reasons = [...new Set(aways.flatMap((one) => one.reasons))];
  return parkedRun(run, phase, { reasons, ...(times.length === 0 ? {} : { untilMs: Math.min(...times) }) });
}

/** It gives its slot back and goes on by itself at the time that is known; where none is, a person has to act. */
export function parkedRun(run: Run, phase: AgentsPhase, { untilMs, reasons }: Away): Decision {
  const resume = { to: 'same', phase } as const;
  if (untilMs === undefined) return shownTo(blocked(run, { kind: 'agentsAway', details: reasons }, resume));
  const because = `no agent is to be had; it goes on at ${momentText(untilMs)}`;
  const waits = moved(run, { name: 'awaitingAgent', resume, untilMs, reasons }, because, {
    ...{ type: 'wake', dueAtMs: untilMs },
  });
  return shownTo(waits);
}
