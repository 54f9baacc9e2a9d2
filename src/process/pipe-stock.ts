import { execFile } from 'node:child_process';
import { constants, openSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Both ends as descriptors, which no child inherits by itself. The reading end does not block. */
export interface Pipe {
  readonly reading: number;
  readonly writing: number;
}

/** Pipes that one run of mkfifo makes: starting a program from a large process holds that up for ms. */
const batch = 16;

/** Made and not yet taken, or being made; descriptors belong to the process, and so does this. */
const stock: Pipe[] = [];
const making = new Set<Promise<void>>();

/** Takes a new pipe. Node cannot make one: the program `mkfifo` makes some ahead, which are opened and lose their names at once. */
export async function takePipe(mkfifo: string): Promise<Pipe> {
  for (;;) {
    const pipe = stock.pop();
    if (pipe !== undefined) return pipe;
    if (making.size === 0) {
      const more = makePipes(mkfifo).then((made) => void stock.push(...made));
      making.add(more);
      const done = (): void => void making.delete(more);
      more.then(done, done);
    }
    await Promise.all(making);
  }
}

async function makePipes(mkfifo: string): Promise<readonly Pipe[]> {
  const folder = await mkdtemp(join(tmpdir(), 'fleet-pipes-'));
  try {
    const paths = Array.from({ length: batch }, (_, index) => join(folder, String(index)));
    await promisify(execFile)(mkfifo, paths);
    // The reading end first: without it the writing end would wait.
    return paths.map((path) => ({
      reading: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK),
      writing: openSync(path, 'w'),
    }));
  } finally {
    // What is open needs no name.
    await rm(folder, { recursive: true, force: true });
  }
}
