import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readResearch } from '../../src/agent/artifact/read-research.js';
import { readTriage } from '../../src/agent/artifact/read-triage.js';
import { readVerdict } from '../../src/agent/artifact/read-verdict.js';
import type { Reading } from '../../src/ports/agent.js';
import { temporaryFolder } from '../support/temp.js';

function folderWith(name: string, content: string | Uint8Array): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, name), content);
  return folder;
}

const triage = (change: Record<string, unknown>) =>
  readTriage(folderWith('triage.json', JSON.stringify({ kind: 'bug', size: 'small', ...change })));
const verdict = (...findings: readonly unknown[]) =>
  readVerdict(folderWith('verdict.json', JSON.stringify({ criteria: [], findings })));

function valueOf<T>(reading: Reading<T>): T {
  if ('problems' in reading) throw new Error(reading.problems.join('\n'));
  return reading.value;
}

describe('readTriage', () => {
  it('gives what was found, trimmed, with its defaults', async () => {
    const questions = [
      'Which digits? ',
      { text: ' Which letters?', assumption: ' a-z\n', more: 1 },
      { text: 'x', assumption: ' ' },
    ];
    expect([
      await triage({ unknown: 1 }),
      await triage({ size: 'large', intents: ['parser', ' '], assumptions: [' a ', ''], questions }),
    ]).toEqual([
      { value: { kind: 'bug', size: 'small', intents: [], assumptions: [], questions: [] } },
      {
        value: {
          ...{ kind: 'bug', size: 'large', intents: ['parser'], assumptions: ['a'] },
          questions: [{ text: 'Which digits?' }, { text: 'Which letters?', assumption: 'a-z' }, { text: 'x' }],
        },
      },
    ]);
  });

  it('keeps what people can read: 10 questions, 20 assumptions, 1000 characters each', async () => {
    const long = '\u{1f600}'.repeat(700);
    const read = await triage({
      ...{ intents: Array(99).fill('x'), assumptions: Array(40).fill(long) },
      questions: Array(15).fill({ text: long, assumption: long }),
    });
    const { intents, assumptions, questions } = valueOf(read);
    const texts = [...assumptions, ...questions.flatMap(({ text, assumption = '' }) => [text, assumption])];
    expect([intents.length, assumptions.length, questions.length]).toEqual([20, 20, 10]);
    expect(new Set(texts)).toEqual(new Set([`${'\u{1f600}'.repeat(499)}…`]));
  });

  it('tells what is wrong with wrong members', async () => {
    expect(
      await triage({ kind: 'wish', size: 3, intents: 'parser', assumptions: [1], questions: [' ', {}, 4] }),
    ).toEqual({
      problems: [
        'kind: Invalid option: expected one of "bug"|"feature"|"refactor"|"test"|"docs"|"security"|"chore"|"question"',
        'size: Invalid option: expected one of "small"|"medium"|"large"',
        'intents: Invalid input: expected array, received string',
        'assumptions[0]: Invalid input: expected string, received number',
        'questions[0]: must not be empty',
        ...[1, 2].map((at) => `questions[${at}]: must be a text, or an object with text and assumption`),
      ],
    });
  });
});

describe('readResearch', () => {
  const research = (text: string) => readResearch(folderWith('research.md', text));

  it('gives the report without the room around it', async () => {
    expect(await research('\ufeff\n# Found\n\nMuch. \n\n')).toEqual({ value: '# Found\n\nMuch.' });
  });

  it.each(['', ' \n\t\n'])('tells that %j is empty', async (text) => {
    expect(await research(text)).toEqual({ problems: ['research.md is empty: write down what you have found'] });
  });

  it.each<[string, string, string]>([
    ['exactly as long as may be', 'x'.repeat(20_000), 'x'.repeat(20_000)],
    ['a line too long', `${'x'.repeat(999)}\n`.repeat(21).trim(), `${`${'x'.repeat(999)}\n`.repeat(19)}…`],
    ['one line', 'x'.repeat(20_001), `${'x'.repeat(19_999)}…`],
  ])('cuts at a line: %s', async (_, text, kept) => {
    expect(valueOf(await research(text))).toBe(kept);
  });
});

describe('readVerdict', () => {
  it('gives criteria of any id, and findings', async () => {
    const criteria = [
      { id: 'AC1', met: true, evidence: ' src/a.js:1 ' },
      { id: 'nobody.asked', met: false, evidence: '' },
    ];
    const findings = [
      { severity: 'minor', text: ' a taste ' },
      { severity: 'blocker', file: 'src/a.js', line: 3, text: 'wrong', more: 1 },
    ];
    const folder = folderWith('verdict.json', JSON.stringify({ criteria, findings, unknown: 1 }));
    expect(await readVerdict(folder)).toEqual({
      value: {
        criteria: [{ id: 'AC1', met: true, evidence: 'src/a.js:1' }, criteria[1]],
        findings: [
          { severity: 'minor', text: 'a taste' },
          { severity: 'blocker', file: 'src/a.js', line: 3, text: 'wrong' },
        ],
      },
    });
  });

  it('takes a blocker without a file or a line for minor', async () => {
    const found = await verdict(
      { severity: 'blocker', text: 'a' },
      { severity: 'blocker', text: 'b', file: 'a.js' },
      { severity: 'blocker', text: 'c', line: 1 },
      { severity: 'blocker', text: 'd', file: ' ', line: 1 },
      { severity: 'blocker', text: 'e', file: 'a.js', line: 1 },
    );
    expect(valueOf(found).findings.map(({ severity, text }) => `${text} ${severity}`)).toEqual([
      ...['a minor', 'b minor', 'c minor', 'd minor', 'e blocker'],
    ]);
  });

  it('keeps the blockers of a thousand findings, cut', async () => {
    const minor = { severity: 'minor', text: 'x' };
    const found = await verdict(...Array<unknown>(1000).fill(minor), {
      severity: 'blocker',
      file: 'a',
      line: 1,
      text: 'y'.repeat(9999),
    });
    const { findings } = valueOf(found);
    expect([findings.length, findings[0]]).toEqual([
      50,
      { severity: 'blocker', file: 'a', line: 1, text: `${'y'.repeat(1999)}…` },
    ]);
  });

  it('tells what is wrong with wrong members', async () => {
    const findings = [
      { severity: 'bad', text: '' },
      { severity: 'minor', text: 'x', line: 0 },
    ];
    const criteria = [{ id: '..', met: 'yes', evidence: 1 }];
    expect(await readVerdict(folderWith('verdict.json', JSON.stringify({ criteria, findings })))).toEqual({
      problems: [
        'criteria[0].id: must be a short id of A-Z a-z 0-9 . _ -',
        'criteria[0].met: Invalid input: expected boolean, received string',
        'criteria[0].evidence: Invalid input: expected string, received number',
        'findings[0].severity: Invalid option: expected one of "blocker"|"minor"',
        'findings[0].text: must not be empty',
        'findings[1].line: Too small: expected number to be >0',
      ],
    });
  });
});

describe.each<[string, (artifacts: string) => Promise<Reading<unknown>>]>([
  ['triage.json', readTriage],
  ['research.md', readResearch],
  ['verdict.json', readVerdict],
])('%s', (name, read) => {
  it.each<[string, (path: string) => unknown, string]>([
    ['nothing', () => undefined, ' is missing: write it into the folder that FLEET_ARTIFACTS names'],
    [
      'a file of 50 MB',
      (path) => {
        writeFileSync(path, '');
        truncateSync(path, 50e6);
      },
      ': it has 50.0 MB; at most 1 MB is read',
    ],
    ['a folder', (path) => mkdirSync(path), ': it must be a regular file'],
    ['a named pipe', (path) => execFileSync('/usr/bin/mkfifo', [path]), ': it must be a regular file'],
    ['a link', (path) => symlinkSync('/etc/passwd', path), ' cannot be read (ELOOP): it must be a regular file'],
    ['no UTF-8', (path) => writeFileSync(path, Buffer.from([0x22, 0xff, 0xfe, 0x22])), ': it must be text in UTF-8'],
  ])('tells that it is %s', async (_, make, problem) => {
    const folder = temporaryFolder();
    make(join(folder, name));
    expect(await read(folder)).toEqual({ problems: [`${name}${problem}`] });
  });
});

describe.each<[string, (artifacts: string) => Promise<Reading<unknown>>]>([
  ['triage.json', readTriage],
  ['verdict.json', readVerdict],
])('the JSON of %s', (name, read) => {
  it.each([
    ['no JSON', 'Done!', `${name} is not JSON: `],
    ['cut off', '{"kind": "bug", ', `${name} is not JSON: `],
    ['another shape', '[]', `${name}: Invalid input: expected object, received array`],
    ['nothing at all', 'null', `${name}: Invalid input: expected object, received null`],
  ])('tells that it is %s', async (_, text, problem) => {
    const reading = await read(folderWith(name, text));
    expect('problems' in reading && reading.problems).toEqual([expect.stringContaining(problem)]);
  });
});
