import { checkShape, readYaml } from './parse.js';
import type { Parsed } from './problem.js';
import { repositorySchema, type CheckedRepositoryConfig } from './repository-schema.js';
import { unbuiltRepositoryKeys, type UnbuiltKey } from './unbuilt.js';

/** What a repository says about itself: durations in ms, defaults filled in; `checks` is left out where they are to be detected. */
export interface RepositoryConfig extends CheckedRepositoryConfig {
  /** What was written and has no effect yet. */
  readonly unbuilt: readonly UnbuiltKey[];
}

/** Reads the text of `.fleet/config.yml`; an empty one gives the defaults. */
export function parseRepositoryConfig(text: string): Parsed<RepositoryConfig> {
  const yaml = readYaml(text);
  if ('problems' in yaml) return yaml;
  const checked = checkShape(repositorySchema, yaml.value);
  if ('problems' in checked) return checked;
  return { value: { ...checked.value, unbuilt: unbuiltRepositoryKeys(yaml.value) } };
}
