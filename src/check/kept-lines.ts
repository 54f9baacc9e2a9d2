import { StringDecoder } from 'node:string_decoder';
import { plain } from './output-tail.js';
import type { Line } from './report/read-report.js';

/** Bytes of a command's output in which its test runner is looked for; the end is kept. */
const mostBytes = 4 * 1024 * 1024;

/** No report is longer, and each line costs time. */
const mostLines = 100_000;

/** Collects what a program prints, in bounded memory. */
export interface KeptLines {
  readonly add: (stream: Line['stream']) => (chunk: Buffer) => void;
  /** The last 4 MB as at most 100,000 lines, in the order in which they were completed. */
  lines(): readonly Line[];
}

export function keptLines(): KeptLines {
  const chunks: { readonly stream: Line['stream']; readonly chunk: Buffer }[] = [];
  let bytes = 0;
  return {
    add: (stream) => (chunk) => {
      chunks.push({ stream, chunk });
      bytes += chunk.length;
      while (bytes > mostBytes && chunks.length > 1) bytes -= chunks.shift()?.chunk.length ?? 0;
    },
    lines: () => linesOf(chunks),
  };
}

function linesOf(chunks: readonly { readonly stream: Line['stream']; readonly chunk: Buffer }[]): readonly Line[] {
  const lines: Line[] = [];
  const open = {
    stdout: { decoder: new StringDecoder(), rest: '' },
    stderr: { decoder: new StringDecoder(), rest: '' },
  };
  for (const { stream, chunk } of chunks) {
    const state = open[stream];
    const [first = '', ...others] = state.decoder.write(chunk).split('\n');
    const texts = [state.rest + first, ...others];
    state.rest = texts.pop() ?? '';
    for (const text of texts) lines.push({ stream, text });
  }
  for (const stream of ['stdout', 'stderr'] as const)
    if (open[stream].rest !== '') lines.push({ stream, text: open[stream].rest });
  return lines.slice(-mostLines).map(({ stream, text }) => ({ stream, text: plain(text) }));
}
