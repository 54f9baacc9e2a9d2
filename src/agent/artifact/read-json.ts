import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reading } from '../../ports/agent.js';

const maxBytes = 1024 * 1024;

/** Reads JSON that an agent wrote; whatever it left there is told as a problem, never thrown. */
export async function readJson(folder: string, name: string): Promise<Reading<unknown>> {
  try {
    const text = await readBounded(join(folder, name));
    if (typeof text === 'string') return { value: JSON.parse(text) as unknown };
    return { problems: [`${name}: ${text.problem}`] };
  } catch (error) {
    if (error instanceof SyntaxError) return { problems: [`${name} is not JSON: ${error.message}`] };
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    if (code === 'ENOENT')
      return { problems: [`${name} is missing: write it into the folder that FLEET_ARTIFACTS names`] };
    return { problems: [`${name} cannot be read (${code}): it must be a regular file`] };
  }
}

async function readBounded(path: string): Promise<string | { readonly problem: string }> {
  // A link could lead anywhere, and opening a named pipe would wait for ever.
  const file = await open(path, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  try {
    const stat = await file.stat();
    if (!stat.isFile()) return { problem: 'it must be a regular file' };
    if (stat.size > maxBytes) return { problem: `it has ${(stat.size / 1e6).toFixed(1)} MB; at most 1 MB is read` };
    return await file.readFile('utf8');
  } finally {
    await file.close();
  }
}
