import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryFolder } from '../support/temp.js';
import { aSample } from './sample.js';
import { commandLine } from './world.js';

const commands = [
  'start',
  'doctor',
  'agents',
  'gitlab connect',
  'schema',
  'run',
  'demo',
  'drill',
  'list',
  'show',
  'log',
];
const acts = ['issue', 'label', 'comment', 'review', 'threads', 'reply', 'resolve', 'merge', 'close', 'reopen'];

test('every command has help with examples', async () => {
  const fleet = commandLine();
  const pages: string[] = [];
  for (const args of [[], ...[...commands, ...acts].map((name) => name.split(' '))]) {
    const { code, out } = await fleet(...args, '--help');
    expect([code, out.includes('Examples:')]).toEqual([0, true]);
    pages.push(`$ fleet ${[...args, '--help'].join(' ')}\n${out}`);
  }
  await expect(pages.join('\n')).toMatchFileSnapshot('golden/help.txt');
});

describe('wrong use ends with 2 and one clear message', () => {
  test.each([
    [['xyzzy'], "error: unknown command 'xyzzy'\n(add --help for what can be given)\n"],
    [['show'], "error: missing required argument 'run'\n(add --help for what can be given)\n"],
    [['list', '--limit', '0'], expect.stringMatching(/^error: .*'0' is invalid. It must be a whole number from 1\./)],
    [
      ['schema', 'x'],
      'fleet: There is no schema x: there are config, repository, triage, plan, verdict, replies, findings.\n',
    ],
    [
      ['start', '--role', 'web'],
      'fleet: --role web needs DATABASE_URL, which the other role shares: set it, or start without --role\n',
    ],
    [['merge', 'shop'], 'fleet: shop names no issue or merge request: write it like shop#1.\n'],
    [['review', 'shop#1', '--approve', '--request-changes'], 'fleet: Give either --approve or --request-changes.\n'],
    [
      ['review', 'shop#1', '--on', 'src/price.js: Why?'],
      "fleet: --on src/price.js: Why? names no line with something about it: write it like 'src/price.js:4: Why?'.\n",
    ],
    [
      ['run', '--repo', '.', '--issue', 'no.md'],
      expect.stringMatching(/^fleet: The issue file \S+no\.md cannot be read: ENOENT/),
    ],
    [
      ['run', '--repo', '.', '--issue', '-'],
      "fleet: - is empty: its first heading or line is the issue's title, the rest its body.\n",
    ],
  ])('%j', async (args, err) => {
    expect(await commandLine()(...args)).toEqual({ code: 2, out: '', err });
  });
});

test('a broken configuration is told with every problem', async () => {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, 'fleet.config.yml'), 'agents: 3\nlimits: { runs: many }\n');
  const { code, out, err } = await commandLine({ cwd, env: { PORT: 'x' } })('list');
  expect([code, out, err.replaceAll(cwd, '<folder>').split('\n')]).toEqual([
    2,
    '',
    [
      'fleet: The configuration has problems:',
      expect.stringContaining('agents: got 3, expected'),
      expect.stringContaining('limits.runs: got "many", expected'),
      expect.stringContaining('PORT: got "x", expected'),
      '',
    ],
  ]);
});

test.each(['config', 'repository', 'triage', 'plan', 'verdict', 'replies', 'findings'])(
  'the schema %s is printed',
  async (name) => {
    const { code, out } = await commandLine()('schema', name);
    expect([code, JSON.parse(out)]).toEqual([0, expect.objectContaining({ type: 'object' })]);
  },
);

test('what people do waits when no Fleet runs', { timeout: 60_000 }, async () => {
  const checkout = await aSample();
  const fleet = commandLine({ cwd: checkout, input: '# Receipts show wrong prices' });
  const waits = 'No Fleet is running: the next `fleet start` or `fleet run` takes it up.\n';
  expect([
    await fleet('list'),
    await fleet('issue', '.', '-', '--no-label'),
    await fleet('label', 'shop#1'),
    await fleet('comment', 'shop#1', '-', '--as', 'rolf', '--json'),
    await fleet('close', 'shop#7'),
    await fleet('show', 'x'),
    await fleet('review', 'shop#1', 'Fine.'),
    await fleet('review', 'shop#1'),
    await fleet('threads', 'shop#1'),
    await fleet('reopen', 'shop#1'),
  ]).toEqual([
    { code: 0, out: 'There are no runs. `fleet run --repo . --issue issue.md` makes one.\n', err: '' },
    { code: 0, out: `local/shop#1 is open.\n${waits}`, err: '' },
    { code: 0, out: `shop#1: labelled.\n${waits}`, err: '' },
    { code: 0, out: expect.stringMatching(/^\{"id":"\w+"\}\n$/), err: '' },
    { code: 2, out: '', err: 'fleet: local/shop has no issue or merge request 7: `fleet list` shows what there is.\n' },
    { code: 2, out: '', err: 'fleet: There is no run x: `fleet list` shows all runs.\n' },
    { code: 2, out: '', err: 'fleet: local/shop#1 is an issue: only a merge request can be reviewed.\n' },
    { code: 2, out: '', err: 'fleet: The review says nothing.\n' },
    { code: 2, out: '', err: 'fleet: local/shop has no merge request 1.\n' },
    { code: 2, out: '', err: 'fleet: local/shop has no merge request 1.\n' },
  ]);
});
