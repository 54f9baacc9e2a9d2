import { describe, expect, test } from 'vitest';
import type { Notice } from '../../src/domain/effect.js';
import type { Run } from '../../src/domain/run.js';
import { obstacleWords } from '../../src/render/obstacle.js';
import { noticeComment } from '../../src/render/notice.js';
import { statusComment } from '../../src/render/status-comment.js';
import { aBlockedPhase, anObstacle, aRepository, aRun, settingsOf, startMs } from '../support/builders.js';
import { hostile, runIn, runs } from './cases.js';

const context = { settings: settingsOf(), nowMs: startMs + 185_000 };

function status(run: Run): string {
  const { marker, body } = statusComment(run, context);
  return `${marker}\n${body}\n`;
}

function notice(run: Run, about: Notice): string {
  const { marker, body } = noticeComment(run, about, { ...context, key: `${run.id}.5.0` });
  return `${marker}\n${body}\n`;
}

const reply = (text: Extract<Notice, { kind: 'reply' }>['text']): Notice => ({
  kind: 'reply',
  commentId: 'c9',
  place: 'issue',
  text,
});

describe('statusComment', () => {
  test.each(Object.keys(runs))('%s', async (name) => {
    await expect(status(runIn(name))).toMatchFileSnapshot(`golden/status-${name}.md`);
  });

  test('hostile texts', async () => {
    await expect(status(hostile)).toMatchFileSnapshot('golden/status-hostile.md');
  });

  test('uses the words of the forge', async () => {
    const run = { ...runIn('in-review'), repository: aRepository({ forge: 'gitlab' }) };
    await expect(status(run)).toMatchFileSnapshot('golden/status-in-review-gitlab.md');
  });

  test('is found by its marker, whatever the run and phase', () => {
    const { marker, find } = statusComment(aRun(), { ...context, settings: settingsOf({ markerPrefix: 'bots' }) });
    expect({ marker, find }).toEqual({
      marker: '<!-- bots:v1 kind=status run=r1 phase=queued -->',
      find: '<!-- bots:v1 kind=status ',
    });
  });

  test.each(['unlabelled', 'issueClosed', 'repositoryLost', 'otherLabel'] as const)('cancelled: %s', (why) => {
    expect(statusComment(aRun({ phase: { name: 'cancelled', why } }), context).body).toMatch(
      /^\*\*Stopped\.\*\* \S.*\.$/m,
    );
  });
});

describe('noticeComment', () => {
  test.each<readonly [string, Run, Notice]>([
    ['blocked', runIn('blocked'), { kind: 'blocked', obstacle: anObstacle() }],
    ['blocked-hostile', hostile, { kind: 'blocked', obstacle: aBlockedPhase(hostile.phase as never).obstacle }],
    ['ready', runIn('in-review'), { kind: 'ready' }],
    ['help', runIn('working'), reply('help')],
    ['status', runIn('working'), reply('status')],
    ['not-blocked', runIn('working'), reply('notBlocked')],
    ['not-built', runIn('working'), reply('notBuilt')],
    ['agent-picked', { ...runIn('working'), agent: 'codex' }, reply('agentPicked')],
    ['unknown-agent', runIn('working'), reply('unknownAgent')],
    ['no-merge-request', runIn('working'), reply('noMergeRequest')],
  ])('%s', async (name, run, about) => {
    await expect(notice(run, about)).toMatchFileSnapshot(`golden/notice-${name}.md`);
  });

  test('configuration: every problem is named', async () => {
    const details = [
      '`.fleet/config.yml`: checks.a: got 1, expected text',
      '`.fleet/config.yml`: foo: got 1, expected a known key',
    ];
    const about: Notice = { kind: 'blocked', obstacle: { kind: 'configurationBroken', details } };
    await expect(notice(aRun(), about)).toMatchFileSnapshot('golden/notice-configuration-broken.md');
  });

  test('each matter has a marker of its own, and is found by it', () => {
    const { marker, find } = noticeComment(aRun(), { kind: 'ready' }, { ...context, key: 'r1.9.1' });
    expect({ marker, find }).toEqual({
      marker: '<!-- fleet:v1 kind=ready run=r1 key=r1.9.1 -->',
      find: '<!-- fleet:v1 kind=ready run=r1 key=r1.9.1 -->',
    });
  });
});

test('every obstacle says what a person can do', async () => {
  const kinds = [
    ...(['checksRed', 'planMissing', 'agentFailed', 'noAgent', 'changeRefused', 'pushRefused'] as const),
    ...(['emptyRepository', 'baseReplaced', 'configurationBroken', 'setupFailed', 'forgeRefused', 'spent'] as const),
    ...(['roundsSpent', 'sameDemand', 'ciStaysRed', 'notProven', 'rejected', 'verdictMissing', 'budgetSpent'] as const),
    'receiptMissing' as const,
  ];
  const page = kinds
    .map((kind) => `${kind}: ${obstacleWords(kind).what}\n  ${obstacleWords(kind).wayOut}\n`)
    .join('\n');
  await expect(page).toMatchFileSnapshot('golden/obstacles.txt');
});
