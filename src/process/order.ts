import type { NamespacePrograms } from './namespace.js';
import type { Follow } from './tree-usage.js';

/** What keeps a program's processes together, so that none outlives the program or Fleet. */
export type Containment = { readonly mkfifo: string } & (
  | {
      /** Namespaces of the kernel: the whole tree dies with its first process, which dies with Fleet. */
      readonly kind: 'namespace';
      readonly programs: NamespacePrograms;
      /** Made as root, without a user namespace. */
      readonly privileged: boolean;
      /** True when the folders in `ProcessOrder.readOnly` cannot be written by the program. */
      readonly holdsReadOnly: true;
    }
  /** A guard process that looks for what it must end: what clears its environment and leaves its session can hide from it. */
  | { readonly kind: 'guard'; readonly because: string; readonly holdsReadOnly: false }
);

/** A program to be run in a containment of its own. */
export interface ProcessOrder {
  /** The program is an absolute path, or is looked for on `env.PATH`. */
  readonly argv: readonly string[];
  readonly cwd: string;
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Text for standard input, which then ends; without it there is none. */
  readonly stdin?: string;
  /** Existing folders that the program must not write, where the containment can hold that. */
  readonly readOnly: readonly string[];
  readonly limits: ProcessLimits;
  readonly signal: AbortSignal;
  /** Told where the program's processes are found once they run; what it returns is called at their end. */
  readonly follow?: Follow;
  /** Called with what was printed, as it came; must not throw. See `lineSplitter` for lines. */
  readonly onStdout: (chunk: Buffer) => void;
  readonly onStderr: (chunk: Buffer) => void;
}

/** What ends a program that does not end by itself. */
export interface ProcessLimits {
  readonly wallMs: number;
  /** Bytes printed on both streams together. */
  readonly outputBytes?: number;
}

/** How a program ended. Whatever it says: no process of the program lives any more. */
export type Ended =
  /** `code` is 128 + n for a program that died of signal n. */
  | { readonly how: 'exited'; readonly code: number }
  /** `stopped`: the order's signal was aborted. */
  | { readonly how: 'stopped' | 'wall' | 'flood' }
  | { readonly how: 'notStarted'; readonly reason: string };
