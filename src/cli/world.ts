import type { Config } from '../config/config.js';
import type { Problem } from '../config/problem.js';
import type { RunGit } from '../forge/local/git.js';
import type { FleetMain } from './fleet-port.js';
import type { Terminal } from './terminal.js';

/** What commands have to work with; `cli.ts` makes it. What costs time to load is loaded when it is asked for. */
export interface World {
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly version: string;
  /** Everything on standard input. */
  readonly readInput: () => Promise<string>;
  /** Aborted by Ctrl-C or SIGTERM; a second one ends the process. */
  readonly interrupted: AbortSignal;
  readonly configure: (
    use: 'server' | 'command',
  ) => { readonly config: Config } | { readonly problems: readonly Problem[] };
  readonly main: () => Promise<FleetMain>;
  /** The JSON Schema of that name as text, or undefined. */
  readonly schema: (name: string) => Promise<string | undefined>;
  readonly git: (config: Config) => RunGit;
}
