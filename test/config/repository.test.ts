import { describe, expect, test } from 'vitest';
import { problemLine } from '../../src/config/problem.js';
import { parseRepositoryConfig } from '../../src/config/repository.js';

const defaults = {
  checkTimeoutMs: 600_000,
  planApproval: false,
  parallelTasks: 2,
  review: { settleMs: 60_000, maxRounds: 10, resolveThreads: true },
  budgets: { attemptsPerTask: 6, replans: 2, wallTimeMs: 21_600_000, tokens: 5_000_000, costUsd: 20 },
  retryBlocked: { afterMs: 43_200_000, times: 3 },
  protectedPaths: ['.github/**', '.gitlab-ci.yml'],
  network: [],
  ci: 'auto',
  conflicts: 'merge',
  splitIssues: false,
  intents: {},
  audits: [],
  priority: { labels: {} },
  notify: {},
  unbuilt: [],
};

function problems(text: string): readonly string[] {
  const parsed = parseRepositoryConfig(text);
  return 'problems' in parsed ? parsed.problems.map(problemLine) : [];
}

describe('parseRepositoryConfig', () => {
  test.each(['', '# nothing yet\n', '{}'])('%j gives the defaults', (text) => {
    expect(parseRepositoryConfig(text)).toEqual({ value: defaults });
  });

  test('checks keep their order', () => {
    const text = 'label: robot\nbase: release/1.x\nsetup: npm ci\nchecks: { zeta: z, alpha: a }\ncheckTimeout: 90s';
    expect(parseRepositoryConfig(text)).toEqual({
      value: {
        ...defaults,
        ...{ label: 'robot', base: 'release/1.x', setup: 'npm ci', checkTimeoutMs: 90_000 },
        checks: [
          { name: 'zeta', command: 'z' },
          { name: 'alpha', command: 'a' },
        ],
      },
    });
  });

  test('every problem at once', async () => {
    const text = `
check: { lint: x }
base: --upload-pack=x
checks: { lint: 1, "2": x, test: "" }
checkTimeout: 0s
protectedPaths: .github
parallelTasks: 0
review: { settle: soon }
budgets: { tokens: many }
ci: sometimes
audits: [{ name: a, cron: daily, timezone: Mars/Olympus }]
sentry: { levels: [loud] }
intents: { db: { roles: { coder: [x] } } }
label:
`;
    await expect(`${problems(text).join('\n')}\n`).toMatchFileSnapshot('golden/repository-problems.txt');
  });

  test.each([
    ['checks: {lint: [', /^line 1, column \d+: got broken YAML/],
    ['just words', /^whole file: got "just words", expected keys and values$/],
  ])('%j is refused', (text, line) => {
    expect(problems(text)[0]).toMatch(line);
  });
});
