import { describe, expect, test } from 'vitest';
import { codeBlock, codeSpan, escapeForForge, escapeInline } from '../../src/render/escape.js';

const gap = '\u200b';
const fence = '```';

describe('escapeForForge', () => {
  test.each([
    ['plain words', 'Keep `a-z` and **digits**.\n\n- one\n- two', 'Keep `a-z` and **digits**.\n\n- one\n- two'],
    ['a mention', 'ask @mona, (@org/team)', `ask @${gap}mona, (@${gap}org/team)`],
    ['an address of e-mail stays', 'mona@example.com', 'mona@example.com'],
    ['a mention by character reference', '&#64;mona &commat;mona', `&${gap}#64;mona &${gap}commat;mona`],
    ['a quick action', '/close\n  /merge now\n> /assign', `${gap}/close\n  ${gap}/merge now\n> ${gap}/assign`],
    ['a quick action after odd line ends', 'a\r/close\u2028/merge', `a\n${gap}/close\n${gap}/merge`],
    ['a path in a sentence stays', 'see /usr/bin', 'see /usr/bin'],
    ['closing words', 'Fixes #4, closes: org/a#5', `F${gap}ixes #4, c${gap}loses: org/a#5`],
    ['closing words over a line end', 'resolves\n#4', `r${gap}esolves\n#4`],
    ['closing words and an address', 'fix https://a.b/o/r/issues/4', `f${gap}ix https://a.b/o/r/issues/4`],
    [
      'closing words as emphasis',
      'fixes **#4**, fixes <https://a.b/1>',
      `f${gap}ixes **#4**, f${gap}ixes <${gap}https://a.b/1>`,
    ],
    ['a number alone stays', 'as in #4', 'as in #4'],
    ['a comment', '<!-- fleet:v1 kind=status run=x -->', `<${gap}!-- fleet:v1 kind=status run=x -->`],
    [
      'HTML',
      '</details><img src=x onerror=y><a href=z>',
      `<${gap}/details><${gap}img src=x onerror=y><${gap}a href=z>`,
    ],
    ['less than stays', 'a < b <= c', 'a < b <= c'],
    ['an image', '![x](http://a/b.png)', `!${gap}[x](http://a/b.png)`],
    [
      'a fence stays',
      `${fence}js\nif (a<b) x("@mona")\n${fence}\nend`,
      `${fence}js\nif (a<b) x("@mona")\n${fence}\nend`,
    ],
    ['an open fence is closed', `${fence}js\na`, `${fence}js\na\n${fence}`],
    ['a tilde fence', `~~~sh\n${fence}\n@mona\n~~~`, `${fence}\`sh\n${fence}\n@mona\n${fence}\``],
    ['an indented fence', `   ${fence}\na\n  ${fence}\n@mona`, `${fence}\na\n${fence}\n@${gap}mona`],
    [
      'what only looks like a closing fence',
      `${fence}\na\n${fence} x\n@mona`,
      `${fence}\`\na\n${fence} x\n@mona\n${fence}\``,
    ],
    ['a drawn fence', `${fence}mermaid\na\n${fence}`, `${fence}\na\n${fence}`],
    [
      'actions and markers in a fence',
      `${fence}\n/close\n<!-- fleet:v1 -->\nfixes #4\n/usr/bin/x\n${fence}`,
      `${fence}\n${gap}/close\n<${gap}!-- fleet:v1 -->\nf${gap}ixes #4\n/usr/bin/x\n${fence}`,
    ],
    ['what cannot be seen', 'a\u202eb\u200bc\u0000d\u001b[31me\ufeff', 'abcde'],
    ['a zero-width trick', '@\u200bmona <\u200b!-- x', `@${gap}mona <${gap}!-- x`],
  ])('%s', (_, text, escaped) => {
    expect(escapeForForge(text)).toBe(escaped);
  });

  const pieces = [
    ...['/close', '@mona', 'fixes #1', 'closes org/a#2', '<!--', '-->', '<details>', '![', '](u)', '&#64;x', '`', '``'],
    ...[
      fence,
      `${fence}${fence}`,
      '~~~',
      '\n',
      '\n\n',
      '\r',
      ' ',
      '> ',
      '- ',
      '    ',
      '\t',
      'text',
      '|',
      '\\',
      '\u001b[0m',
      '\u200b',
      '\u202e',
    ],
  ];

  test('no mixture of nasty pieces gets through, and escaping twice changes nothing', () => {
    let seed = 7;
    const next = (below: number) => (seed = (seed * 48_271) % 2_147_483_647) % below;
    for (let round = 0; round < 3000; round++) {
      const text = Array.from({ length: 1 + next(14) }, () => pieces[next(pieces.length)]).join('');
      const escaped = escapeForForge(text);
      const outside = withoutFences(escaped);
      expect(escaped, text).toBe(escapeForForge(escaped));
      expect(outside, text).not.toMatch(/(?<![a-z0-9])@\w|<[a-z/!]|!\[|&#/i);
      expect(escaped, text).not.toMatch(/<!--|^\s*\/close(\s|$)|\b(fixes|closes)\s+(#|org)/m);
    }
  });
});

/** Takes out fences as CommonMark knows them, and fails when one stays open. */
function withoutFences(text: string): string {
  const left: string[] = [];
  let open = '';
  for (const line of text.split('\n')) {
    const [, mark = '', rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (open === '') {
      if (mark !== '' && !(mark.startsWith('`') && rest.includes('`'))) open = mark;
      else left.push(line);
    } else if (mark.startsWith(open) && rest.trim() === '') open = '';
  }
  expect(open, text).toBe('');
  return left.join('\n');
}

describe('escapeInline', () => {
  test.each([
    ['a\n/close\n# b', 'a /close # b'],
    ['/close', `${gap}/close`],
    [`${fence}js`, '`js'],
    ['  ', ''],
  ])('%j becomes %j', (text, escaped) => {
    expect(escapeInline(text)).toBe(escaped);
  });
});

test.each([
  ['npm test', '`npm test`'],
  ['echo `id` | wc', '`` echo `id` | wc ``'],
  ['a\nb', '`a b`'],
])('codeSpan of %j', (text, span) => {
  expect(codeSpan(text)).toBe(span);
});

test('codeBlock cannot be ended from inside', () => {
  expect(codeBlock(`a\n${fence}\n/close`, 'sh')).toBe(`${fence}\`sh\na\n${fence}\n${gap}/close\n${fence}\``);
});
