import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { needsPerson } from '../domain/failure.js';
import type { World } from './world.js';

/** An issue as somebody wrote it down. */
export interface WrittenIssue {
  readonly title: string;
  readonly body: string;
}

/** Reads an issue from a file, or from standard input for `-`. */
export async function readIssue(world: World, path: string): Promise<WrittenIssue> {
  const text = path === '-' ? await world.readInput() : await readText(resolve(world.cwd, path));
  const issue = parseIssue(text);
  if (issue !== undefined) return issue;
  throw needsPerson('configurationBroken', [
    `${path} is empty: its first heading or line is the issue's title, the rest its body.`,
  ]);
}

/** The first `# heading`, else the first line, is the title; the rest is the body. Front matter is left out. */
export function parseIssue(text: string): WrittenIssue | undefined {
  const lines = text
    .replaceAll('\r\n', '\n')
    .replace(/^\uFEFF?(?:---\n(?:[\s\S]*?\n)?---(?:\n|$))?/, '')
    .split('\n');
  const first = lines.findIndex((line) => line.trim() !== '');
  if (first === -1) return undefined;
  const heading = lines.findIndex((line) => /^#\s+\S/.test(line));
  const at = heading === -1 ? first : heading;
  const title = (lines[at] ?? '').replace(/^#+\s+/, '').trim();
  const body = [...lines.slice(0, at), ...lines.slice(at + 1)].join('\n').trim();
  return { title, body };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw needsPerson('configurationBroken', [`The issue file ${path} cannot be read: ${why}.`], error);
  }
}
