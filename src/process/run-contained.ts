import { once } from 'node:events';
import { constants } from 'node:os';
import { findProgram } from './find-program.js';
import type { Containment, Ended, ProcessOrder } from './order.js';
import { startContained, type Started } from './start-contained.js';

/** After the end of the tree; a pipe that is open longer is held by a process that was not found. */
const drainMs = 1000;

type Interruption = 'stopped' | 'wall' | 'flood';

/** Runs a program to its end; when this resolves, no process of it lives. Call it from the main thread: its end is what the kernel watches. */
export async function runContained(containment: Containment, order: ProcessOrder): Promise<Ended> {
  if (order.signal.aborted) return { how: 'stopped' };
  const [name = '', ...args] = order.argv;
  const program = findProgram(name, order.env['PATH'] ?? '');
  if (program === undefined)
    return { how: 'notStarted', reason: `${name || 'an empty command'} is not an executable on PATH` };
  try {
    const started = await startContained(containment, { ...order, argv: [program, ...args] });
    return await untilEnd(started, order);
  } catch (error) {
    return { how: 'notStarted', reason: `${program}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

/** Rejects when the child could not be started. */
async function untilEnd({ child, pipes, tree, stop }: Started, order: ProcessOrder): Promise<Ended> {
  let interruption: Interruption | undefined;
  const watch = watchLimits(order, (why) => {
    if (interruption !== undefined) return;
    interruption = why;
    stop();
  });
  const deliver = (to: (chunk: Buffer) => void) => (chunk: Buffer) => {
    watch.saw(chunk.length);
    if (interruption !== 'flood') to(chunk);
  };
  const closed = [
    pipes.stdout.on('data', deliver(order.onStdout)),
    pipes.stderr.on('data', deliver(order.onStderr)),
  ].map((stream) => once(stream, 'close'));
  const unfollow = order.follow?.(tree);
  try {
    const [code, name] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
    const drain = setTimeout(destroy, drainMs, pipes);
    await Promise.all(closed);
    clearTimeout(drain);
    if (interruption !== undefined) return { how: interruption };
    return { how: 'exited', code: code ?? 128 + (name === null ? 0 : constants.signals[name]) };
  } finally {
    watch.close();
    unfollow?.();
    destroy(pipes);
  }
}

function destroy({ stdout, stderr }: Started['pipes']): void {
  stdout.destroy();
  stderr.destroy();
}

function watchLimits(
  { limits, signal }: ProcessOrder,
  interrupt: (why: Interruption) => void,
): { saw(bytes: number): void; close(): void } {
  const onAbort = (): void => {
    interrupt('stopped');
  };
  signal.addEventListener('abort', onAbort);
  if (signal.aborted) onAbort();
  const wall = setTimeout(interrupt, limits.wallMs, 'wall');
  let bytes = 0;
  return {
    saw(count) {
      bytes += count;
      if (bytes > (limits.outputBytes ?? Infinity)) interrupt('flood');
    },
    close() {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(wall);
    },
  };
}
