import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { inNamespace, killNamespace, signal } from './namespace.js';
import type { Containment, ProcessOrder } from './order.js';
import { closeChildEnds, openPipes, type Pipes } from './pipes.js';
import type { Tree } from './tree-usage.js';

/** Between SIGTERM and SIGKILL; guard.mjs keeps its own. The whole tree is to be gone within 2 s. */
const graceMs = 1000;

const guardScript = fileURLToPath(new URL('guard.mjs', import.meta.url));

/** A contained program that was started, and the way to end it. */
export interface Started {
  /** Its exit code is the program's, and it ends when the tree is gone. */
  readonly child: ChildProcess;
  readonly pipes: Pipes;
  readonly tree: Tree;
  /** Asks the tree to end, then kills it. */
  readonly stop: () => void;
}

/** Starts a program; throws what spawn throws. */
export async function startContained(containment: Containment, order: ProcessOrder): Promise<Started> {
  const pipes = await openPipes(containment.mkfifo, order.stdin ?? '');
  try {
    const started = containment.kind === 'namespace' ? inNamespaces(containment, order, pipes) : guarded(order, pipes);
    return { ...started, pipes };
  } catch (error) {
    pipes.stdout.destroy();
    pipes.stderr.destroy();
    throw error;
  } finally {
    closeChildEnds(pipes);
  }
}

function inNamespaces(
  containment: Containment & { kind: 'namespace' },
  order: ProcessOrder,
  { childEnds }: Pipes,
): Omit<Started, 'pipes'> {
  const [program, ...args] = inNamespace(containment, order);
  const child = spawn(program, args, { cwd: order.cwd, env: order.env, detached: true, stdio: [...childEnds] });
  const stop = (): void => {
    const pid = child.pid;
    if (pid === undefined) return;
    signal(-pid, 'SIGTERM');
    const timer = setTimeout(killNamespace, graceMs, pid);
    child.once('exit', () => {
      clearTimeout(timer);
    });
  };
  return { child, tree: { root: child.pid ?? 0 }, stop };
}

function guarded(order: ProcessOrder, { childEnds }: Pipes): Omit<Started, 'pipes'> {
  const stdio = [...childEnds, 'pipe' as const];
  const child = spawn(process.execPath, [guardScript], { cwd: '/', env: {}, detached: true, stdio });
  const pipe = child.stdio[3] as Writable;
  // A guard that died takes the pipe with it; its exit is what counts.
  pipe.on('error', () => undefined);
  const id = randomUUID();
  pipe.write(`${JSON.stringify({ id, argv: order.argv, cwd: order.cwd, env: order.env })}\n`);
  const tree = { root: child.pid ?? 0, marker: `FLEET_ATTEMPT=${id}` };
  return { child, tree, stop: () => pipe.write('stop\n') };
}
