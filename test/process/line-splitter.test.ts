import { describe, expect, it } from 'vitest';
import { lineSplitter } from '../../src/process/line-splitter.js';

function linesOf(chunks: readonly (string | Buffer)[], maxBytes?: number): readonly (readonly [string, number])[] {
  const lines: (readonly [string, number])[] = [];
  const splitter = lineSplitter((text, cutBytes) => lines.push([text, cutBytes]), maxBytes);
  for (const chunk of chunks) splitter.push(Buffer.from(chunk));
  splitter.end();
  return lines;
}

describe('lineSplitter', () => {
  it.each([
    ['nothing', [], []],
    [
      'empty lines',
      ['\n\n'],
      [
        ['', 0],
        ['', 0],
      ],
    ],
    [
      'lines over chunks',
      ['a', 'b\nc', '\r', '\nd\n'],
      [
        ['ab', 0],
        ['c', 0],
        ['d', 0],
      ],
    ],
    [
      'a half last line',
      ['a\nb'],
      [
        ['a', 0],
        ['b', 0],
      ],
    ],
    ['a character over chunks', [Buffer.of(0xc3), Buffer.of(0xa4, 0x0a)], [['ä', 0]]],
    ['bytes that are not UTF-8', [Buffer.of(0x61, 0xff, 0xfe, 0x62, 0x0a)], [['a\uFFFD\uFFFDb', 0]]],
    [
      'overlong lines',
      ['123456', '789\nok\n', 'abcdefg'],
      [
        ['12345', 4],
        ['ok', 0],
        ['abcde', 2],
      ],
    ],
  ])('%s', (_, chunks, lines) => {
    expect(linesOf(chunks, 5)).toEqual(lines);
  });

  it('cuts a line of a hundred megabytes', () => {
    const chunk = Buffer.alloc(1024 * 1024, 'x');
    const [line] = linesOf(Array<Buffer>(100).fill(chunk));
    expect([line?.[0].length, line?.[1]]).toEqual([1024 * 1024, 99 * 1024 * 1024]);
  });
});
