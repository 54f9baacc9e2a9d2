const lineFeed = 0x0a;

/** A line without its end. `cutBytes`: how much of an overlong line is missing at its end. */
export type OnLine = (text: string, cutBytes: number) => void;

/** Cuts a byte stream into lines. Memory is bounded by `maxBytes`; bytes that are not UTF-8 become U+FFFD. */
export function lineSplitter(onLine: OnLine, maxBytes = 1024 * 1024): { push(chunk: Buffer): void; end(): void } {
  let parts: Buffer[] = [];
  let keptBytes = 0;
  let cutBytes = 0;

  const keep = (part: Buffer): void => {
    const fitting = part.subarray(0, maxBytes - keptBytes);
    if (fitting.length > 0) parts.push(fitting);
    keptBytes += fitting.length;
    cutBytes += part.length - fitting.length;
  };
  const flush = (): void => {
    const line = parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts);
    const text = line.toString('utf8', 0, line.at(-1) === 0x0d ? line.length - 1 : line.length);
    const cut = cutBytes;
    parts = [];
    keptBytes = 0;
    cutBytes = 0;
    onLine(text, cut);
  };

  return {
    push(chunk) {
      let from = 0;
      for (let at = chunk.indexOf(lineFeed); at !== -1; at = chunk.indexOf(lineFeed, from)) {
        keep(chunk.subarray(from, at));
        flush();
        from = at + 1;
      }
      if (from < chunk.length) keep(chunk.subarray(from));
    },
    /** Delivers a half last line. */
    end() {
      if (keptBytes + cutBytes > 0) flush();
    },
  };
}
