import { decide } from '../decide/decide.js';
import type { Decision } from '../decide/decision.js';
import { Failure } from '../domain/failure.js';
import { holdsSlot } from '../domain/phase.js';
import type { Run, RunId } from '../domain/run.js';
import type { LoadedRun, RunChange } from '../ports/store.js';
import { changesOf, queueEffects } from './commit.js';
import type { Loop } from './loop.js';

/** Races that one advance may lose before it leaves the run to the next message or the sweep. */
const maxRaces = 5;

/** Takes what a run has not read yet and decides, one event a transaction; a lost race loads again. */
export async function advance(loop: Loop, id: RunId): Promise<void> {
  for (let races = 0; races < maxRaces; races += 1) {
    const loaded = await loop.ports.store.runs.load(id);
    if (loaded === undefined || loaded.unread.length === 0) return;
    try {
      await decideAll(loop, loaded);
      races = -1;
    } catch (error) {
      if (!(error instanceof Failure) || error.reason.kind !== 'lostRace') throw error;
    }
  }
}

async function decideAll(loop: Loop, loaded: LoadedRun): Promise<void> {
  const { ports } = loop;
  let { run } = loaded;
  for (const { inboxId, event } of loaded.unread) {
    const { decision, change } = await committed(loop, run, { event, inboxId });
    const level = decision.run.phase.name === run.phase.name ? 'debug' : 'info';
    ports.log[level](
      { run: run.id, event: event.type, phase: decision.run.phase.name, because: decision.because },
      'run advanced',
    );
    if (change.cancelsWork) loop.held.cancel(run.id);
    await queueEffects(ports, change.effects);
    await fillSlots(loop, run, decision.run);
    run = decision.run;
  }
}

/** A decision that the store does not take is a bug of Fleet's; the run must not stand still for it, so a person is asked. */
async function committed(
  { ports }: Loop,
  run: Run,
  { event, inboxId }: LoadedRun['unread'][number],
): Promise<{ readonly decision: Decision; readonly change: RunChange }> {
  const changeOf = (decision: Decision): RunChange =>
    changesOf({ fromRevision: run.revision, decision, event, read: [inboxId] });
  const decision = decide(run, event);
  const change = changeOf(decision);
  try {
    await ports.store.runs.commit(change);
    return { decision, change };
  } catch (error) {
    if (!(error instanceof Failure) || error.reason.kind !== 'needsPerson') throw error;
    const { obstacle } = error.reason;
    ports.log.error({ run: run.id, event: event.type, error }, 'decision was refused by the store');
    const refused = decide(run, { type: 'effectFailed', effect: 'commitWork', obstacle, atMs: event.atMs });
    await ports.store.runs.commit(changeOf(refused));
    return { decision: refused, change: changeOf(refused) };
  }
}

/** A run that gave its slot back, or came to wait for one, makes room for the next. */
async function fillSlots(loop: Loop, before: Run, after: Run): Promise<void> {
  const freed = holdsSlot(before.phase) && !holdsSlot(after.phase);
  const waits = after.phase.name === 'queued' && after.phase.step === 'waiting';
  if (!freed && !waits) return;
  const granted = await loop.ports.store.runs.grantSlots(loop.settings.limits, loop.ports.clock.nowMs());
  await Promise.all(granted.map((run) => loop.ports.queue.advance(run)));
}
