import { describe, expect, it } from 'vitest';
import type { Evidence, Sighting, TestResult } from '../../src/domain/check.js';
import { crossed, isTestOf, unproven, type CrossedGate, type Crossing } from '../../src/domain/crossing.js';

/** `+a -b ~c`: a passed, b failed, c was skipped. */
function seen(tests: string, namesAll = true): Sighting {
  const outcomes = { '+': 'passed', '-': 'failed', '~': 'skipped' } as const;
  const results = tests
    .split(' ')
    .filter((word) => word !== '')
    .map((word): TestResult => ({ name: word.slice(1), outcome: outcomes[word.charAt(0) as '+'] }));
  const count = (outcome: string): number => results.filter((test) => test.outcome === outcome).length;
  const [failed, skipped] = [count('failed'), count('skipped')];
  const counts = { runner: 'vitest', found: results.length, run: results.length - skipped, skipped, failed };
  const told = namesAll ? results : results.filter(({ outcome }) => outcome === 'failed');
  return { evidence: evidence(failed === 0 ? 'pass' : 'fail', counts), report: { counts, namesAll, results: told } };
}

function silent(outcome: Evidence['outcome']): Sighting {
  return { evidence: evidence(outcome) };
}

function evidence(outcome: Evidence['outcome'], tests?: Evidence['tests']): Evidence {
  const exit = outcome === 'pass' ? 0 : 1;
  const command = { name: 'test', kind: 'check', command: 'npm test' } as const;
  return {
    ...command,
    outcome,
    exit,
    durationMs: 1,
    outputTail: '',
    tree: 't',
    ...(tests === undefined ? {} : { tests }),
  };
}

const none: Crossing = { problems: [], notes: [] };
const broken = (test: string): string =>
  `test: the base's test “${test}” fails on the changed source. Keep it passing; where the issue asks for the opposite, the plan has to supersede it by name with a reason`;
const provesNothing = (which: string): string =>
  `test: ${which} pass without the change, too, so that they prove nothing. Write a test that fails on the base's source`;

describe('tests of base and head, on source of base and head', () => {
  const rows: readonly { name: string; gate: Omit<CrossedGate, 'name'>; supersedes?: string; is: Crossing }[] = [
    {
      name: 'a new test that fails without the change proves it',
      gate: { head: seen('+a +new'), oldTests: seen('+a'), newTests: seen('+a -new') },
      is: none,
    },
    {
      name: 'a new test that cannot even be loaded without the change proves it',
      gate: { head: seen('+a +new'), oldTests: seen('+a'), newTests: silent('fail') },
      is: none,
    },
    {
      name: 'always green: new tests that pass without the change go back',
      gate: { head: seen('+a +new'), oldTests: seen('+a'), newTests: seen('+a +new') },
      is: { problems: [provesNothing('the new tests (1)')], notes: [] },
    },
    {
      name: 'one new test that proves is enough; others are told of',
      gate: { head: seen('+new +more'), oldTests: seen(''), newTests: seen('-new +more') },
      is: { problems: [], notes: ['test: the new test “more” passes without the change, too'] },
    },
    {
      name: 'weakened: the test as it was fails on the changed source',
      gate: { head: seen('+a'), oldTests: seen('-a'), newTests: seen('+a'), before: seen('+a') },
      is: { problems: [broken('a')], notes: [provesNothing('the changed tests')] },
    },
    {
      name: 'one that failed on the base already is told of, and no excuse for another',
      gate: { head: seen('-a +b +new'), oldTests: seen('-a -b'), newTests: seen('-a +b -new'), before: seen('-a +b') },
      is: { problems: [broken('b')], notes: ['test: “a” failed on the base already'] },
    },
    {
      name: 'superseded by name: the issue asks for the opposite',
      gate: { head: seen('+a +new'), oldTests: seen('-a'), newTests: seen('+a -new'), before: seen('+a') },
      supersedes: 'a',
      is: none,
    },
    {
      name: 'deleted',
      gate: { head: seen('+a +new'), oldTests: seen('+a +b'), newTests: seen('+a -new') },
      is: {
        problems: ['test: the test “b” is gone. Bring it back, or have the plan supersede it by name with a reason'],
        notes: [],
      },
    },
    {
      name: 'skipped',
      gate: { head: seen('+a ~b +new'), oldTests: seen('+a +b'), newTests: seen('+a -new') },
      is: {
        problems: [
          'test: the test “b” is skipped now. Let it run, or have the plan supersede it by name with a reason',
        ],
        notes: [],
      },
    },
    {
      name: 'one of two of the same name is deleted',
      gate: { head: seen('+a +new'), oldTests: seen('+a +a'), newTests: seen('+a -new') },
      is: {
        problems: ['test: the test “a” is gone. Bring it back, or have the plan supersede it by name with a reason'],
        notes: [],
      },
    },
    {
      name: 'skipped before, and gone now',
      gate: { head: seen('+new'), oldTests: seen('~b'), newTests: seen('-new') },
      is: {
        problems: ['test: the test “b” is gone. Bring it back, or have the plan supersede it by name with a reason'],
        notes: [],
      },
    },
    {
      name: 'skipped before is no loss',
      gate: { head: seen('+a ~b +new'), oldTests: seen('+a ~b'), newTests: seen('+a -new') },
      is: none,
    },
    {
      name: 'deleted and superseded by name',
      gate: { head: seen('+new'), oldTests: seen('+b'), newTests: seen('-new') },
      supersedes: 'b',
      is: none,
    },
    {
      name: 'without names, fewer tests that run go back',
      gate: { head: seen('+a', false), oldTests: seen('+a +b', false), newTests: silent('fail') },
      is: {
        problems: ['test: 2 tests ran on the base and 1 run now. Bring back those that are gone or skipped'],
        notes: [],
      },
    },
    {
      name: 'without names, tests of the base that do not pass go back',
      gate: { head: silent('pass'), oldTests: silent('fail'), newTests: silent('fail'), before: silent('pass') },
      is: {
        problems: ['test: with the tests of the base it does not pass on the changed source (npm test)'],
        notes: [],
      },
    },
    {
      name: 'without names, what was red on the base says nothing',
      gate: { head: silent('pass'), oldTests: silent('fail'), newTests: silent('fail'), before: silent('fail') },
      is: { problems: [], notes: ['test: it did not pass on the base either, so its tests prove nothing here'] },
    },
    {
      name: 'without names, changed tests that pass without the change go back',
      gate: { head: silent('pass'), oldTests: silent('pass'), newTests: silent('pass') },
      is: { problems: [provesNothing('the changed tests')], notes: [] },
    },
    {
      name: 'a test that is only tidied up harms nothing',
      gate: { head: seen('+a'), oldTests: seen('+a'), newTests: seen('+a') },
      is: { problems: [], notes: [provesNothing('the changed tests')] },
    },
    {
      name: 'only tests were changed: crossing cannot tell whether they can fail',
      gate: { head: seen('+a +new'), oldTests: seen('+a') },
      is: none,
    },
  ];
  it.each(rows)('$name', ({ gate, supersedes, is }) => {
    const superseded = supersedes === undefined ? [] : [{ test: supersedes, reason: 'asked for' }];
    expect(crossed({ name: 'test', ...gate }, superseded)).toEqual(is);
  });
});

describe('a plan’s word for a test', () => {
  it.each([
    ['drops digits', 'test/slug.test.js › slug › drops digits', true],
    ['test/slug.test.js › drops digits', 'drops digits', true],
    ['slug > drops digits', 'test/slug.test.js › slug › drops digits', true],
    ['tests/test_slug.py::test_digits', 'tests/test_slug.py › test_digits', true],
    ['test/slug.test.js', 'test/slug.test.js › slug › drops digits', true],
    ['digits', 'test/slug.test.js › slug › drops digits', false],
    ['slug', 'test/slug.test.js › slug › drops digits', false],
    ['', 'drops digits', false],
  ])('%s ~ %s: %s', (word, name, is) => {
    expect(isTestOf(word, name)).toBe(is);
  });
});

describe('a change that makes nothing hold that did not before', () => {
  const onBase = [silent('pass')];
  it('goes back, where the issue asks for something new', () => {
    for (const kind of ['bug', 'feature', 'security', 'question', undefined] as const) {
      expect(unproven(onBase, [], { kind })).toMatchObject({
        problems: [expect.stringContaining('nothing shows')],
        notes: [],
      });
    }
  });
  it('is told to the reviewer, where that is how it should be', () => {
    for (const kind of ['refactor', 'docs', 'chore', 'test'] as const) {
      const note = `passes without the change, too, as it may where the issue is a ${kind}: test`;
      expect(unproven(onBase, [], { kind })).toEqual({ problems: [], notes: [note] });
    }
  });
});
