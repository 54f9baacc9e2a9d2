import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

const script = fileURLToPath(new URL('./child.ts', import.meta.url));

export interface Child {
  readonly process: ChildProcess;
  /** What it says, a line at a time; undefined when it has ended. */
  next(): Promise<string | undefined>;
  kill(): Promise<void>;
}

/** Starts test/store/child.ts; what still runs after the test is killed. */
export function startChild(mode: 'lock' | 'open' | 'write', folder: string): Child {
  const child = spawn(process.execPath, ['--import', 'tsx', script, mode, folder], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await ended;
  };
  onTestFinished(kill);
  return {
    process: child,
    next: async () => {
      const line = await lines.next();
      return line.done === true ? undefined : line.value;
    },
    kill,
  };
}
