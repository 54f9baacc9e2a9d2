import { expect, test } from 'vitest';
import { createRules } from '../../src/check/rules.js';
import { parseRepositoryConfig } from '../../src/config/repository.js';
import { problemLine } from '../../src/config/problem.js';
import type { TreeFiles } from '../../src/ports/workspace.js';
import { aRepository } from '../support/builders.js';

async function policyOf(text: string) {
  const pages: Readonly<Record<string, string>> = { '.fleet/config.yml': text, '.fleet/skills/sql.md': '# SQL' };
  const files: TreeFiles = {
    sha: 'c0',
    list: () => Promise.resolve([]),
    read: (path) => Promise.resolve(pages[path]),
  };
  const rules = createRules({
    parse: (written) => {
      const parsed = parseRepositoryConfig(written);
      return 'value' in parsed ? parsed : { problems: parsed.problems.map(problemLine) };
    },
    detect: () => Promise.resolve({ checks: [] }),
    agents: { planner: ['opus'], developer: ['opus'] },
    vendors: { opus: 'anthropic', codex: 'openai' },
    questionDeadlineMs: 86_400_000,
  });
  const { policy } = await rules(aRepository(), files);
  return policy(files);
}

test("what counts as a test is the repository's to say", async () => {
  expect((await policyOf('tests: ["check/**"]')).tests).toEqual(['check/**']);
  expect('tests' in (await policyOf(''))).toBe(false);
});

test.each([
  ['', { settleMs: 60_000, maxRounds: 10, resolveThreads: true, conflicts: 'merge' }],
  [
    'review: { settle: 5s, maxRounds: 3, resolveThreads: false }\nconflicts: rebase',
    { settleMs: 5000, maxRounds: 3, resolveThreads: false, conflicts: 'rebase' },
  ],
])('rounds are kept as the repository says: %j', async (text, review) => {
  expect((await policyOf(text)).review).toEqual(review);
});

test.each(['review: { maxRounds: 0 }', 'conflicts: squash', 'review: { settle: soon }'])(
  'a configuration that says otherwise is told: %s',
  async (text) => {
    await expect(policyOf(text)).rejects.toMatchObject({ reason: { kind: 'needsPerson' } });
  },
);

test('what an issue may be about calls for agents and pages that are there', async () => {
  const { intents, vendors } = await policyOf(
    'intents: { database: { roles: { developer: [codex] }, skills: [sql] } }',
  );
  expect([intents, vendors]).toEqual([
    { database: { roles: { developer: ['codex'] }, skills: ['sql'] } },
    { opus: 'anthropic', codex: 'openai' },
  ]);
});

test('an agent or a page that is not there is told with its place, all of them at once', async () => {
  const text = 'intents: { database: { roles: { developer: [gpt] }, skills: [sql, ../secrets] } }';
  await expect(policyOf(text)).rejects.toMatchObject({
    reason: {
      obstacle: {
        kind: 'configurationBroken',
        details: [
          '.fleet/config.yml: intents.database.roles.developer: gpt is no agent of this Fleet',
          '.fleet/config.yml: intents.database.skills: .fleet/skills/../secrets.md is not there, or larger than 1 MB',
        ],
      },
    },
  });
});
