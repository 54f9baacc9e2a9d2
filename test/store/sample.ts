import type { ForgeEvent } from '../../src/domain/forge.js';
import type { EffectId, Run, RunId } from '../../src/domain/run.js';
import type { Delivery, RunChange } from '../../src/ports/store.js';
import { aPerson, aRepository, aRun, anIssue, startMs } from '../support/builders.js';

export function id(text: string): RunId {
  return text as RunId;
}

export function aForgeEvent(): ForgeEvent {
  return {
    type: 'issueLabelled',
    repository: aRepository(),
    by: aPerson(),
    atMs: startMs,
    issue: anIssue(),
    label: 'fleet',
  };
}

export function aDelivery(delivery: string): Delivery {
  return { source: 'github', delivery, event: aForgeEvent(), atMs: startMs };
}

/** A run on an issue of its own. */
export function runOf(name: string, issueNumber: number, change: Partial<Run> = {}): Run {
  const { issue } = aRun();
  return aRun({ id: id(name), issue: { ...issue, number: issueNumber }, ...change });
}

/** The creation of a run, or with `fromRevision` one of its steps. */
export function aChange(run: Run, change: Partial<RunChange> = {}): RunChange {
  return { fromRevision: run.revision - 1, run, effects: [], journal: [], read: [], cancelsWork: false, ...change };
}

export function anEffect(
  run: Run,
  index: number,
  type: 'react' | 'prepareWorkspace' | 'showStatus',
  dueAtMs = startMs,
) {
  const effect =
    type === 'react' ? ({ type, target: { kind: 'issue', number: run.issue.number } } as const) : ({ type } as const);
  return { id: `${run.id}.${run.revision}.${index}` as EffectId, effect, dueAtMs };
}

/** The run one decision later. */
export function after(run: Run, change: Partial<Run> = {}): Run {
  return { ...run, revision: run.revision + 1, ...change };
}
