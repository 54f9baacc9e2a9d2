import { execFile } from 'node:child_process';
import { closeSync, constants, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Both ends of a child's standard streams. */
export interface Pipes {
  /** Descriptors for the child, 0 to 2. The parent closes its own once the child has them. */
  readonly childEnds: readonly [number, number, number];
  readonly stdout: Socket;
  readonly stderr: Socket;
}

/**
 * Opens real pipes, and a file for standard input. Node's own are sockets, and a program that opens /dev/stdin,
 * /dev/stdout or /dev/stderr, as many scripts do, gets ENXIO on a socket.
 */
export async function openPipes(mkfifo: string, stdin: string): Promise<Pipes> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-pipes-'));
  try {
    const [input, output, error] = ['in', 'out', 'err'].map((name) => join(folder, name)) as [string, string, string];
    await Promise.all([writeFile(input, stdin, { mode: 0o600 }), promisify(execFile)(mkfifo, [output, error])]);
    const [stdout, stderr] = [readingEnd(output), readingEnd(error)];
    return { childEnds: [openSync(input, 'r'), openSync(output, 'w'), openSync(error, 'w')], stdout, stderr };
  } finally {
    // What is open needs no name.
    await rm(folder, { recursive: true, force: true });
  }
}

/** Closes the parent's copies of the child's ends, without which no end of file would come. */
export function closeChildEnds(pipes: Pipes): void {
  for (const descriptor of pipes.childEnds) closeSync(descriptor);
}

function readingEnd(path: string): Socket {
  // Opened before the writing end; without O_NONBLOCK each would wait for the other.
  return new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK), readable: true, writable: false });
}
