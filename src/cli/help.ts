import type { Exit } from './exit.js';

/** Makes a commander action of a command: its exit code is kept for `runCli`. */
export type Keep = <A extends readonly unknown[]>(
  command: (...args: A) => Promise<Exit>,
) => (...args: A) => Promise<void>;

/** Lines for the end of a help text. */
export function examples(...lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ ${line}`).join('\n')}`;
}

export const exitCodes = `
Exit codes: 0 done, 1 the run ended without success, 2 wrong use or configuration,
3 environment (git, sandbox, stores), 4 a person is needed, 130 interrupted.`;
