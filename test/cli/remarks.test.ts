import { expect, test } from 'vitest';
import { readRemarks } from '../../src/cli/remarks.js';

const at = { path: 'src/price.js', fromLine: 4, line: 4, side: 'new' };

test.each([
  ['src/price.js:4: Why?', { ...at, text: 'Why?' }],
  ['./src/price.js:4:Why?', { ...at, text: 'Why?' }],
  ['src/price.js:4-6: Why: 3:4: so?', { ...at, line: 6, text: 'Why: 3:4: so?' }],
  ['src/price.js:-4: Why?', { ...at, side: 'old', text: 'Why?' }],
  ['a b:c.txt:7: Line one\nLine two', { ...at, path: 'a b:c.txt', fromLine: 7, line: 7, text: 'Line one\nLine two' }],
])('--on %j', (given, remark) => {
  expect(readRemarks({ on: [given] })).toEqual([remark]);
});

test.each([
  'src/price.js',
  'src/price.js: Why?',
  'src/price.js:4',
  'src/price.js:4: ',
  'p:0: a',
  'p:6-4: a',
  ':4: Why?',
])('--on %j is refused', (given) => {
  expect(() => readRemarks({ on: [given] })).toThrow(`--on ${given} names no line with something about it`);
});

test('what is suggested joins what is said at the same lines, keeps its indentation, and may be nothing', () => {
  expect(
    readRemarks({
      on: ['src/price.js:4: Shorter:', 'src/price.js:9: Why?'],
      suggest: ['src/price.js:4:   return 1;', 'src/price.js:4: return 2;', 'src/price.js:6:'],
    }),
  ).toEqual([
    { ...at, text: 'Shorter:', suggestion: '  return 1;' },
    { ...at, fromLine: 9, line: 9, text: 'Why?' },
    { ...at, text: '', suggestion: 'return 2;' },
    { ...at, fromLine: 6, line: 6, text: '', suggestion: '' },
  ]);
});
