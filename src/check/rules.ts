import { needsPerson } from '../domain/failure.js';
import type { Check } from '../domain/check.js';
import type { ReviewPolicy, RunPolicy } from '../domain/policy.js';
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
}

export interface RulesOptions {
  /** Reads the file's text; problems are lines for people. An empty text gives the defaults. */
  readonly parse: (text: string) => { readonly value: WrittenRules } | { readonly problems: readonly string[] };
  readonly detect: (files: TreeFiles) => Promise<{ readonly setup?: string; readonly checks: readonly Check[] }>;
  readonly agents: RunPolicy['agents'];
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
    return {
      ...(value.label === undefined ? {} : { label: value.label }),
      base: value.base ?? repository.defaultBranch,
      policy: (base) => policyOf(options, value, { base: value.base ?? repository.defaultBranch, files: base }),
    };
  };
}

async function policyOf(
  { detect, agents }: RulesOptions,
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
    agents,
    ...(setup === undefined ? {} : { setup }),
    ...(written.tests === undefined ? {} : { tests: written.tests }),
  };
}
