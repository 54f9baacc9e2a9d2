import type { Reading } from '../../ports/agent.js';
import { readText } from './read-text.js';

/** Reads JSON that an agent wrote; whatever it left there is told as a problem, never thrown. */
export async function readJson(folder: string, name: string): Promise<Reading<unknown>> {
  const read = await readText(folder, name);
  if ('problems' in read) return read;
  try {
    return { value: JSON.parse(read.value) as unknown };
  } catch (error) {
    return { problems: [`${name} is not JSON: ${error instanceof Error ? error.message : String(error)}`] };
  }
}
