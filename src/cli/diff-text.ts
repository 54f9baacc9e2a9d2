import { harmless, type Paint } from './terminal.js';

/** A unified diff, coloured line by line. */
export function diffText(diff: string, paint: Paint): string {
  return harmless(diff)
    .trimEnd()
    .split('\n')
    .map((line) => {
      if (/^(?:diff |index |--- |\+\+\+ |new file|deleted file)/.test(line)) return paint('bold', line);
      if (line.startsWith('@@')) return paint('cyan', line);
      if (line.startsWith('+')) return paint('green', line);
      return line.startsWith('-') ? paint('red', line) : line;
    })
    .join('\n');
}
