import type { Mutation, Sighting } from './check.js';
import type { CrossedGate, Crossing } from './crossing.js';

/** What became of the changes that Fleet made to the source, where only tests were changed. */
export interface Tried {
  /** None of the tests failed on these that ought to. */
  readonly survived: readonly Mutation[];
  /** The first one that new tests noticed, or changed ones more than before; their names where the runner tells them. */
  readonly noticed?: Noticed;
  /** The first one that was noticed, but by the base's tests no less. */
  readonly asBefore?: Noticed;
}

/** A mutation, and which tests of which check failed on it. */
export interface Noticed {
  readonly mutation: Mutation;
  readonly gate: string;
  readonly tests: readonly string[];
}

/** One test command, without the mutation. */
type Gate = Pick<CrossedGate, 'head' | 'oldTests'>;

/**
 * Names of the tests that are new or were changed and fail on a mutation; undefined when none does. `unclear`: the base's tests must be asked, too;
 * `asBefore`: none is new, and they notice what the base's tests notice.
 */
export function noticing(
  gate: Gate,
  mutant: Sighting,
  oldOnMutant?: Sighting,
): readonly string[] | 'unclear' | 'asBefore' | undefined {
  if (mutant.evidence.outcome !== 'fail') return undefined;
  const { fresh, watched } = testsOf(gate);
  const failed = failedIn(mutant).filter((name) => watched?.has(name) ?? true);
  if (fresh) return someOf(failed);
  if (!isTold(gate, mutant) || (watched !== undefined && failed.length === 0)) return undefined;
  if (oldOnMutant === undefined) return 'unclear';
  return beside(failed, mutant, oldOnMutant) ?? (hasMore(gate) ? undefined : 'asBefore');
}

/** Where every test is named: those that passed and are new, or, where none is new, all that passed. */
function testsOf({ head, oldTests }: Gate): { readonly fresh: boolean; readonly watched?: ReadonlySet<string> } {
  const [now, before] = [head.report, oldTests.report];
  if (now?.namesAll !== true || before?.namesAll !== true) return { fresh: false };
  const old = new Set(before.results.map(({ name }) => name));
  const isNew = now.results.filter(({ name }) => !old.has(name));
  const meant = isNew.length > 0 ? isNew : now.results;
  const passed = meant.flatMap(({ name, outcome }) => (outcome === 'passed' ? [name] : []));
  return { fresh: isNew.length > 0, watched: new Set(passed) };
}

/** A gate that was red tells nothing, and a file that cannot be loaded is no test that notices. */
function isTold({ head }: Gate, { evidence: { tests } }: Sighting): boolean {
  return head.evidence.outcome === 'pass' && (tests === undefined || (tests.run > 0 && tests.failed > 0));
}

/** Whether there are new tests, where they are counted only. */
function hasMore({ head, oldTests }: Gate): boolean {
  return (head.evidence.tests?.run ?? 0) > (oldTests.evidence.tests?.run ?? 0);
}

/** What fails that does not fail with the base's tests; undefined when nothing does. */
function beside(failed: readonly string[], mutant: Sighting, old: Sighting): readonly string[] | undefined {
  const byOld = new Set(failedIn(old));
  if (failed.length > 0) return someOf(failed.filter((name) => !byOld.has(name)));
  const [now, before] = [mutant.evidence.tests?.failed, old.evidence.tests?.failed];
  const isMore = now === undefined || before === undefined ? old.evidence.outcome === 'pass' : now > before;
  return isMore ? [] : undefined;
}

function someOf(names: readonly string[]): readonly string[] | undefined {
  return names.length === 0 ? undefined : names;
}

function failedIn({ report }: Sighting): readonly string[] {
  return (report?.results ?? []).flatMap(({ name, outcome }) => (outcome === 'failed' ? [name] : []));
}

/** Survivors that are told of: an agent needs examples, not all. */
const mostTold = 5;

/** Whether tests that were changed alone can fail, in words for their author or for the reviewer. */
export function shownByMutation({ survived, noticed, asBefore }: Tried): Crossing {
  if (noticed !== undefined) return noted(noticedBy(noticed));
  if (asBefore !== undefined)
    return noted(
      `${noticedBy(asBefore)}, and so it does with the tests of the base: no change that tells them apart was found`,
    );
  if (survived.length === 0) {
    return noted(
      'only tests were changed, and Fleet found no check that runs them, or no source of theirs that it could change: nothing shows that they can fail',
    );
  }
  const files = [...new Set(survived.map(({ path }) => path))].join(', ');
  const examples = survived.slice(0, mostTold).map(placeOf).join('; ');
  const count = survived.length === 1 ? 'one way' : `${survived.length} ways, one at a time`;
  const problem = `the tests hold whatever the code does: Fleet changed ${files} in ${count}, and no new or changed test failed. Assert what the code returns or does, so that a test fails when it is wrong, such as ${examples}`;
  return { problems: [problem], notes: [] };
}

function noticedBy({ gate, tests, mutation }: Noticed): string {
  const who = tests[0] === undefined ? 'a test' : `“${tests[0]}”`;
  return `${gate}: only tests were changed; ${who} fails when Fleet changes ${placeOf(mutation)}`;
}

function noted(note: string): Crossing {
  return { problems: [], notes: [note] };
}

/** Characters of a place that are told. */
const longestCode = 60;

function placeOf({ path, line, from, to }: Mutation): string {
  return `${path}:${line} from \`${clipped(from)}\` to \`${clipped(to)}\``;
}

function clipped(code: string): string {
  const inLine = code.replace(/\s+/g, ' ');
  return inLine.length > longestCode ? `${inLine.slice(0, longestCode - 1)}…` : inLine;
}
