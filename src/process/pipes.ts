import { closeSync, openSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takePipe } from './pipe-stock.js';

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
  const input = await openInput(stdin);
  try {
    const [output, error] = await Promise.all([takePipe(mkfifo), takePipe(mkfifo)]);
    return {
      childEnds: [input, output.writing, error.writing],
      stdout: new Socket({ fd: output.reading, readable: true, writable: false }),
      stderr: new Socket({ fd: error.reading, readable: true, writable: false }),
    };
  } catch (error) {
    closeSync(input);
    throw error;
  }
}

/** Closes the parent's copies of the child's ends, without which no end of file would come. */
export function closeChildEnds(pipes: Pipes): void {
  for (const descriptor of pipes.childEnds) closeSync(descriptor);
}

async function openInput(text: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-input-'));
  try {
    await writeFile(join(folder, 'in'), text, { mode: 0o600 });
    return openSync(join(folder, 'in'), 'r');
  } finally {
    // What is open needs no name.
    await rm(folder, { recursive: true, force: true });
  }
}
