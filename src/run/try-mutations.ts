import type { Sighting } from '../domain/check.js';
import type { CrossedGate } from '../domain/crossing.js';
import { noticing, type Noticed, type Tried } from '../domain/mutation.js';
import type { Snapshot } from '../domain/work.js';
import type { Mutant } from '../ports/check.js';
import type { Job } from './job.js';

/** A change of tests alone, with what was seen of it. */
export interface Trial {
  readonly base: Snapshot;
  readonly head: Snapshot;
  /** The base's tests on the head's source. */
  readonly oldTests: Snapshot;
  readonly gates: readonly CrossedGate[];
  readonly isTest: (path: string) => boolean;
  /** What the tests say of a tree, by gate. */
  readonly see: (snapshot: Snapshot) => Promise<(gate: string) => Sighting | undefined>;
}

/** Runs of the tests that are spent on it at most, give or take one. */
const mostRuns = 12;

/** Changes the source that the tests cover, one place at a time, until new or changed tests notice. */
export async function tryMutations(job: Job, trial: Trial): Promise<Tried> {
  let tried: Tried = { survived: [] };
  let runs = 0;
  const see = (snapshot: Snapshot): ReturnType<Trial['see']> => {
    runs += 1;
    return trial.see(snapshot);
  };
  for (const { text, ...mutation } of await mutantsOf(job, trial)) {
    if (runs >= mostRuns) break;
    const seen = await noticedIn(job, { ...trial, see }, { [mutation.path]: text });
    if (seen === undefined) tried = { ...tried, survived: [...tried.survived, mutation] };
    else if (seen.isMore) return { ...tried, noticed: { ...seen, mutation } };
    else tried = { ...tried, asBefore: tried.asBefore ?? { ...seen, mutation } };
  }
  return tried;
}

async function mutantsOf({ run, loop }: Job, { base, head, gates, isTest }: Trial): Promise<readonly Mutant[]> {
  if (gates.length === 0) return [];
  const { ports } = loop;
  const [was, is] = await Promise.all(
    [base, head].map(({ commit }) => ports.workspaces.filesOf(run.repository, { commit })),
  );
  if (was === undefined || is === undefined) return [];
  const changed = await ports.judging.differing(run.id, base, head);
  return ports.gates.mutants({ base: was, head: is, changed, isTest });
}

/** By which gate and tests a change is noticed, and whether by more than by the base's. */
type Seen = Omit<Noticed, 'mutation'> & { readonly isMore: boolean };

async function noticedIn(
  { run, loop }: Job,
  { head, oldTests, gates, see }: Trial,
  files: Readonly<Record<string, string>>,
): Promise<Seen | undefined> {
  const seenOn = async (onto: Snapshot): ReturnType<Trial['see']> =>
    see(await loop.ports.judging.edit(run.id, { onto, files }));
  const onHead = await seenOn(head);
  let onOld: Awaited<ReturnType<Trial['see']>> | undefined;
  let asBefore: Seen | undefined;
  for (const gate of gates) {
    const mutant = onHead(gate.name);
    let tests = mutant && noticing(gate, mutant);
    if (mutant !== undefined && tests === 'unclear') {
      onOld ??= await seenOn(oldTests);
      tests = noticing(gate, mutant, onOld(gate.name));
    }
    if (tests === 'asBefore') asBefore ??= { gate: gate.name, tests: [], isMore: false };
    else if (tests !== undefined && tests !== 'unclear') return { gate: gate.name, tests, isMore: true };
  }
  return asBefore;
}
