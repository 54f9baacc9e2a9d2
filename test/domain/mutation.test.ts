import { describe, expect, test } from 'vitest';
import type { Evidence, Mutation, Sighting, TestResult } from '../../src/domain/check.js';
import { noticing, shownByMutation } from '../../src/domain/mutation.js';
import { anEvidence } from '../support/builders.js';

/** `+a -b`: a passed, b failed. */
function named(tests: string, namesAll = true): Sighting {
  const results = tests
    .split(' ')
    .map((word): TestResult => ({ name: word.slice(1), outcome: word.startsWith('+') ? 'passed' : 'failed' }));
  const failed = results.filter(({ outcome }) => outcome === 'failed');
  const counts = { runner: 'vitest', found: results.length, run: results.length, skipped: 0, failed: failed.length };
  const outcome = failed.length === 0 ? 'pass' : 'fail';
  return {
    evidence: anEvidence({ outcome, tests: counts }),
    report: { counts, namesAll, results: namesAll ? results : failed },
  };
}

/** Only the failed ones are named. */
const counted = (tests: string): Sighting => named(tests, false);
const silent = (outcome: Evidence['outcome']): Sighting => ({ evidence: anEvidence({ outcome }) });
const broken = {
  evidence: anEvidence({ outcome: 'fail', tests: { runner: 'vitest', found: 0, run: 0, skipped: 0, failed: 0 } }),
};

describe('which new or changed tests notice a mutation', () => {
  const rows: readonly (readonly [string, readonly [Sighting, Sighting, Sighting, Sighting?], unknown])[] = [
    ['a new test that fails', [named('+a +new'), named('+a'), named('-a -new')], ['new']],
    ['no other than the new one', [named('+a +new'), named('+a'), named('-a +new')], undefined],
    ['not a new one that was red', [named('+a -new'), named('+a'), named('-a -new')], undefined],
    ['not a file that cannot be loaded', [named('+a +new'), named('+a'), named('-a.test.js')], undefined],
    ['nothing, where all pass', [named('+a +new'), named('+a'), named('+a +new')], undefined],
    ['nothing, where it is not clear', [named('+a +new'), named('+a'), silent('inconclusive')], undefined],
    ["where none is new, the base's are asked", [named('+a +b'), named('+a +b'), named('+a -b')], 'unclear'],
    ['what fails beside them', [named('+a +b'), named('+a +b'), named('-a -b'), named('-a +b')], ['b']],
    ['nothing beside them', [named('+a +b'), named('+a +b'), named('+a -b'), named('+a -b')], 'asBefore'],
    ['nothing that was run', [named('+a +b'), named('+a +b'), broken], undefined],
    ["by counts: the base's are asked", [counted('+a +new'), counted('+a'), counted('+a -new')], 'unclear'],
    ['by counts: beside them', [counted('+a +new'), counted('+a'), counted('-a -new'), counted('-a')], ['new']],
    ['by counts: a new one must', [counted('+a +new'), counted('+a'), counted('-a +new'), counted('-a')], undefined],
    ['by counts: none is new', [counted('+a'), counted('+a'), counted('-a'), counted('-a')], 'asBefore'],
    ['by counts: nothing that was run', [counted('+a'), counted('+a'), broken], undefined],
    ['the gate, where tests are not told', [silent('pass'), silent('pass'), silent('fail'), silent('pass')], []],
    ['no gate that did so before', [silent('pass'), silent('pass'), silent('fail'), silent('fail')], 'asBefore'],
    ['no gate that was red', [silent('fail'), silent('pass'), silent('fail')], undefined],
  ];
  test.each(rows)('%s', (_, [head, oldTests, mutant, oldOnMutant], is) => {
    expect(noticing({ head, oldTests }, mutant, oldOnMutant)).toEqual(is);
  });
});

const mutation: Mutation = { path: 'src/a.js', line: 3, from: 'x\n  + y', to: 'x' };

test('what was noticed is for the reviewer', () => {
  expect(shownByMutation({ survived: [], noticed: { mutation, gate: 'test', tests: ['keeps digits', 'b'] } })).toEqual({
    problems: [],
    notes: ['test: only tests were changed; “keeps digits” fails when Fleet changes src/a.js:3 from `x + y` to `x`'],
  });
  expect(shownByMutation({ survived: [mutation], noticed: { mutation, gate: 'test', tests: [] } }).notes).toEqual([
    'test: only tests were changed; a test fails when Fleet changes src/a.js:3 from `x + y` to `x`',
  ]);
});

test("what the base's tests notice no less harms nothing, and shows nothing", () => {
  const asBefore = { mutation, gate: 'test', tests: [] };
  expect(shownByMutation({ survived: [mutation], asBefore })).toEqual({
    problems: [],
    notes: [expect.stringMatching(/ a test fails when .*, and so it does with the tests of the base: no change that/)],
  });
});

test('what nobody noticed goes back, with some of it', () => {
  const survived = [1, 2, 3, 4, 5, 6].map((line) => ({ ...mutation, line, from: 'y'.repeat(80) }));
  const { problems, notes } = shownByMutation({ survived: [...survived, { ...mutation, path: 'src/b.js' }] });
  expect(notes).toEqual([]);
  const examples = [1, 2, 3, 4, 5].map((line) => `src/a.js:${line} from \`${'y'.repeat(59)}…\` to \`x\``).join('; ');
  expect(problems).toEqual([
    `the tests hold whatever the code does: Fleet changed src/a.js, src/b.js in 7 ways, one at a time, and no new or changed test failed. Assert what the code returns or does, so that a test fails when it is wrong, such as ${examples}`,
  ]);
});

test('where nothing could be changed, the reviewer is told that it is not proven', () => {
  expect(shownByMutation({ survived: [] })).toEqual({
    problems: [],
    notes: [expect.stringMatching(/nothing shows that they can fail$/)],
  });
});
