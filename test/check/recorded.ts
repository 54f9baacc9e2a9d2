import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { keptLines } from '../../src/check/kept-lines.js';
import type { Line } from '../../src/check/report/read-report.js';

const folder = join(import.meta.dirname, 'fixtures/report');

/** Names of what was recorded, in order. */
export const recordings = [
  ...new Set(
    readdirSync(folder)
      .filter((file) => file.endsWith('.txt'))
      .map((file) => file.split('.')[0] ?? ''),
  ),
].sort();

/** Text of a recorded file; empty when nothing was printed there. */
export function recorded(file: string): string {
  const path = join(folder, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : '';
}

/** Lines as Fleet keeps them of what was printed, in this order. */
export function linesOf(...printed: readonly (readonly [Line['stream'], string])[]): readonly Line[] {
  const kept = keptLines();
  for (const [stream, text] of printed) kept.add(stream)(Buffer.from(text));
  return kept.lines();
}

/** All lines of a recording. */
export function recordedLines(name: string): readonly Line[] {
  return linesOf(['stdout', recorded(`${name}.stdout.txt`)], ['stderr', recorded(`${name}.stderr.txt`)]);
}
