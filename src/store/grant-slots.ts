import { sql } from 'kysely';
import type { RunId } from '../domain/run.js';
import type { SlotLimits } from '../domain/settings.js';
import { deliver } from './inbox.js';
import type { FleetTables } from './tables.js';

/** Any number, the same in every Fleet. */
const advisoryLock = 4_203_072;
const dayMs = 24 * 3_600_000;

/** A run that waits, and what the limits count it by. */
interface Candidate {
  readonly id: RunId;
  readonly revision: number;
  readonly repository: string;
  readonly requester: string;
}

/** Gives free slots to waiting runs, oldest first. One at a time over all processes, since it counts before it writes. */
export async function grantSlots(tables: FleetTables, limits: SlotLimits, nowMs: number): Promise<readonly RunId[]> {
  return tables.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(transaction);
    const waiting = await waitingRuns(transaction);
    if (waiting.length === 0) return [];
    const taken = await repositoriesOfSlots(transaction);
    const started = await startsSince(transaction, nowMs - dayMs);
    const chosen = chooseRuns({ waiting, taken, started, limits });
    const event = { type: 'slotGranted', atMs: nowMs } as const;
    await deliver(
      transaction,
      chosen.map(({ id, revision }) => ({ run: id, event, delivery: `slot.${id}.${revision}` })),
    );
    return chosen.map(({ id }) => id);
  });
}

/** The runs that get a slot. One that is kept back by its repository or requester lets those behind it pass. */
function chooseRuns(from: {
  readonly waiting: readonly Candidate[];
  /** The repository of each slot that is taken. */
  readonly taken: readonly string[];
  /** The requester of each run that has started within the last day. */
  readonly started: ReadonlyMap<RunId, string>;
  readonly limits: SlotLimits;
}): readonly Candidate[] {
  const { limits, taken, started } = from;
  const inRepository = counted(taken);
  const byRequester = counted([...started.values()]);
  const free = limits.runs - taken.length;
  let starts = started.size;
  const chosen: Candidate[] = [];
  // What has begun is finished before anything else begins.
  const begun = from.waiting.filter(({ id }) => started.has(id));
  const others = from.waiting.filter(({ id }) => !started.has(id));
  for (const run of [...begun, ...others]) {
    if (chosen.length >= free) break;
    const slots = inRepository.get(run.repository) ?? 0;
    if (slots >= limits.runsPerRepository) continue;
    if (!started.has(run.id)) {
      const ofRequester = byRequester.get(run.requester) ?? 0;
      if (starts >= limits.runsPerDay || ofRequester >= limits.runsPerRequesterPerDay) continue;
      starts += 1;
      byRequester.set(run.requester, ofRequester + 1);
    }
    chosen.push(run);
    inRepository.set(run.repository, slots + 1);
  }
  return chosen;
}

function counted(names: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return counts;
}

const repository = sql<string>`runs.forge || ' ' || runs.repository_id`.as('repository');
const requester = sql<string>`runs.forge || ' ' || runs.requester_id`.as('requester');
/** A run that was granted its slot and has not read so yet. */
const isGranted = sql<boolean>`exists (
  select from fleet.inbox where inbox.run = runs.id and inbox.read_at is null and inbox.type = 'slotGranted')`;

async function waitingRuns(tables: FleetTables): Promise<readonly Candidate[]> {
  return tables
    .selectFrom('runs')
    .select(['id', 'revision', repository, requester])
    .where('waiting', '=', true)
    .where((eb) => eb.not(isGranted))
    .orderBy('created_at_ms')
    .orderBy('id')
    .execute();
}

async function repositoriesOfSlots(tables: FleetTables): Promise<readonly string[]> {
  const rows = await tables
    .selectFrom('runs')
    .select(repository)
    .where((eb) => eb.or([eb('slot', '=', true), eb.and([eb('waiting', '=', true), isGranted])]))
    .execute();
  return rows.map((row) => row.repository);
}

/** A run that waits in between, for an agent or a person, has started once. */
async function startsSince(tables: FleetTables, sinceMs: number): Promise<ReadonlyMap<RunId, string>> {
  const rows = await tables
    .selectFrom('inbox')
    .innerJoin('runs', 'runs.id', 'inbox.run')
    .select(['runs.id', requester])
    .distinct()
    .where('inbox.type', '=', 'slotGranted')
    .where('inbox.at_ms', '>', sinceMs)
    .execute();
  return new Map(rows.map(({ id, requester }) => [id, requester]));
}
