import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { finished } from 'node:stream/promises';

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
  return {
    write: (chunk) => {
      const room = Math.max(maxBytes - bytes, 0);
      bytes += chunk.length;
      if (room > 0) file.write(chunk.subarray(0, room));
    },
    close: async () => {
      const dropped = bytes - maxBytes;
      file.end(dropped > 0 ? `\n{"fleet":"stream cut","droppedBytes":${dropped}}\n` : '');
      await done;
    },
  };
}
