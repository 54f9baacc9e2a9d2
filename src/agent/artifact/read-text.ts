import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reading } from '../../ports/agent.js';

const maxBytes = 1024 * 1024;

/** Reads text that an agent wrote; whatever it left there is told as a problem, never thrown. */
export async function readText(folder: string, name: string): Promise<Reading<string>> {
  try {
    const text = await readBounded(join(folder, name));
    return typeof text === 'string' ? { value: text } : { problems: [`${name}: ${text.problem}`] };
  } catch (error) {
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
    return decoded(await file.readFile());
  } finally {
    await file.close();
  }
}

/** What is no text would come back to the agent in other characters than it wrote. */
function decoded(bytes: Buffer): string | { readonly problem: string } {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return { problem: 'it must be text in UTF-8' };
  }
}

/** At most `length` characters, with `…` for what is left out. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
