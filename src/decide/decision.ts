import type { Effect } from '../domain/effect.js';
import type { Phase, Resume } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { Obstacle } from '../domain/work.js';

/** What comes of an event: the run after it, what is to be done outside, and why. */
export interface Decision {
  readonly run: Run;
  readonly effects: readonly Effect[];
  /** Journalled, logged and tested; one line in words of the glossary. */
  readonly because: string;
}

/** The run moves to a phase. */
export function moved(run: Run, phase: Phase, because: string, ...effects: readonly Effect[]): Decision {
  return { run: { ...run, phase }, effects, because };
}

/** The event changes nothing about where the run stands. */
export function stays(run: Run, because: string, ...effects: readonly Effect[]): Decision {
  return { run, effects, because };
}

/** A person is needed: the run parks, gives its slot back and says once what is in the way. What else is at work for it ends. */
export function blocked(run: Run, obstacle: Obstacle, resume: Resume): Decision {
  const because = `blocked: ${obstacle.kind}`;
  return moved(
    run,
    { name: 'blocked', obstacle, resume },
    because,
    ...(works(run.phase) ? [{ type: 'stopWork' } as const] : []),
    { type: 'tellPeople', notice: { kind: 'blocked', obstacle } },
  );
}

/** True while more than the one that an event is about may be at work. */
function works(phase: Phase): boolean {
  return phase.name === 'working' && phase.lanes.filter(({ step }) => step !== 'stuck' && step !== 'parked').length > 1;
}

/** Asks for the status comment to show the run as it now is; one edit at a time, the last state wins. */
export function shownTo(decision: Decision): Decision {
  const { run, effects } = decision;
  if (effects.some(({ type }) => type === 'showStatus')) return decision;
  // Where Fleet may not write any more, nobody can be told.
  if (run.phase.name === 'cancelled' && run.phase.why === 'repositoryLost') return decision;
  if (run.status.state !== 'shown') return { ...decision, run: { ...run, status: { ...run.status, state: 'stale' } } };
  return {
    ...decision,
    run: { ...run, status: { ...run.status, state: 'showing' } },
    effects: [...effects, { type: 'showStatus' }],
  };
}

/** `1 task`, `2 tasks`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}
