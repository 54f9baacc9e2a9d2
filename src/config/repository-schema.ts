import { z } from 'zod';
import { agentNames, duration, keys, line, textLike, timer } from './schema-parts.js';

const count = z.int().min(1);
const name = textLike(/^[A-Za-z][A-Za-z0-9 ._:-]{0,59}$/, 'a name that begins with a letter');
const areas = ['security', 'tests', 'code', 'dependencies', 'docs'] as const;

const roles = keys({
  triager: agentNames.exactOptional(),
  researcher: agentNames.exactOptional(),
  planner: agentNames.exactOptional(),
  critic: agentNames.exactOptional(),
  developer: agentNames.exactOptional(),
  verifier: agentNames.exactOptional(),
  auditor: agentNames.exactOptional(),
});

const timezone = line().refine(isTimezone, { error: 'a time zone such as Europe/Berlin' }).default('UTC');

const audit = keys({
  name: name.describe('Unique name.'),
  cron: textLike(/^\s*(\S+\s+){4}\S+\s*$/, 'five cron fields such as 0 3 * * *'),
  timezone,
  kinds: z
    .array(z.enum(areas))
    .min(1)
    .default([...areas]),
  scope: z.array(line()).default(['**']),
  maxIssues: count.default(5).describe('Issues that one audit opens at most.'),
  label: z.boolean().default(false).describe('Put the label on what is found, so that runs start.'),
  autofix: z
    .array(z.enum(['low', 'medium', 'high']))
    .default([])
    .describe('Severities that get the label at once.'),
});

const sentry = keys({
  project: line(),
  minEvents: count.default(10),
  minUsers: count.default(3),
  levels: z.array(z.enum(['fatal', 'error', 'warning', 'info', 'debug'])).default(['error', 'fatal']),
  environments: z.array(line()).default(['production']),
  maxAge: duration().prefault('30d'),
  maxOpen: count.default(5),
  watchAfterMerge: duration().prefault('7d'),
}).transform(({ maxAge: maxAgeMs, watchAfterMerge: watchAfterMergeMs, ...rest }) => ({
  ...rest,
  maxAgeMs,
  watchAfterMergeMs,
}));

const review = keys({
  settle: duration().prefault('60s').describe('How long a burst of comments is let settle.'),
  maxRounds: count.default(10),
  resolveThreads: z.boolean().default(true),
}).transform(({ settle: settleMs, ...rest }) => ({ ...rest, settleMs }));

const budgets = keys({
  attemptsPerTask: count.default(6),
  replans: z.int().min(0).default(2),
  wallTime: duration().prefault('6h'),
  tokens: count.default(5_000_000),
  costUsd: z.number().min(0).default(20),
}).transform(({ wallTime: wallTimeMs, ...rest }) => ({ ...rest, wallTimeMs }));

const retryBlocked = keys({ after: duration().prefault('12h'), times: z.int().min(0).default(3) }).transform(
  ({ after: afterMs, times }) => ({ afterMs, times }),
);

/** What a repository may write in `.fleet/config.yml`, with its defaults. */
export const repositorySchema = keys({
  label: line().describe("Overrides the instance's label.").exactOptional(),
  base: textLike(/^(?![-/])(?!.*(\.\.|\/\/|@\{))[^\s~^:?*[\\]+(?<![/.])$/, 'the name of a branch')
    .describe("Target branch; default: the forge's default branch.")
    .exactOptional(),
  setup: line().describe('Run once per worktree, before anything else.').exactOptional(),
  checks: z
    .record(name, line())
    .transform((checks) => Object.entries(checks).map(([title, command]) => ({ name: title, command })))
    .describe('Commands by name, in this order; without it Fleet detects them.')
    .exactOptional(),
  checkTimeout: timer('10m'),
  planApproval: z.boolean().default(false),
  parallelTasks: count.default(2),
  review: review.prefault({}),
  budgets: budgets.prefault({}),
  retryBlocked: retryBlocked.prefault({}),
  tests: z.array(line()).describe('What counts as a test; detected by default.').exactOptional(),
  protectedPaths: z.array(line()).default(['.github/**', '.gitlab-ci.yml']).describe('What a change may not touch.'),
  network: z
    .array(line())
    .default([])
    .describe('Hosts that checks and agents may reach, within what the operator allows.'),
  ci: z.enum(['auto', 'gated']).default('auto'),
  conflicts: z.enum(['merge', 'rebase']).default('merge').describe("`rebase` is never done over people's commits."),
  splitIssues: z.boolean().default(false),
  intents: z.record(name, keys({ roles: roles.prefault({}), skills: z.array(line()).default([]) })).default({}),
  audits: z.array(audit).default([]),
  sentry: sentry.exactOptional(),
  priority: keys({ labels: z.record(line(), z.int()).default({}) }).prefault({}),
  notify: keys({ channel: line().exactOptional() }).prefault({}),
})
  .transform(({ checkTimeout: checkTimeoutMs, ...rest }) => ({ ...rest, checkTimeoutMs }))
  .meta({
    title: '.fleet/config.yml',
    description: "A repository's configuration, read from its default branch only.",
  });

/** What a person may write in `.fleet/config.yml`. */
export type WrittenRepositoryConfig = z.input<typeof repositorySchema>;

/** `.fleet/config.yml` with its defaults. */
export type CheckedRepositoryConfig = z.output<typeof repositorySchema>;

function isTimezone(text: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: text }) instanceof Intl.DateTimeFormat;
  } catch {
    // A RangeError is the only answer that Intl has for an unknown zone.
    return false;
  }
}
