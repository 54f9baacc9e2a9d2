import { describe, expect, test } from 'vitest';
import { exitOf } from '../../src/cli/exit.js';
import { parseIssue } from '../../src/cli/issue-file.js';
import { readable } from '../../src/cli/markdown.js';
import { harmless, painter } from '../../src/cli/terminal.js';
import { parseThread } from '../../src/cli/thread.js';
import { lostRace, needsPerson, retryLater } from '../../src/domain/failure.js';

describe('an issue file', () => {
  test.each([
    ['a heading and a body', '# Keep digits\n\nThey are lost.\n', { title: 'Keep digits', body: 'They are lost.' }],
    ['no heading', 'Keep digits\nThey are lost.', { title: 'Keep digits', body: 'They are lost.' }],
    ['one line', 'Keep digits', { title: 'Keep digits', body: '' }],
    ['front matter', '---\nlabels: bug\n---\n# Keep digits\nLost.', { title: 'Keep digits', body: 'Lost.' }],
    ['empty front matter', '---\n---\nKeep digits', { title: 'Keep digits', body: '' }],
    [
      'Windows line ends and a byte order mark',
      '\uFEFF# Keep digits\r\n\r\nLost.\r\n',
      { title: 'Keep digits', body: 'Lost.' },
    ],
    ['words before the heading', 'Hello.\n\n# Keep digits\nLost.', { title: 'Keep digits', body: 'Hello.\n\nLost.' }],
    ['a rule inside', '# Keep digits\n\na\n\n---\n\nb', { title: 'Keep digits', body: 'a\n\n---\n\nb' }],
    ['nothing', ' \n\n', undefined],
    ['front matter alone', '---\nlabels: bug\n---\n', undefined],
  ])('with %s', (_, text, issue) => {
    expect(parseIssue(text)).toEqual(issue);
  });
});

describe('the name of an issue or merge request', () => {
  test.each([
    ['shop#1', { repository: 'shop', number: 1 }],
    ['local/shop!12', { repository: 'local/shop', number: 12 }],
    ['/home/ada/c#/shop#3', { repository: '/home/ada/c#/shop', number: 3 }],
  ])('%s', (text, thread) => {
    expect(parseThread(text)).toEqual(thread);
  });

  test.each(['shop', '#1', 'shop#', 'shop#0', 'shop#x', 'shop#1.5'])('%s is refused', (text) => {
    expect(() => parseThread(text)).toThrow(`${text} names no issue or merge request: write it like shop#1.`);
  });
});

test.each([
  [needsPerson('configurationBroken', ['x']), 2],
  [needsPerson('forgeRefused', ['x']), 4],
  [retryLater('x'), 3],
  [lostRace('x'), 3],
  [Object.assign(new Error('x'), { name: 'FolderLocked' }), 3],
  [new Error('x'), 1],
])('%s gives exit code %i', (error, code) => {
  expect(exitOf(error)).toBe(code);
});

test('Markdown becomes text that a person reads', () => {
  const markdown = [
    '<!-- fleet:v1 kind=mergeRequest run=r1 -->',
    'Closes #1, seen under *Evidence*, 2 * 3 * 4',
    '',
    '### Acceptance criteria',
    '- [x] AC1 **bold**, `code` and [a link](https://example.com)',
    `- [ ] AC2 ${'long words '.repeat(6).trim()}`,
    '- an item',
    '',
    '| | command | time |',
    '|---|---|--:|',
    '| test | `a \\| b` | 1.0 s |',
    '| AC1 | `npm test` | 0.2 s |',
    '',
    '<details><summary>Output of AC1: passed</summary>',
    '',
    '```',
    'much of it',
    '```',
    '',
    '</details>',
    '',
    '````sh',
    'npm   test',
    '```',
    '````',
    '',
    '<sub>1.0 s</sub>',
  ].join('\n');
  expect(readable(markdown, { paint: painter({ colors: false }), width: 40 })).toMatchInlineSnapshot(`
    "Closes #1, seen under Evidence, 2 * 3 *
    4

    Acceptance criteria
      ☑ AC1 bold, code and a link
        (https://example.com)
      ☐ AC2 long words long words long words
        long words long words long words
      • an item

            command   time
      test  a | b     1.0 s
      AC1   npm test  0.2 s

    ▸ Output of AC1: passed

        npm   test
        \`\`\`

    1.0 s"
  `);
});

test('text from outside cannot steer a terminal', () => {
  expect(harmless('a\u001B[31mb\u0007\tc\r\nd\u009B2Je')).toBe('a[31mb\tc\nd2Je');
});
