import { lineSplitter } from '../process/line-splitter.js';
import type { ProcessOrder } from '../process/order.js';
import type { Dialect } from './dialect/dialect.js';
import type { AttemptFolders } from './folders.js';
import { openStreamFile } from './stream-file.js';
import type { Tally } from './tally.js';
import type { Watchdog } from './watchdog-live.js';

/** Bytes of one stream that are kept on disk. */
const keptBytes = 50 * 1024 * 1024;

type Streams = Pick<ProcessOrder, 'onStdout' | 'onStderr'> & { close(): Promise<void> };

/** Sends what is printed to disk and, line by line, to the tally and the watchdog. */
export async function readStreams(
  folders: AttemptFolders,
  dialect: Dialect,
  { tally, watchdog }: { readonly tally: Tally; readonly watchdog: Watchdog },
): Promise<Streams> {
  const stdout = await reading(folders.stream, (line) => {
    for (const event of dialect.parseLine(line)) {
      tally.saw(event);
      watchdog.saw({ type: 'event', event });
    }
  });
  const stderr = await reading(folders.errors, tally.sawError);
  const onPrinted =
    (on: 'stdout' | 'stderr', read: (chunk: Buffer) => number) =>
    (chunk: Buffer): void => {
      // A flood goes on until the tree is dead.
      if (watchdog.halt()?.failure === 'flood') return;
      watchdog.saw({ type: 'printed', on, bytes: chunk.length, lines: read(chunk) });
    };
  return {
    onStdout: onPrinted('stdout', stdout.read),
    onStderr: onPrinted('stderr', stderr.read),
    close: async () => {
      await Promise.all([stdout.close(), stderr.close()]);
    },
  };
}

/** `read` gives the number of lines that a chunk has completed. */
async function reading(
  path: string,
  onLine: (line: string) => void,
): Promise<{ readonly read: (chunk: Buffer) => number; readonly close: () => Promise<void> }> {
  const file = await openStreamFile(path, keptBytes);
  let lines = 0;
  const splitter = lineSplitter((line) => {
    lines += 1;
    onLine(line);
  });
  return {
    read: (chunk) => {
      file.write(chunk);
      lines = 0;
      splitter.push(chunk);
      return lines;
    },
    close: () => {
      splitter.end();
      return file.close();
    },
  };
}
