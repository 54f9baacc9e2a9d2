import { describe, expect, test } from 'vitest';
import { commitMessage } from '../../src/render/commit-message.js';
import { countText, durationText, moneyText, usageText } from '../../src/render/format.js';
import { mergeRequestBody, mergeRequestTitle } from '../../src/render/merge-request.js';
import { runLine, runPage, stepLine } from '../../src/render/terminal.js';
import type { Run } from '../../src/domain/run.js';
import * as a from '../support/builders.js';
import { hostile, runIn } from './cases.js';

const context = { settings: a.settingsOf(), nowMs: a.startMs + 185_000 };

describe('merge request', () => {
  const delivering = runIn('delivering');
  test.each<readonly [string, Run]>([
    ['two-tasks', delivering],
    ['hostile', hostile],
    ['local', { ...delivering, repository: a.aRepository({ forge: 'local' }) }],
    [
      'no-checks',
      a.aRun({ ...delivering, prepared: a.aPrepared({ policy: a.aPolicy({ checks: [] }) }), evidence: [] }),
    ],
    [
      'flaky',
      a.aRun({
        ...delivering,
        evidence: [
          a.anEvidence({ flaky: true, failedTests: ['slug › keeps | digits', 'a <b> @mona'] }),
          a.anEvidence({ name: 'lint', command: 'npm run lint', flaky: true }),
          a.anEvidence({ name: 'e2e', flaky: true, failedTests: 'a b c d e f g h i j k l'.split(' ') }),
        ],
      }),
    ],
    ['no-price', { ...delivering, attempts: [a.anAttempt({ usage: a.aUsage({ costUsd: 0 }) })] }],
  ])('body: %s', async (name, run) => {
    await expect(`${mergeRequestBody(run, context)}\n`).toMatchFileSnapshot(`golden/merge-request-${name}.md`);
  });

  test('a criterion that was proven on another tree than the one delivered stays open', () => {
    const run = { ...delivering, phase: a.aDeliveringPhase({ head: a.aSnapshot('ff') }) };
    expect(mergeRequestBody(run, context)).toContain('- [ ] AC1 slugify keeps digits — not proven');
  });

  test.each<readonly [string, Run, string]>([
    ['several tasks', delivering, 'slugify drops digits'],
    ['one task', { ...delivering, plan: a.aPlan({ tasks: [a.aTask()] }) }, 'Keep digits in slugs'],
    ['no plan, empty title', a.aRun({ issue: a.aFrozenIssue({ title: ' ' }) }), 'Issue 7'],
  ])('title: %s', (_, run, title) => {
    expect(mergeRequestTitle(run)).toBe(title);
  });
});

describe('commitMessage', () => {
  const run = runIn('working');
  const long = a.aTask({
    title: 'Rename the thing that turns titles into slugs so that it says what it does with digits.',
    description: 'word '.repeat(40),
  });
  test.each<readonly [string, Run, ReturnType<typeof a.aTask>]>([
    ['plain', run, a.aTask()],
    ['long', run, long],
    ['hostile', hostile, hostile.plan?.tasks[0] ?? a.aTask()],
    [
      'self-hosted',
      { ...run, issue: a.aFrozenIssue({ url: 'https://git.example.com/acme/shop/issues/7' }) },
      a.aTask(),
    ],
  ])('%s', async (name, of, task) => {
    const message = commitMessage(of, task);
    expect(message.split('\n')[0]?.length).toBeLessThanOrEqual(72);
    await expect(`${message}\n`).toMatchFileSnapshot(`golden/commit-${name}.txt`);
  });
});

describe('terminal', () => {
  const esc = a.aRun({ issue: a.aFrozenIssue({ title: 'a\u001b[2Jb\nc '.repeat(30) }) });

  test('pages and lines', async () => {
    const pages = ['queued', 'working-fix', 'in-review', 'blocked'].map((name) => runPage(runIn(name), context));
    const lines = [...['queued', 'in-review', 'cancelled'].map(runIn), esc].map((run) =>
      runLine(run, { ...context, width: 80 }),
    );
    await expect(
      `${[...pages, runPage(esc, { ...context, width: 60 }), lines.join('\n')].join('\n----\n\n')}\n`,
    ).toMatchFileSnapshot('golden/terminal.txt');
  });

  test('steps', async () => {
    const entries = [
      a.aJournalEntry(),
      a.aJournalEntry({
        atMs: a.startMs + 400,
        kind: 'attempt',
        text: 'agent finished',
        fields: {
          role: 'planner',
          agent: 'opus',
          durationMs: 72_000,
          inputTokens: 1200,
          outputTokens: 300,
          costUsd: 0.04,
        },
      }),
      a.aJournalEntry({
        atMs: a.startMs + 75_000,
        kind: 'attempt',
        text: 'agent failed',
        fields: { role: 'developer', agent: 'opus', task: 'T1', reason: 'silent\u001b[2J for 5 min' },
      }),
      a.aJournalEntry({ atMs: a.startMs + 3_700_000, text: 'merge request 8 is open', fields: { phase: 'inReview' } }),
    ];
    await expect(`${entries.map((entry) => stepLine(entry, { sinceMs: a.startMs })).join('\n')}\n`).toMatchFileSnapshot(
      'golden/steps.txt',
    );
  });
});

test.each([
  [0, '0.0 s'],
  [420, '0.4 s'],
  [9949, '9.9 s'],
  [9950, '9 s'],
  [59_999, '59 s'],
  [60_000, '1 min'],
  [185_000, '3 min 5 s'],
  [3_600_000, '1 h'],
  [7_500_000, '2 h 5 min'],
  [90_000_000, '1 d 1 h'],
  [-5, '0.0 s'],
])('durationText(%i) is %j', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});

test('counts, money and usage', () => {
  expect([999, 1500, 999_949, 999_950].map(countText)).toEqual(['999', '1.5k', '999.9k', '1.0M']);
  expect([0.001, 0.014, 12].map(moneyText)).toEqual(['under $0.01', '$0.01', '$12.00']);
  expect([usageText([]), usageText([a.anAttempt()])]).toEqual([[], ['1 attempt', '1.5k tokens', '$0.04']]);
});
