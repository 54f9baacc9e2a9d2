import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';

/** What comes within this time is written at once: an agent may print a hundred times a second, and each write costs. */
const gatherMs = 250;
/** More than this does not wait. */
const gatherBytes = 64 * 1024;

/** A file that takes what an agent prints, as it came, up to a size. */
export interface StreamFile {
  readonly write: (chunk: Buffer) => void;
  /** Resolves once all is on disk; rejects when the disk refused. */
  readonly close: () => Promise<void>;
}

/** Opens the file anew. What goes over `maxBytes` is dropped and counted in a last line. */
export async function openStreamFile(path: string, maxBytes: number): Promise<StreamFile> {
  await mkdir(dirname(path), { recursive: true });
  const file = createWriteStream(path, { mode: 0o600 });
  const done = finished(file);
  // Awaited in `close`, which comes later than a full disk does.
  done.catch(() => undefined);
  let bytes = 0;
  let gathered: Buffer[] = [];
  let gatheredBytes = 0;
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (gatheredBytes > 0) file.write(Buffer.concat(gathered, gatheredBytes));
    [gathered, gatheredBytes] = [[], 0];
  };
  return {
    write: (chunk) => {
      const fitting = chunk.subarray(0, Math.max(maxBytes - bytes, 0));
      bytes += chunk.length;
      if (fitting.length === 0) return;
      gathered.push(fitting);
      gatheredBytes += fitting.length;
      if (gatheredBytes >= gatherBytes) flush();
      else timer ??= setTimeout(flush, gatherMs);
    },
    close: async () => {
      flush();
      const dropped = bytes - maxBytes;
      file.end(dropped > 0 ? `\n{"fleet":"stream cut","droppedBytes":${dropped}}\n` : '');
      await done;
    },
  };
}
