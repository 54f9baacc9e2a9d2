import { lostRace, needsPerson } from '../domain/failure.js';
import { receiptsMissing } from '../domain/receipts.js';
import { holdsSlot, isEnded } from '../domain/phase.js';
import type { Run } from '../domain/run.js';
import type { RunChange } from '../ports/store.js';
import { violatedIndex } from './errors.js';
import { endWait } from './inbox.js';
import { insertEntries } from './journal.js';
import { jsonb, type FleetTables } from './tables.js';

/** One step of a run, all or nothing; throws `lostRace`. */
export async function commit(tables: FleetTables, change: RunChange): Promise<void> {
  demandReceipts(change.run);
  await tables.transaction().execute(async (transaction) => {
    await writeRun(transaction, change);
    if (change.cancelsWork) await cancelWork(transaction, change.run);
    await insertEffects(transaction, change);
    await insertEntries(transaction, change.journal);
    await markRead(transaction, change);
    const { admits } = change;
    if (admits !== undefined && !(await endWait(transaction, admits.inboxId, admits.because)))
      throw lostRace(`delivery ${admits.inboxId} was admitted by somebody else`);
  });
}

/** Nothing is called done that Fleet has not seen pass on exactly this tree, whatever decided so: then a person has to know. */
function demandReceipts(run: Run): void {
  const missing = receiptsMissing(run);
  if (missing.length === 0) return;
  throw needsPerson('receiptMissing', [
    `run ${run.id} may not go on to ${run.phase.name}`,
    ...missing.map((name) => `no receipt for ${name}`),
  ]);
}

async function writeRun(tables: FleetTables, { run, fromRevision }: RunChange): Promise<void> {
  const columns = columnsOf(run);
  try {
    if (fromRevision === 0) {
      await tables
        .insertInto('runs')
        .values({ id: run.id, ...columns })
        .execute();
      return;
    }
    const written = await tables
      .updateTable('runs')
      .set(columns)
      .where('id', '=', run.id)
      .where('revision', '=', fromRevision)
      .returning('id')
      .executeTakeFirst();
    if (written === undefined) throw lostRace(`run ${run.id} is not at revision ${fromRevision} any more`);
  } catch (error) {
    const index = violatedIndex(error);
    if (index === undefined) throw error;
    throw lostRace(`run ${run.id} is there already, or its issue has another open run (${index})`, error);
  }
}

/** The only place where what is searched for is derived from the run. */
function columnsOf(run: Run) {
  return {
    revision: run.revision,
    run: jsonb(run),
    phase: run.phase.name,
    forge: run.repository.forge,
    repository_id: run.repository.id,
    issue_number: run.issue.number,
    merge_request_number: run.mergeRequest?.number ?? null,
    requester_id: run.requester.id,
    open: !isEnded(run.phase),
    slot: holdsSlot(run.phase),
    waiting: run.phase.name === 'queued' && run.phase.step === 'waiting',
    created_at_ms: run.createdAtMs,
    updated_at_ms: run.updatedAtMs,
  };
}

async function cancelWork(tables: FleetTables, run: Run): Promise<void> {
  await tables
    .updateTable('outbox')
    .set({ cancelled_at: 'now' })
    .where('run', '=', run.id)
    .where('revision', '<', run.revision)
    .where('settled_at', 'is', null)
    .where('type', 'not in', ['react', 'showStatus', 'tellPeople'])
    .execute();
}

async function insertEffects(tables: FleetTables, { run, effects }: RunChange): Promise<void> {
  if (effects.length === 0) return;
  const rows = effects.map(({ id, effect, dueAtMs }) => ({
    id,
    run: run.id,
    revision: run.revision,
    type: effect.type,
    effect: jsonb(effect),
    due_at_ms: dueAtMs,
  }));
  await tables.insertInto('outbox').values(rows).execute();
}

async function markRead(tables: FleetTables, { run, read }: RunChange): Promise<void> {
  if (read.length === 0) return;
  await tables.updateTable('inbox').set({ read_at: 'now' }).where('id', 'in', read).where('run', '=', run.id).execute();
}
