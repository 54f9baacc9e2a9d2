import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';

/** Options of execa that can travel between processes. */
export interface StartOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly extendEnv: false;
  readonly reject: false;
  readonly stripFinalNewline: false;
  readonly input: string;
  /** In ms. */
  readonly timeout: number;
  readonly maxBuffer: number;
}

/** How a program ended; without an exit code it was killed or did not start, for the reason in `shortMessage`. */
export interface ProgramEnd {
  readonly exitCode?: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
  readonly shortMessage?: string | undefined;
}

/** Runs programs to their end. */
export interface Starter {
  run(file: string, args: readonly string[], options: StartOptions): Promise<ProgramEnd>;
  close(): Promise<void>;
}

/** Programs as children of this process. */
export const startHere: Starter = {
  run: (file, args, options) => execa(file, args, options),
  close: () => Promise.resolve(),
};

const script = fileURLToPath(new URL('small-process.mjs', import.meta.url));

/**
 * Programs as children of a small process, which is there from the first call on. Starting one copies the memory map of
 * whoever starts it: in a process that holds the embedded database that takes 5 ms, and nothing else runs meanwhile.
 */
export function startApart(): Starter {
  const waiting = new Map<number, (end: ProgramEnd) => void>();
  let child: ChildProcess | undefined;
  let calls = 0;

  function begin(): ChildProcess {
    const begun = fork(script, { env: {}, execArgv: [], stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    begun.on('message', (message) => {
      const { id, end } = message as { readonly id: number; readonly end: ProgramEnd };
      waiting.get(id)?.(end);
      waiting.delete(id);
    });
    const lose = (): void => {
      if (child === begun) child = undefined;
      for (const give of waiting.values())
        give({ stdout: '', stderr: '', shortMessage: 'the process that starts programs has ended' });
      waiting.clear();
    };
    begun.once('exit', lose).once('error', lose);
    return begun;
  }

  return {
    run: (file, args, options) =>
      new Promise((resolve) => {
        calls += 1;
        waiting.set(calls, resolve);
        // One that has just ended is replaced by the next call; this one is told by its end.
        (child ??= begin()).send({ id: calls, file, args, options }, () => undefined);
      }),
    close: async () => {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.disconnect();
      await ended;
    },
  };
}
