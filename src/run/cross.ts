import type { Sighting } from '../domain/check.js';
import { crossed, unproven, type CrossedGate, type Crossing } from '../domain/crossing.js';
import type { Effect } from '../domain/effect.js';
import type { WorkEvent } from '../domain/event.js';
import { shownByMutation } from '../domain/mutation.js';
import type { Prepared, Run } from '../domain/run.js';
import type { Snapshot } from '../domain/work.js';
import type { CheckOrder } from '../ports/check.js';
import type { Job } from './job.js';
import { gatedBy, judge, judgeTwice, type Judgement } from './judge.js';
import { tryMutations } from './try-mutations.js';

/** Runs the tests of base and head on each other's source, and the criteria on the base: whether the change is proven by them. */
export async function crossTests(job: Job, { head }: Extract<Effect, { type: 'crossTests' }>): Promise<WorkEvent> {
  const { run, loop } = job;
  const { prepared } = run;
  const { problems, notes } = prepared === undefined ? nothing : await crossing(job, prepared, head);
  return { type: 'crossed', head, problems, notes, atMs: loop.ports.clock.nowMs() };
}

async function crossing(job: Job, { policy }: Prepared, head: Snapshot): Promise<Crossing> {
  const { run, loop } = job;
  const base = await loop.ports.judging.forkOf(run.id, head);
  const isTest = loop.ports.gates.isTest(policy.tests);
  const gated = await gatedBy(job, base, policy);
  const weave = (onto: Snapshot, from: Snapshot): Promise<Snapshot> =>
    loop.ports.judging.weave(run.id, { onto, from: from.tree, takes: isTest });
  const see = async (look: typeof judge, order: Pick<Judgement, 'snapshot'> & Partial<Judgement>) => {
    const judgement = { policy, commands: testsOf(run, head), ...order };
    return judgement.commands.length === 0 ? [] : look(job, await gated(judgement));
  };
  // What is hoped to fail is run once more only where something is known to fail by chance.
  const hoping = run.evidence.some(({ flaky }) => flaky === true) ? judgeTwice : judge;
  const criteria = await see(hoping, { snapshot: base, commands: criteriaOf(run) });
  const asked = { kind: run.triage?.kind };
  const oldTests = await weave(head, base);
  if (oldTests.tree === head.tree) return together({ problems: [], notes: byBase(run) }, unproven(criteria, [], asked));
  const newTests = await weave(base, head);
  const isTestsAlone = newTests.tree === head.tree;
  const seen = {
    head: await see(judgeTwice, { snapshot: head }),
    oldTests: await see(judgeTwice, { snapshot: oldTests }),
    newTests: isTestsAlone ? [] : await see(hoping, { snapshot: newTests }),
  };
  const isBroken = seen.oldTests.some(({ evidence }) => evidence.outcome !== 'pass');
  const before = isBroken ? await see(judge, { snapshot: base }) : [];
  const gates = testsOf(run, head).flatMap(({ name }): readonly CrossedGate[] => {
    const [onHead, old, fresh, was] = [seen.head, seen.oldTests, seen.newTests, before].map((all) => of(name, all));
    if (onHead === undefined || old === undefined) return [];
    const rest = { ...(fresh && { newTests: fresh }), ...(was && { before: was }) };
    return [{ name, head: onHead, oldTests: old, ...rest }];
  });
  const told = together(
    { problems: [], notes: byBase(run) },
    ...gates.map((gate) => crossed(gate, run.plan?.supersededTests ?? [])),
  );
  if (!isTestsAlone || told.problems.length > 0) return together(unproven(criteria, gates, asked), told);
  const brisk = { ...policy, checkTimeoutMs: briskMs(policy.checkTimeoutMs, seen.head) };
  const tried = await tryMutations(job, {
    ...{ base, head, oldTests, gates, isTest },
    see: async (snapshot) => {
      const all = await see(hoping, { snapshot, policy: brisk });
      return (gate) => of(gate, all);
    },
  });
  const shown = shownByMutation(tried);
  // Whatever is wrong, it is better said there.
  const idle =
    shown.problems.length > 0 ? nothing : unproven(criteria, gates, { ...asked, noticed: tried.noticed?.mutation });
  return together(idle, told, shown);
}

/** A mutation may make tests run for ever; how much longer than usual they may take. */
function briskMs(mostMs: number, head: readonly Sighting[]): number {
  const usualMs = Math.max(0, ...head.map(({ evidence }) => evidence.durationMs));
  return Math.min(mostMs, 10_000 + 3 * usualMs);
}

function together(...parts: readonly Crossing[]): Crossing {
  return { problems: parts.flatMap(({ problems }) => problems), notes: parts.flatMap(({ notes }) => notes) };
}

const nothing: Crossing = { problems: [], notes: [] };

/** What was seen of a command; a set-up that failed stands for all that could not be run then. */
function of(name: string, seen: readonly Sighting[]): Sighting | undefined {
  return seen.find(({ evidence }) => evidence.name === name) ?? seen.find(({ evidence }) => evidence.kind === 'setup');
}

/** The checks that run tests: those in which a test runner was recognised, else those that are called so. */
function testsOf(run: Run, head: Snapshot): CheckOrder['commands'] {
  const counted = run.evidence.filter(({ kind, tests, tree }) => kind === 'check' && tests && tree === head.tree);
  const names = new Set(counted.map(({ name }) => name));
  const checks = run.prepared?.policy.checks ?? [];
  return checks
    .filter(({ name }) => (names.size === 0 ? /test|spec/i.test(name) : names.has(name)))
    .map(({ name, command }) => ({ name, kind: 'check', command }));
}

/** Those of later rounds were seen when they were new, or are about what people said of the change. */
function criteriaOf({ plan, round }: Run): Judgement['commands'] {
  if (round > 1) return [];
  return (plan?.criteria ?? []).flatMap(({ id, proof }) =>
    proof.kind === 'command' ? [{ name: id, kind: 'criterion' as const, command: proof.run }] : [],
  );
}

function byBase({ evidence }: Run): readonly string[] {
  return evidence.some((one) => one.byBase === true)
    ? [
        'the change touches files that say how checks are run, or programs that they run; Fleet judged it by those of the base',
      ]
    : [];
}
