import { stripVTControlCharacters } from 'node:util';

/** Characters of a command's output that are kept. */
const mostCharacters = 8000;

/** Bytes that surely hold so many characters, also where many of them are colours. */
const keptBytes = 16 * mostCharacters;

/** Collects the end of a program's output in bounded memory. */
export interface OutputTail {
  readonly add: (chunk: Buffer) => void;
  /** The last whole lines, at most 8,000 characters, without terminal codes. */
  text(): string;
}

export function outputTail(): OutputTail {
  let chunks: Buffer[] = [];
  let bytes = 0;
  return {
    add(chunk) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes <= 2 * keptBytes) return;
      chunks = [Buffer.concat(chunks).subarray(-keptBytes)];
      bytes = keptBytes;
    },
    text: () => lastLines(plain(Buffer.concat(chunks).toString('utf8'))),
  };
}

/** A line that was written over (progress) shows what a terminal would show in the end. */
export function plain(text: string): string {
  return (
    stripVTControlCharacters(text)
      .replace(/\r+\n/g, '\n')
      .replace(/^[^\n]*\r(?=[^\n])/gm, '')
      // eslint-disable-next-line no-control-regex -- databases and forges refuse NUL, terminals obey the rest
      .replace(/[\x00-\x08\x0b-\x1f\x7f]/g, '')
  );
}

/** The last whole lines, at most 8,000 characters. */
export function lastLines(text: string): string {
  if (text.length <= mostCharacters) return text;
  const tail = text.slice(-mostCharacters);
  const newline = tail.indexOf('\n');
  return newline === -1 || newline === tail.length - 1 ? tail : tail.slice(newline + 1);
}
