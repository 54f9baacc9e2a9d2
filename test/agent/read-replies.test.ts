import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readReplies } from '../../src/agent/artifact/read-replies.js';
import { temporaryFolder } from '../support/temp.js';

function folderWith(text: string): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'replies.json'), text);
  return folder;
}

const written = (...replies: readonly unknown[]) => folderWith(JSON.stringify({ replies, unknown: true }));
const reply = (thread: string, text: string, kind = 'question') => ({ thread, kind, text });

describe('readReplies', () => {
  it('gives one reply to each thread that was asked about, trimmed; the last one counts', async () => {
    const folder = written(
      reply('t2', 'first'),
      reply('t9', 'nobody asked'),
      { ...reply('t2', ' \n second \n', 'disagree'), unknown: 1 },
      reply('t1', 'one', 'fix'),
    );
    expect(await readReplies(folder, ['t1', 't2', 't3', 't1'])).toEqual({
      value: [reply('t1', 'one', 'fix'), reply('t2', 'second', 'disagree')],
    });
  });

  it.each(['x', '\u{1f600}'])('cuts a text of 10,000 times %s', async (letter) => {
    const reading = await readReplies(written(reply('t1', letter.repeat(10_000))), ['t1']);
    const text = 'value' in reading ? (reading.value[0]?.text ?? '') : '';
    expect([text.length <= 4000, text.length >= 3999, text.endsWith(`${letter}…`)]).toEqual([true, true, true]);
  });

  it('takes none for an answer', async () => {
    expect(await readReplies(written(), ['t1'])).toEqual({ value: [] });
  });

  it.each<[string, string, readonly unknown[]]>([
    ['another shape', '[]', ['replies.json: Invalid input: expected object, received array']],
    [
      'wrong members',
      JSON.stringify({ replies: [reply('t1', ' '), { ...reply('', 'x'), kind: 'done' }] }),
      [
        'replies[0].text: must not be empty',
        'replies[1].thread: must not be empty',
        'replies[1].kind: Invalid option: expected one of "fix"|"question"|"nit"|"disagree"|"outOfScope"',
      ],
    ],
    ['no JSON', 'Done!', [expect.stringMatching(/^replies\.json is not JSON: ./)]],
    [
      'a thousand problems',
      JSON.stringify({ replies: Array(1000).fill({ thread: 't1', kind: 'fix' }) }),
      [
        ...Array.from(
          { length: 50 },
          (_, at) => `replies[${at}].text: Invalid input: expected string, received undefined`,
        ),
        '… and 950 more',
      ],
    ],
  ])('tells what is wrong with %s', async (_, text, problems) => {
    expect(await readReplies(folderWith(text), ['t1'])).toEqual({ problems });
  });

  it('tells that there is no file', async () => {
    const problem = 'replies.json is missing: write it into the folder that FLEET_ARTIFACTS names';
    expect(await readReplies(temporaryFolder(), ['t1'])).toEqual({ problems: [problem] });
  });
});
