import { describe, expect, test } from 'vitest';
import type { Notice } from '../../src/domain/effect.js';
import type { Run } from '../../src/domain/run.js';
import { headline } from '../../src/render/headline.js';
import { mergeRequestBody } from '../../src/render/merge-request.js';
import { momentText } from '../../src/domain/moment.js';
import { noticeComment } from '../../src/render/notice.js';
import { statusComment } from '../../src/render/status-comment.js';
import { runPage } from '../../src/render/terminal.js';
import * as a from '../support/builders.js';
import { hostileStage, inspection, stageIn, stages } from './stages.js';

const context = { settings: a.settingsOf(), nowMs: a.startMs + 300_000 };

function status(run: Run): string {
  const { marker, body } = statusComment(run, context);
  return `${marker}\n${body}\n`;
}

describe('status comment of a stage', () => {
  test('headlines', async () => {
    const lines = Object.entries(stages).map(([name, run]) => `${name}: ${headline(run)}`);
    await expect(`${lines.join('\n\n')}\n`).toMatchFileSnapshot('golden/stage-headlines.txt');
  });

  test.each([
    ...['triaging', 'awaiting-answer', 'planning-small', 'criticising', 'awaiting-approval', 'working-two'],
    ...['verify-inspecting', 'inspected', 'rejected'],
  ])('%s', async (name) => {
    await expect(status(stageIn(name))).toMatchFileSnapshot(`golden/stage-status-${name}.md`);
  });

  test('hostile texts', async () => {
    await expect(status(hostileStage)).toMatchFileSnapshot('golden/stage-status-hostile.md');
  });

  test.each<readonly [string, Partial<Run>, string]>([
    ['half of it', { attempts: [a.anAttempt({ usage: a.aUsage({ inputTokens: 2_500_000 }) })] }, '51 %'],
    [
      'as often as people have granted it',
      { attempts: [a.anAttempt({ usage: a.aUsage({ inputTokens: 2_500_000 }) })], moreBudgets: 1 },
      '26 %',
    ],
    ['all of it', { attempts: [a.anAttempt({ usage: a.aUsage({ costUsd: 23 }) })] }, '100 %'],
  ])('the budget: %s', (_, change, used) => {
    expect(status({ ...stageIn('planning'), ...change })).toContain(`<summary>Budget: ${used} used</summary>`);
  });

  test('a budget without a price has no row for cost', () => {
    const attempts = [a.anAttempt({ usage: a.aUsage({ costUsd: 0 }) })];
    expect(status({ ...stageIn('planning'), attempts })).not.toContain('| cost |');
  });
});

describe('notices of the stages', () => {
  const asked = (run: Run): Notice => ({
    ...{ kind: 'question', dueAtMs: a.startMs + 86_400_000 },
    questions: run.triage?.questions ?? [],
  });
  const waiting = stageIn('awaiting-answer');
  const single = { ...waiting, issue: a.aFrozenIssue({ author: waiting.requester }) };
  const reply = (text: Extract<Notice, { kind: 'reply' }>['text']): Notice => ({
    ...{ kind: 'reply', commentId: 'c9', place: 'issue', text },
  });
  test.each<readonly [string, Run, Notice]>([
    ['question', waiting, asked(waiting)],
    [
      'question-by-author',
      single,
      { kind: 'question', questions: [{ text: 'Which digits?', assumption: '0-9' }], dueAtMs: a.startMs },
    ],
    ['question-hostile', hostileStage, asked(hostileStage)],
    ['approval', stageIn('awaiting-approval'), { kind: 'approval' }],
    [
      'rejected',
      stageIn('rejected'),
      { kind: 'blocked', obstacle: a.aBlockedPhase(stageIn('rejected').phase as never).obstacle },
    ],
    ['ready-inspected', stageIn('inspected'), { kind: 'ready' }],
    ['nothing-to-approve', stageIn('working-two'), reply('nothingToApprove')],
    ['approval-void', stageIn('awaiting-approval'), reply('approvalVoid')],
    ['nothing-to-replan', stageIn('inspected'), reply('nothingToReplan')],
  ])('%s', async (name, run, about) => {
    const { marker, body } = noticeComment(run, about, { ...context, key: 'r1.5.0' });
    await expect(`${marker}\n${body}\n`).toMatchFileSnapshot(`golden/notice-${name}.md`);
  });
});

describe('merge request that was inspected', () => {
  const run = stageIn('inspected');
  const elsewhere = { ...inspection, tree: a.aSnapshot('ff').tree };
  const vendors = { ...run.prepared?.policy.vendors, gpt: 'anthropic' };
  test.each<readonly [string, Run]>([
    ['inspected', run],
    ['inspected-hostile', hostileStage],
  ])('body: %s', async (name, of) => {
    await expect(`${mergeRequestBody(of, context)}\n`).toMatchFileSnapshot(`golden/merge-request-${name}.md`);
  });

  test.each<readonly [string, Run, string]>([
    ['another vendor', run, 'held it against the issue: it did not write it, and is made by another vendor.'],
    [
      'the same vendor',
      { ...run, prepared: a.aPrepared({ policy: a.aPolicy({ vendors }) }) },
      'held it against the issue: it did not write it. ',
    ],
    [
      'a vendor that nobody knows',
      { ...run, prepared: a.aPrepared({ policy: a.aPolicy({ vendors: { opus: 'anthropic' } }) }) },
      'held it against the issue: it did not write it. ',
    ],
    [
      'the author',
      { ...run, inspection: { ...inspection, agent: 'opus' } },
      'it is the one that wrote it, in a fresh session.',
    ],
    ['another tree', { ...run, inspection: elsewhere }, 'No agent has verified exactly this state of it.'],
    ['nobody', { ...run, prepared: a.aPrepared(), inspection: elsewhere }, 'none is configured for that.'],
  ])('says who looked: %s', (_, of, words) => {
    expect(mergeRequestBody(of, context)).toContain(words);
  });

  test.each<readonly [string, Run]>([
    ['another tree', { ...run, inspection: elsewhere }],
    ['no word on it', { ...run, inspection: { ...inspection, criteria: [] } }],
    [
      'two words on it, one against',
      {
        ...run,
        inspection: { ...inspection, criteria: [...inspection.criteria, { id: 'AC2', met: false, evidence: '' }] },
      },
    ],
  ])('a criterion stays open after a look at %s', (_, of) => {
    expect(mergeRequestBody(of, context)).toContain('- [ ] AC2 the README shows it — for the reviewer to look at');
  });

  test('a verdict of any length leaves a body that forges take', () => {
    const text = 'x '.repeat(1000);
    const criteria = Array.from({ length: 50 }, (_, at) =>
      a.aCriterion({ id: `AC${at}`, proof: { kind: 'inspection' } }),
    );
    const long: Run = {
      ...{ ...run, plan: a.aPlan({ criteria }), answers: Array(100).fill({ by: 'olga', text }) },
      inspection: {
        ...inspection,
        criteria: criteria.map(({ id }) => ({ id, met: true, evidence: text })),
        findings: Array(50).fill({ severity: 'minor', text }),
      },
    };
    const body = mergeRequestBody(long, context);
    expect([body.includes('- and 30 more'), body.length < 50_000]).toEqual([true, true]);
  });

  test('a look does not stand for a receipt', () => {
    expect(mergeRequestBody({ ...run, evidence: [] }, context)).toContain(
      '- [ ] AC1 slugify keeps digits — not proven',
    );
  });
});

test('terminal pages of stages', async () => {
  const names = ['triaging', 'awaiting-answer', 'awaiting-approval', 'working-two', 'verify-inspecting'];
  const pages = names.map((name) => runPage(stageIn(name), context));
  await expect(pages.join('\n----\n\n')).toMatchFileSnapshot('golden/stage-terminal.txt');
});

test.each([
  [a.startMs, '21 November, 09:00 UTC'],
  [Date.UTC(2028, 1, 29, 23, 59, 59), '29 February, 23:59 UTC'],
  [Date.UTC(2027, 0, 1), '1 January, 00:00 UTC'],
])('momentText(%i) is %j', (atMs, text) => {
  expect(momentText(atMs)).toBe(text);
});
