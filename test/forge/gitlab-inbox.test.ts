import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Repository } from '../../src/domain/forge.js';
import { parseGitLab } from '../../src/forge/gitlab/inbox.js';

const payloads = new URL('payloads/gitlab/', import.meta.url);
const ownId = '900';
const known: readonly Repository[] = [
  { forge: 'gitlab', id: '14', path: 'gitlab-org/gitlab-test', defaultBranch: 'master' },
  { forge: 'github', id: '99', path: 'octo/unrelated', defaultBranch: 'main' },
];
const receivedAtMs = Date.UTC(2026, 0, 1);

function payloadOf(name: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`${name}.json`, payloads), 'utf8')) as Record<string, unknown>;
}

describe('parseGitLab', () => {
  test.each(readdirSync(payloads).map((file) => file.replace(/\.json$/, '')))('%s', async (name) => {
    const events = parseGitLab({ payload: payloadOf(name), receivedAtMs, known }, ownId);
    await expect(`${JSON.stringify(events, undefined, 2)}\n`).toMatchFileSnapshot(`golden/gitlab/${name}.json`);
  });

  test.each(['issue', 'note', 'merge_request'])(
    'a delivery of %s in a shape that GitLab does not have is refused whole',
    (kind) => {
      for (const payload of [undefined, [7], 'text', { object_kind: 7 }, { object_kind: kind }]) {
        const parse = (): unknown => parseGitLab({ payload, receivedAtMs, known }, ownId);
        expect(parse).toThrow(expect.objectContaining({ name: 'ZodError' }) as Error);
      }
    },
  );

  test('a time that is none is refused', () => {
    const payload = payloadOf('issue.labelled');
    const broken = { ...(payload['object_attributes'] as object), updated_at: 'soon' };
    const delivery = { payload: { ...payload, object_attributes: broken }, receivedAtMs, known };
    expect(() => parseGitLab(delivery, ownId)).toThrow();
  });

  test('until Fleet’s own account is known, a note of a bot’s is dropped all the same', () => {
    expect(parseGitLab({ payload: payloadOf('note.by-fleet'), receivedAtMs, known }, undefined)).toEqual([]);
  });
});
