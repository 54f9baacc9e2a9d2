import type { IssueKind } from './triage.js';
import type { Mutation, Sighting, TestReport, TestResult } from './check.js';

/** One test command, seen on tests and source of the base and of the head, crossed. */
export interface CrossedGate {
  readonly name: string;
  /** The head as it is. */
  readonly head: Sighting;
  /** The base's tests on the head's source. */
  readonly oldTests: Sighting;
  /** The head's tests on the base's source; unset where only tests were changed. */
  readonly newTests?: Sighting;
  /** The base as it is; seen where the base's tests do not pass on the head's source. */
  readonly before?: Sighting;
}

/** What crossing brought, in sentences that the author of the change can act on. */
export interface Crossing {
  /** Goes back as work. */
  readonly problems: readonly string[];
  /** For the reviewer. */
  readonly notes: readonly string[];
}

/** A test of the base that the plan says is no longer right. */
interface Superseded {
  readonly test: string;
  readonly reason: string;
}

/** What the tests of base and head say about each other's source. */
export function crossed(gate: CrossedGate, superseded: readonly Superseded[]): Crossing {
  const isSuperseded = (name: string): boolean => superseded.some(({ test }) => isTestOf(test, name));
  const parts = [brokenTests(gate, isSuperseded), lostTests(gate, isSuperseded), provingTests(gate)];
  return {
    problems: parts.flatMap(({ problems }) => problems),
    notes: [...parts.flatMap(({ notes }) => notes), ...flakyNotes(gate)],
  };
}

function flakyNotes({ name, head, oldTests }: CrossedGate): readonly string[] {
  const flaky = [head, oldTests].filter(({ evidence }) => evidence.flaky === true);
  const tests = [...new Set(flaky.flatMap(({ evidence }) => evidence.failedTests ?? []))];
  const which = tests.map((test) => ` “${test}”`).join(',');
  return flaky.length === 0
    ? []
    : [`${name}: it failed once, and passed on the same tree when it was run again${which && `:${which}`}`];
}

/** Issues whose work need not make anything hold that did not before (semantics: receipts and tests). */
const shownByNothing: readonly IssueKind[] = ['refactor', 'docs', 'chore', 'test'];

/**
 * Whether anything shows the change: a criterion that does not hold on the base, tests that do not pass there, or a mutation that tests
 * noticed. Where the kind of the issue needs nothing of that, the reviewer is told.
 */
export function unproven(
  criteriaOnBase: readonly Sighting[],
  crossings: readonly CrossedGate[],
  { noticed, kind }: { readonly noticed?: Mutation | undefined; readonly kind?: IssueKind | undefined },
): Crossing {
  const idle = criteriaOnBase
    .filter(({ evidence }) => evidence.outcome === 'pass')
    .map(({ evidence }) => evidence.name);
  if (idle.length === 0) return nothing;
  if (idle.length < criteriaOnBase.length || noticed !== undefined || crossings.some(isTold))
    return noted(`passes without the change, too: ${idle.join(', ')}`);
  if (kind !== undefined && shownByNothing.includes(kind)) {
    return noted(`passes without the change, too, as it may where the issue is a ${kind}: ${idle.join(', ')}`);
  }
  const problem = `nothing shows the change: ${idle.join(', ')} passes without it, too, and no test fails without it. Write a test that fails on the base's source; where there can be none, the plan has to say what is inspected`;
  return { problems: [problem], notes: [] };
}

function isTold({ head, newTests }: CrossedGate): boolean {
  return head.evidence.outcome === 'pass' && newTests !== undefined && newTests.evidence.outcome !== 'pass';
}

/** True when a plan's word for a test means this one: it names its file, or the end of its name. */
export function isTestOf(word: string, name: string): boolean {
  const [said, known] = [partsOf(word), partsOf(name)];
  const isEnd = (part: readonly string[], whole: readonly string[]): boolean =>
    part.length <= whole.length && part.every((each, index) => each === whole[whole.length - part.length + index]);
  return said.length > 0 && (isEnd(said, known) || isEnd(known, said) || (said.length === 1 && said[0] === known[0]));
}

function partsOf(name: string): readonly string[] {
  return name
    .split(/\s*(?:›|::|\s>\s)\s*/)
    .map((part) => part.trim())
    .filter((part) => part !== '');
}

/** What the base promised must still hold on the changed source. */
function brokenTests({ name, oldTests, before }: CrossedGate, isSuperseded: (name: string) => boolean): Crossing {
  if (oldTests.evidence.outcome === 'pass') return nothing;
  const failed = failedIn(oldTests);
  const known = new Set(before === undefined ? [] : failedIn(before));
  const excused = failed.filter((test) => known.has(test));
  const broken = failed.filter((test) => !known.has(test) && !isSuperseded(test));
  const notes = excused.map((test) => `${name}: “${test}” failed on the base already`);
  if (failed.length > 0) {
    return {
      problems: broken.map(
        (test) =>
          `${name}: the base's test “${test}” fails on the changed source. Keep it passing; where the issue asks for the opposite, the plan has to supersede it by name with a reason`,
      ),
      notes,
    };
  }
  // Without names, what did not pass before says nothing about the change.
  if (before !== undefined && before.evidence.outcome !== 'pass') {
    return { problems: [], notes: [`${name}: it did not pass on the base either, so its tests prove nothing here`] };
  }
  return {
    problems: [
      `${name}: with the tests of the base it does not pass on the changed source (${oldTests.evidence.command})`,
    ],
    notes,
  };
}

/** No test may vanish or fall silent. */
function lostTests({ name, head, oldTests }: CrossedGate, isSuperseded: (name: string) => boolean): Crossing {
  const [now, before] = [head.report, oldTests.report];
  if (now?.namesAll !== true || before?.namesAll !== true) return lostByCount(name, head, oldTests);
  const meant = [...new Set(before.results.map((test) => test.name))].filter((name) => !isSuperseded(name));
  // Names need not be unique: some runners tell no file.
  const gone = meant.filter((name) => countOf(now, name) < countOf(before, name));
  const silent = meant.filter(
    (name) => !gone.includes(name) && countOf(now, name, 'skipped') > countOf(before, name, 'skipped'),
  );
  return {
    problems: [
      ...gone.map(
        (test) =>
          `${name}: the test “${test}” is gone. Bring it back, or have the plan supersede it by name with a reason`,
      ),
      ...silent.map(
        (test) =>
          `${name}: the test “${test}” is skipped now. Let it run, or have the plan supersede it by name with a reason`,
      ),
    ],
    notes: [],
  };
}

function countOf({ results }: TestReport, name: string, outcome?: TestResult['outcome']): number {
  return results.filter((test) => test.name === name && (outcome ?? test.outcome) === test.outcome).length;
}

function lostByCount(name: string, head: Sighting, oldTests: Sighting): Crossing {
  const [now, before] = [head.evidence.tests?.run, oldTests.evidence.tests?.run];
  if (now === undefined || before === undefined || now >= before) return nothing;
  return {
    problems: [
      `${name}: ${before} tests ran on the base and ${now} run now. Bring back those that are gone or skipped`,
    ],
    notes: [],
  };
}

/** What is new must tell the change from the base. */
function provingTests({ name, head, oldTests, newTests }: CrossedGate): Crossing {
  // Where only tests were changed, mutation shows whether they can fail.
  if (newTests === undefined) return nothing;
  const passes = newTests.evidence.outcome === 'pass';
  if (!passes && newTests.report?.namesAll !== true) return nothing;
  const old = new Set(oldTests.report?.results.map((test) => test.name));
  const fresh = passedIn(head).filter((test) => !old.has(test));
  const idle = new Set(passedIn(newTests));
  const isIdle = (test: string): boolean => idle.has(test);
  if (!fresh.every(isIdle)) {
    return noted(
      ...fresh.filter(isIdle).map((test) => `${name}: the new test “${test}” passes without the change, too`),
    );
  }
  if (!passes) return nothing;
  const which = fresh.length > 0 ? `the new tests (${fresh.length})` : 'the changed tests';
  const problem = `${name}: ${which} pass without the change, too, so that they prove nothing. Write a test that fails on the base's source`;
  // A changed test may have been renamed or tidied up, which proves nothing and harms nothing.
  return fresh.length === 0 && head.report?.namesAll === true ? noted(problem) : { problems: [problem], notes: [] };
}

function noted(...notes: readonly string[]): Crossing {
  return { problems: [], notes };
}

const nothing: Crossing = { problems: [], notes: [] };

function failedIn({ report }: Sighting): readonly string[] {
  return namesOf(report?.results, 'failed');
}

function passedIn({ report }: Sighting): readonly string[] {
  return namesOf(report?.results, 'passed');
}

function namesOf(results: readonly TestResult[] = [], outcome: TestResult['outcome']): readonly string[] {
  return results.filter((test) => test.outcome === outcome).map((test) => test.name);
}
