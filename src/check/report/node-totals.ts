import type { TestCounts } from '../../domain/check.js';
import { counted } from './part.js';

const words = ['tests', 'suites', 'pass', 'fail', 'cancelled', 'skipped', 'todo', 'duration_ms'];

/** The last totals of Node's test runner in these lines; `to` is the index of their last line. What is still to be done counts as skipped. */
export function totalsOf(
  lines: readonly string[],
  prefix: string,
): { readonly counts: TestCounts; readonly suites: number; readonly to: number } | undefined {
  const begins = words.map((word) => `${prefix}${word} `);
  for (let from = lines.length - words.length; from >= 0; from -= 1) {
    if (!begins.every((begin, index) => lines[from + index]?.startsWith(begin) === true)) continue;
    const of = (word: string) => Number(lines[from + words.indexOf(word)]?.slice(prefix.length + word.length + 1));
    const totals = { found: of('tests'), skipped: of('skipped') + of('todo'), failed: of('fail') + of('cancelled') };
    return { counts: counted('node:test', totals), suites: of('suites'), to: from + words.length - 1 };
  }
  return undefined;
}
