import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Repository } from '../../src/domain/forge.js';
import { parseGitHub } from '../../src/forge/github/inbox.js';

const payloads = new URL('payloads/github/', import.meta.url);
const own = { appId: 4711, botId: '900' };
const known: readonly Repository[] = [
  { forge: 'github', id: '5', path: 'octo/kept', defaultBranch: 'trunk', installation: '16598467' },
  { forge: 'github', id: '6', path: 'octo/foreign', defaultBranch: 'main', installation: '1' },
  { forge: 'github', id: '186853007', path: 'octo/known', defaultBranch: 'develop', installation: '2' },
];

function payloadOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, payloads), 'utf8')) as Record<string, unknown>;
}

const receivedAtMs = Date.UTC(2026, 0, 1);

describe('parseGitHub', () => {
  test.each(readdirSync(payloads).map((file) => file.replace(/\.json$/, '')))('%s', async (name) => {
    const event = name.split('.')[0] ?? '';
    const events = parseGitHub({ event, payload: payloadOf(name), receivedAtMs, known }, own);
    await expect(`${JSON.stringify(events, undefined, 2)}\n`).toMatchFileSnapshot(`golden/github/${name}.json`);
  });

  test('without the bot’s id, comments of the app are still its own', () => {
    const payload = payloadOf('issue_comment.created-by-fleet');
    const delivery = { event: 'issue_comment', payload, receivedAtMs, known };
    expect(parseGitHub(delivery, { appId: 4711, botId: undefined })).toEqual([]);
  });

  test.each(
    'issues issue_comment pull_request pull_request_review pull_request_review_comment check_suite status installation installation_repositories repository'.split(
      ' ',
    ),
  )('a delivery of %s in a shape that GitHub does not have is refused whole', (event) => {
    const broken = { event, payload: { action: 'deleted' }, receivedAtMs, known };
    const parse = (payload: unknown): unknown => parseGitHub({ ...broken, payload }, own);
    for (const payload of [undefined, [], 'text', { action: 7 }]) {
      expect(() => parse(payload)).toThrow(expect.objectContaining({ name: 'ZodError' }) as Error);
    }
  });

  test('a time that is none is refused', () => {
    const payload = payloadOf('issues.labeled');
    const issue = { ...(payload['issue'] as object), updated_at: 'soon' };
    const delivery = { event: 'issues', payload: { ...payload, issue }, receivedAtMs, known };
    expect(() => parseGitHub(delivery, own)).toThrow();
  });
});
