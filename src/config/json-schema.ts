import { z } from 'zod';
import { operatorSchema } from './operator-schema.js';
import { repositorySchema } from './repository-schema.js';

/** The JSON Schema of what a person may write, with descriptions and defaults, for editors. */
export function configSchema(name: 'config' | 'repository'): object {
  return z.toJSONSchema(name === 'config' ? operatorSchema : repositorySchema, { io: 'input' });
}
