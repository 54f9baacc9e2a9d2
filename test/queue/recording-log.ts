import type { Log } from '../../src/ports.js';

type Line = Readonly<Record<string, unknown>>;

/** A log that keeps its warnings and errors. */
export function recordingLog(): Log & { readonly lines: Line[] } {
  const lines: Line[] = [];
  const note = (level: string) => (fields: object, message: string) => {
    lines.push({ level, message, ...fields });
  };
  const silent = (): void => undefined;
  const log = { lines, debug: silent, info: silent, warn: note('warn'), error: note('error'), child: () => log };
  return log;
}
