import { expect, it } from 'vitest';
import { decide } from '../../src/decide/decide.js';
import type { Decision } from '../../src/decide/decision.js';
import type { RunEvent } from '../../src/domain/event.js';
import type { Lane, Phase, WorkingPhase } from '../../src/domain/phase.js';
import type { Run } from '../../src/domain/run.js';

/** One row of docs/spec.md: in this phase, this event gives that phase and those effects, for this reason. */
export interface Row {
  readonly name: string;
  readonly run: Run;
  readonly event: RunEvent;
  readonly phase: Phase;
  readonly effects: readonly unknown[];
  readonly because: string;
  /** What else of the run changes. */
  readonly change?: Partial<Run>;
  /** What of the run is not there any more. */
  readonly gone?: readonly (keyof Run)[];
}

/** Runs every row as a test: the whole run and all effects are compared, so nothing else may change. */
export function table(rows: readonly Row[]): void {
  it.each(rows.map((row) => [row.name, row] as const))('%s', (_name, row) => {
    const next = { ...row.run, phase: row.phase, revision: row.run.revision + 1, updatedAtMs: row.event.atMs };
    const expected: Decision = {
      run: without({ ...next, ...row.change }, row.gone ?? []),
      effects: row.effects as Decision['effects'],
      because: row.because,
    };
    expect(decide(row.run, row.event)).toEqual(expected);
  });
}

function without(run: Run, gone: readonly (keyof Run)[]): Run {
  return Object.fromEntries(Object.entries(run).filter(([key]) => !gone.includes(key as keyof Run))) as unknown as Run;
}

/** The status comment while an edit of it is on its way. */
export const showing = { state: 'showing' } as const;

/** A phase of one task, with the task changed. */
export function inLane(phase: WorkingPhase, change: Partial<Lane>): WorkingPhase {
  const lane = { ...only(phase), ...change };
  return { ...phase, head: change.head ?? phase.head, lanes: [lane] };
}

/** The one task at hand. */
export function only({ lanes }: WorkingPhase): Lane {
  const [lane, ...others] = lanes;
  if (lane === undefined || others.length > 0) throw new Error(`there are ${lanes.length} tasks at hand`);
  return lane;
}
