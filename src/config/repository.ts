import { checkShape, readYaml } from './parse.js';
import type { Parsed } from './problem.js';
import { repositorySchema, type RepositoryConfig } from './repository-schema.js';

/** Reads the text of `.fleet/config.yml`; an empty one gives the defaults. */
export function parseRepositoryConfig(text: string): Parsed<RepositoryConfig> {
  const yaml = readYaml(text);
  return 'problems' in yaml ? yaml : checkShape(repositorySchema, yaml.value);
}
