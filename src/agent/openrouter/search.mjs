import { readdirSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { createContext, Script } from 'node:vm';
import { textOf } from './files.mjs';
import { placeOf, Refused } from './places.mjs';

const mostMatches = 200;
const mostCharacters = 300;
/** A pattern can take for ever on one line: in a context of its own it can be ended. */
const timeMs = 5000;
const skipped = new Set(['.git', 'node_modules']);
const matching = new Script(
  `text.split('\\n').flatMap((line, index) => new RegExp(regex).test(line) ? [[index + 1, line]] : [])`,
);

export function search({ regex, path = '.' }) {
  const place = placeOf(path ?? '.');
  mustBeRegex(regex);
  const untilMs = performance.now() + timeMs;
  const found = [];
  for (const file of filesBelow(place)) {
    found.push(...matchesIn(file, regex, untilMs));
    if (found.length >= mostMatches) break;
  }
  if (found.length === 0) return { text: 'nothing matches' };
  const more = found.length > mostMatches ? '\n… and more: narrow it down' : '';
  return { text: found.slice(0, mostMatches).join('\n') + more };
}

function mustBeRegex(regex) {
  try {
    new RegExp(regex);
  } catch (error) {
    throw new Refused(error.message);
  }
}

/** Symlinks are not followed. */
function* filesBelow(place) {
  if (!statSync(place).isDirectory()) return void (yield place);
  for (const entry of readdirSync(place, { withFileTypes: true })) {
    if (skipped.has(entry.name)) continue;
    if (entry.isDirectory()) yield* filesBelow(join(place, entry.name));
    else if (entry.isFile()) yield join(place, entry.name);
  }
}

function matchesIn(file, regex, untilMs) {
  const text = readable(file);
  if (text === undefined) return [];
  try {
    const timeout = Math.max(1, Math.ceil(untilMs - performance.now()));
    const lines = matching.runInContext(createContext({ text, regex }), { timeout });
    const name = relative(process.cwd(), file);
    return lines.map(([number, line]) => `${name}:${number}: ${line.slice(0, mostCharacters)}`);
  } catch (error) {
    if (error.code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
    throw new Refused(`the search took more than ${timeMs / 1000} s: use a simpler pattern, or name a folder`);
  }
}

function readable(file) {
  try {
    return textOf(file, file);
  } catch {
    return undefined; // Too large, not a text, or not for us.
  }
}
