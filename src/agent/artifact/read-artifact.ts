import type { z } from 'zod';
import type { Reading } from '../../ports/agent.js';
import { readJson } from './read-json.js';
import type { ArtifactName } from './schemas.js';

/** Enough for an agent to act on; more would only fill its prompt. */
const maxProblems = 50;

/** Reads an artifact and holds it against its schema; what does not fit is told with its place in the file. */
export async function readArtifact<S extends z.ZodType>(
  folder: string,
  name: ArtifactName,
  schema: S,
): Promise<Reading<z.output<S>>> {
  const file = `${name}.json`;
  const read = await readJson(folder, file);
  if ('problems' in read) return read;
  const shaped = schema.safeParse(read.value);
  if (shaped.success) return { value: shaped.data };
  return { problems: bounded(shaped.error.issues.map(({ path, message }) => `${placeOf(path, file)}: ${message}`)) };
}

/** `tasks[0].title`, as an agent would write it. */
function placeOf(path: readonly PropertyKey[], file: string): string {
  const joined = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${String(key)}`)).join('');
  return joined === '' ? file : joined.replace(/^\./, '');
}

/** As many problems as go back to an agent. */
export function bounded(problems: readonly string[]): readonly string[] {
  if (problems.length <= maxProblems) return problems;
  return [...problems.slice(0, maxProblems), `… and ${problems.length - maxProblems} more`];
}
