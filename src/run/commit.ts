import type { Decision } from '../decide/decision.js';
import { laneOf } from '../domain/effect.js';
import type { EffectId } from '../domain/run.js';
import type { Ports } from '../ports.js';
import type { RunChange } from '../ports/store.js';

/** A decision as one transaction: effect ids derive from run, revision and index, so that the same decision gives the same ids. */
export function changesOf(of: {
  readonly fromRevision: number;
  readonly decision: Decision;
  readonly event: { readonly type: string; readonly atMs: number };
  readonly read: readonly number[];
}): RunChange {
  const { run, effects, because } = of.decision;
  const outside = effects.filter(({ type }) => type !== 'stopWork');
  return {
    fromRevision: of.fromRevision,
    run,
    effects: outside.map((effect, index) => ({
      id: `${run.id}.${run.revision}.${index}` as EffectId,
      effect,
      dueAtMs: 'dueAtMs' in effect ? effect.dueAtMs : of.event.atMs,
    })),
    journal: [
      {
        run: run.id,
        atMs: of.event.atMs,
        kind: 'decided',
        text: because,
        fields: {
          event: of.event.type,
          phase: run.phase.name,
          revision: run.revision,
          ...stepOf(run.phase),
          effects: effects.map(({ type }) => type).join(' '),
        },
      },
    ],
    read: of.read,
    cancelsWork: effects.length > outside.length,
  };
}

function stepOf(phase: Decision['run']['phase']): { readonly step?: string } {
  return 'step' in phase ? { step: phase.step } : {};
}

/** Tells the queue of effects that were just committed; a message lost here is found by the sweep. */
export async function queueEffects(ports: Ports, effects: RunChange['effects']): Promise<void> {
  await Promise.all(
    effects.map(({ id, effect }) => {
      const delayMs = 'dueAtMs' in effect ? Math.max(0, effect.dueAtMs - ports.clock.nowMs()) : 0;
      return ports.queue.perform({ id, lane: laneOf(effect.type), delayMs });
    }),
  );
}
