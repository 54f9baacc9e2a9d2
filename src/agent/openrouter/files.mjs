import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { placeOf, Refused } from './places.mjs';

const mostBytes = 4 * 1024 * 1024;
const mostLines = 1000;
const mostCharacters = 60_000;

export function read({ path, offset = 1, limit = mostLines }) {
  const place = placeOf(path);
  if (statSync(place).isDirectory()) return { text: listOf(place) };
  const lines = textOf(place, path).replace(/\n$/, '').split('\n');
  const first = offset ?? 1;
  const some = lines.slice(first - 1, first - 1 + Math.min(limit ?? mostLines, mostLines));
  const numbered = some.map((line, index) => `${first + index}\t${line}`).join('\n');
  const shown = numbered.slice(0, mostCharacters);
  const cut = shown.length < numbered.length ? ', cut: ask for fewer' : '';
  return { text: `${path}: lines ${first} to ${first + some.length - 1} of ${lines.length}${cut}\n${shown}` };
}

export function edit({ path, old, new: now }) {
  const place = placeOf(path);
  const text = textOf(place, path);
  if (old === '') throw new Refused('old is empty: use write for a new file');
  const count = text.split(old).length - 1;
  if (count !== 1) throw new Refused(`old stands ${count} times in ${path}: it must stand there exactly once`);
  // A function, because a text would have its dollar signs read.
  writeFileSync(
    place,
    text.replace(old, () => now),
  );
  return { text: `edited ${path}`, changed: old !== now };
}

export function write({ path, text }) {
  const place = placeOf(path);
  const before = readIfThere(place);
  mkdirSync(dirname(place), { recursive: true });
  writeFileSync(place, text);
  return { text: `wrote ${path}, ${Buffer.byteLength(text)} bytes`, changed: before !== text };
}

/** The text of a file that a model can read. */
export function textOf(place, path) {
  const { size } = statSync(place);
  if (size > mostBytes) throw new Refused(`${path} is too large: ${size} bytes`);
  const bytes = readFileSync(place);
  if (bytes.includes(0)) throw new Refused(`${path} is not a text file`);
  return bytes.toString('utf8');
}

function listOf(place) {
  const names = readdirSync(place, { withFileTypes: true }).map((entry) =>
    entry.isDirectory() ? `${entry.name}/` : entry.name,
  );
  return names.length === 0 ? 'an empty folder' : names.slice(0, mostLines).join('\n');
}

function readIfThere(place) {
  try {
    return readFileSync(place, 'utf8');
  } catch {
    return undefined; // Whatever else it is, the write that follows tells.
  }
}
