import type { Reading } from '../../ports/agent.js';
import { cut, readText } from './read-text.js';

/** It goes into prompts; more would crowd out the work. */
const longestText = 20_000;

/** Reads `research.md`; what is too long is cut at a line. */
export async function readResearch(artifacts: string): Promise<Reading<string>> {
  const read = await readText(artifacts, 'research.md');
  if ('problems' in read) return read;
  const text = read.value.trim();
  if (text === '') return { problems: ['research.md is empty: write down what you have found'] };
  return { value: text.length <= longestText ? text : cutAtLine(text) };
}

function cutAtLine(text: string): string {
  const end = '\n…';
  const kept = text.slice(0, longestText - end.length);
  const line = kept.lastIndexOf('\n');
  return line === -1 ? cut(text, longestText) : `${kept.slice(0, line).trimEnd()}${end}`;
}
