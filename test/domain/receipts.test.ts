import { describe, expect, it } from 'vitest';
import type { Evidence } from '../../src/domain/check.js';
import { besideBaseline, criteriaDue, isRed, missingReceipts } from '../../src/domain/receipts.js';
import {
  aCheck,
  aCriterion,
  anEvidence,
  aPlan,
  aPolicy,
  aPrepared,
  aRun,
  aSnapshot,
  aTask,
} from '../support/builders.js';

const red = (change: Partial<Evidence> = {}): Evidence => anEvidence({ outcome: 'fail', exit: 1, ...change });
const printing = (...lines: readonly string[]): Evidence => red({ outputTail: lines.join('\n') });

describe('red as on the base', () => {
  const rows: readonly { name: string; now: Evidence; before?: Evidence; isRed: boolean }[] = [
    { name: 'nothing is known of the base', now: red(), isRed: true },
    { name: 'it passed there', now: red(), before: anEvidence(), isRed: true },
    { name: 'it could not be run there', now: red(), before: red({ outcome: 'inconclusive' }), isRed: true },
    { name: 'it cannot be run now', now: red({ outcome: 'inconclusive' }), before: red(), isRed: true },
    {
      name: 'the same tests fail',
      ...{ now: red({ failedTests: ['a'] }), before: red({ failedTests: ['a', 'b'] }), isRed: false },
    },
    {
      name: 'another test fails',
      ...{ now: red({ failedTests: ['a', 'c'] }), before: red({ failedTests: ['a', 'b'] }), isRed: true },
    },
    {
      name: 'it prints the same but for numbers',
      now: printing('src/a.js:12 unused x', '3 problems (41 ms)'),
      before: printing('src/a.js:10 unused x', 'src/b.js:1 unused y', '4 problems (38 ms)'),
      isRed: false,
    },
    {
      name: 'it prints something that it did not print there',
      ...{ now: printing('expected area, got -51'), before: printing('expected area, got area'), isRed: true },
    },
    {
      name: 'a criterion is never excused',
      ...{ now: red({ kind: 'criterion' }), before: red({ kind: 'criterion' }), isRed: true },
    },
  ];
  it.each(rows)('$name: red $isRed', ({ now, before, isRed: is }) => {
    const [seen] = besideBaseline([now], before === undefined ? [] : [before]);
    expect(isRed(seen!)).toBe(is);
    expect(seen).toEqual(is ? now : { ...now, wasRed: true });
  });
});

describe('receipts that are missing', () => {
  const head = aSnapshot('a9');
  const checks = [aCheck({ name: 'lint' }), aCheck()];
  const of = (...evidence: readonly Evidence[]): readonly string[] => {
    const run = aRun({ prepared: aPrepared({ policy: aPolicy({ checks }) }), plan: aPlan(), evidence });
    return missingReceipts(run, head, ['AC1', 'AC2']);
  };
  const { tree } = head;
  const all = [
    ...['lint', 'test'].map((name) => anEvidence({ name, tree })),
    anEvidence({ name: 'AC1', kind: 'criterion', tree }),
  ];
  it('none, when every check and every command of a criterion passed on exactly this tree', () => {
    expect(of(...all)).toEqual([]);
  });
  it.each([
    ['of another tree', { tree: aSnapshot('a8').tree }],
    ['red', { outcome: 'fail' }],
    ['inconclusive', { outcome: 'inconclusive' }],
  ] as const)('one that is %s', (_, change) => {
    expect(all.map((_one, index) => of(...all.with(index, { ...all[index]!, ...change })))).toEqual([
      ['lint'],
      ['test'],
      ['AC1'],
    ]);
  });
  it('a check does not stand for a criterion of the same name', () => {
    expect(of(...all.slice(0, 2), anEvidence({ name: 'AC1', tree }))).toEqual(['AC1']);
  });
  it('what was red on the base needs none', () => {
    expect(of(...all.with(0, red({ name: 'lint', tree, wasRed: true })))).toEqual([]);
  });
});

it('a criterion that several tasks serve is due with the last of them, and all are with the last task', () => {
  const plan = aPlan({
    criteria: ['AC1', 'AC2', 'AC3'].map((id) => aCriterion({ id })),
    tasks: [
      aTask({ id: 'T1', criteria: ['AC1', 'AC2'] }),
      aTask({ id: 'T2', criteria: ['AC2'] }),
      aTask({ id: 'T3', criteria: ['AC3'] }),
    ],
  });
  expect(['T1', 'T2', 'T3', 'T4'].map((id) => criteriaDue(plan, id))).toEqual([
    ['AC1'],
    ['AC2'],
    ['AC1', 'AC2', 'AC3'],
    [],
  ]);
});
