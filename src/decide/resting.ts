import type { WorkEvent } from '../domain/event.js';
import type { Resume } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Obstacle } from '../domain/work.js';
import { agentsBack } from './away.js';
import { moved, shownTo, stays, type Decision } from './decision.js';
import { goesOn } from './stages.js';

/** What may look different to agents after a rest; anything else waits for a person. */
const passes: readonly Obstacle['kind'][] = [
  ...(['checksRed', 'changeRefused', 'notProven', 'rejected', 'verdictMissing', 'planMissing', 'agentFailed'] as const),
];

/** A run that has just got nowhere is tried anew by itself after a rest, as often as its policy says. */
export function resting(before: Run, decision: Decision, atMs: number): Decision {
  const { phase, prepared, rests = 0 } = decision.run;
  if (phase.name !== 'blocked' || before.phase.name === 'blocked' || !passes.includes(phase.obstacle.kind))
    return decision;
  const { afterMs = 0, times = 0 } = prepared?.policy.retryBlocked ?? {};
  if (rests >= times) return decision;
  const wakesAtMs = atMs + afterMs;
  return {
    ...decision,
    run: { ...decision.run, phase: { ...phase, wakesAtMs }, rests: rests + 1 },
    effects: [...decision.effects, { type: 'wake', dueAtMs: wakesAtMs }],
  };
}

/** The rest is over; with a new plan, unless a person was faster. Or the time to answer is, and the run goes on with what it assumes; or the time of a limit. */
export function afterRest(run: Run, event: Extract<WorkEvent, { type: 'rested' }>): Decision {
  const { phase } = run;
  if (phase.name === 'awaitingAnswer' && phase.dueAtMs <= event.atMs) {
    return goesOn(run, 'nobody has answered; it goes on with its assumptions');
  }
  if (phase.name === 'awaitingAgent' && phase.untilMs <= event.atMs) return agentsBack(run, 'an agent may be back');
  if (phase.name !== 'blocked' || phase.wakesAtMs === undefined || phase.wakesAtMs > event.atMs) {
    return stays(run, `late: rested while ${phase.name}`);
  }
  const { replans: _, proofs: __, ...fresh } = run;
  const resume = anew(phase.resume, phase.obstacle.details);
  return shownTo(moved(fresh, { name: 'queued', step: 'waiting', resume }, 'rested; it is tried anew'));
}

function anew(resume: Resume, problems: readonly string[]): Resume {
  if (resume.to === 'working') return { to: 'replanning', task: resume.task, head: resume.head, problems };
  if (resume.to === 'verifying') return { to: 'replanning', task: '', head: resume.head, problems };
  return resume;
}
