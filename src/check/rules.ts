import { needsPerson } from '../domain/failure.js';
import type { Check } from '../domain/check.js';
import type { Intent, ReviewPolicy, RunPolicy } from '../domain/policy.js';
import type { RepositoryRules, RulesReader } from '../ports/check.js';
import type { TreeFiles } from '../ports/workspace.js';

/** Path of the repository's own configuration; read from the default branch only. */
const repositoryConfigPath = '.fleet/config.yml';

/** Attempts of a stage that may fail before a person is asked. */
const failures = 3;

/** What of `.fleet/config.yml` the rules are made of. */
export interface WrittenRules {
  readonly label?: string;
  readonly base?: string;
  readonly setup?: string;
  readonly checks?: readonly { readonly name: string; readonly command: string }[];
  readonly checkTimeoutMs: number;
  readonly protectedPaths: readonly string[];
  readonly tests?: readonly string[];
  readonly review: Omit<ReviewPolicy, 'conflicts'>;
  readonly conflicts: ReviewPolicy['conflicts'];
  readonly budgets: RunPolicy['budgets'];
  readonly retryBlocked: RunPolicy['retryBlocked'];
  readonly parallelTasks: number;
  readonly planApproval: boolean;
  readonly intents: Readonly<Record<string, Intent>>;
}

export interface RulesOptions {
  /** Reads the file's text; problems are lines for people. An empty text gives the defaults. */
  readonly parse: (text: string) => { readonly value: WrittenRules } | { readonly problems: readonly string[] };
  readonly detect: (files: TreeFiles) => Promise<{ readonly setup?: string; readonly checks: readonly Check[] }>;
  readonly agents: RunPolicy['agents'];
  /** Every agent that the operator has configured, and who makes it. */
  readonly vendors: RunPolicy['vendors'];
  readonly questionDeadlineMs: number;
}

/** Rules of a repository: what its configuration says, and for what it leaves out, what its files tell. */
export function createRules(options: RulesOptions): RulesReader {
  return async (repository, files): Promise<RepositoryRules> => {
    const read = options.parse((await files.read(repositoryConfigPath)) ?? '');
    if ('problems' in read)
      throw needsPerson(
        'configurationBroken',
        read.problems.map((line) => `${repositoryConfigPath}: ${line}`),
      );
    const { value } = read;
    await mustBeThere(options, value.intents, files);
    return {
      ...(value.label === undefined ? {} : { label: value.label }),
      base: value.base ?? repository.defaultBranch,
      policy: (base) => policyOf(options, value, { base: value.base ?? repository.defaultBranch, files: base }),
    };
  };
}

/** A repository picks among the operator's agents, and its skills are pages of its own. */
async function mustBeThere(
  { vendors }: RulesOptions,
  intents: WrittenRules['intents'],
  files: TreeFiles,
): Promise<void> {
  const unknown = Object.entries(intents).flatMap(([name, { roles }]) =>
    Object.entries(roles).flatMap(([role, agents]) =>
      agents
        .filter((agent) => !Object.hasOwn(vendors, agent))
        .map((agent) => `intents.${name}.roles.${role}: ${agent} is no agent of this Fleet`),
    ),
  );
  const skills = Object.entries(intents).flatMap(([name, intent]) => intent.skills.map((skill) => ({ name, skill })));
  const looked = skills.map(async ({ name, skill }) => {
    const path = `.fleet/skills/${skill}.md`;
    const isThere = (await files.read(path)) !== undefined;
    return isThere ? [] : [`intents.${name}.skills: ${path} is not there, or larger than 1 MB`];
  });
  const problems = [...unknown, ...(await Promise.all(looked)).flat()];
  if (problems.length === 0) return;
  throw needsPerson(
    'configurationBroken',
    problems.map((line) => `${repositoryConfigPath}: ${line}`),
  );
}

async function policyOf(
  { detect, agents, vendors, questionDeadlineMs }: RulesOptions,
  written: WrittenRules,
  at: { readonly base: string; readonly files: TreeFiles },
): Promise<RunPolicy> {
  const detected =
    written.checks === undefined || written.setup === undefined ? await detect(at.files) : { checks: [] };
  const setup = written.setup ?? detected.setup;
  const checks = written.checks?.map((check): Check => ({ ...check, source: 'configured' })) ?? detected.checks;
  return {
    base: at.base,
    checks,
    checkTimeoutMs: written.checkTimeoutMs,
    protectedPaths: written.protectedPaths,
    review: { ...written.review, conflicts: written.conflicts },
    budgets: written.budgets,
    retryBlocked: written.retryBlocked,
    failures,
    parallelTasks: written.parallelTasks,
    planApproval: written.planApproval,
    intents: written.intents,
    questionDeadlineMs,
    agents,
    vendors,
    ...(setup === undefined ? {} : { setup }),
    ...(written.tests === undefined ? {} : { tests: written.tests }),
  };
}
