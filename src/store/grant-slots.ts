import { sql } from 'kysely';
import type { RunId } from '../domain/run.js';
import type { SlotLimits } from '../domain/settings.js';
import { deliver } from './inbox.js';
import type { FleetTables } from './tables.js';

/** Any number, the same in every Fleet. */
const advisoryLock = 4_203_072;
const dayMs = 24 * 3_600_000;

/** What the limits are counted by. */
interface Candidate {
  readonly id: RunId;
  readonly revision: number;
  readonly repository: string;
  readonly requester: string;
}

interface Taken {
  readonly repository: string;
}

interface Started {
  readonly requester: string;
}

/** Gives free slots to waiting runs, oldest first. One at a time over all processes, since it counts before it writes. */
export async function grantSlots(tables: FleetTables, limits: SlotLimits, nowMs: number): Promise<readonly RunId[]> {
  return tables.transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${advisoryLock})`.execute(transaction);
    const waiting = await waitingRuns(transaction);
    if (waiting.length === 0) return [];
    const taken = await takenSlots(transaction);
    const started = await startedSince(transaction, nowMs - dayMs);
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
export function chooseRuns(from: {
  readonly waiting: readonly Candidate[];
  readonly taken: readonly Taken[];
  readonly started: readonly Started[];
  readonly limits: SlotLimits;
}): readonly Candidate[] {
  const { limits } = from;
  const ofRepository = counts(from.taken.map(({ repository }) => repository));
  const ofRequester = counts(from.started.map(({ requester }) => requester));
  const most = Math.min(limits.runs - from.taken.length, limits.runsPerDay - from.started.length);
  const chosen: Candidate[] = [];
  for (const run of from.waiting) {
    if (chosen.length >= most) break;
    const inRepository = ofRepository.get(run.repository) ?? 0;
    const byRequester = ofRequester.get(run.requester) ?? 0;
    if (inRepository >= limits.runsPerRepository || byRequester >= limits.runsPerRequesterPerDay) continue;
    chosen.push(run);
    ofRepository.set(run.repository, inRepository + 1);
    ofRequester.set(run.requester, byRequester + 1);
  }
  return chosen;
}

function counts(names: readonly string[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const name of names) found.set(name, (found.get(name) ?? 0) + 1);
  return found;
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

async function takenSlots(tables: FleetTables): Promise<readonly Taken[]> {
  return tables
    .selectFrom('runs')
    .select(repository)
    .where((eb) => eb.or([eb('slot', '=', true), eb.and([eb('waiting', '=', true), isGranted])]))
    .execute();
}

async function startedSince(tables: FleetTables, sinceMs: number): Promise<readonly Started[]> {
  return tables
    .selectFrom('inbox')
    .innerJoin('runs', 'runs.id', 'inbox.run')
    .select(requester)
    .where('inbox.type', '=', 'slotGranted')
    .where('inbox.at_ms', '>', sinceMs)
    .execute();
}
