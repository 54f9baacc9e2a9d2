import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { openStreamFile } from '../../src/agent/stream-file.js';
import { temporaryFolder } from '../support/temp.js';

it('keeps what came, up to its size, and says how much it dropped', async () => {
  const path = join(temporaryFolder(), 'run/a1.jsonl');
  const file = await openStreamFile(path, 10);
  for (const text of ['one\n', 'two\n', 'three\n', 'four\n']) file.write(Buffer.from(text));
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\nth\n{"fleet":"stream cut","droppedBytes":9}\n');
});

it('can be read while it is written, and copies nothing twice', async () => {
  const path = join(temporaryFolder(), 'a1.jsonl');
  const file = await openStreamFile(path, 1024 * 1024);
  file.write(Buffer.from('a line\n'));
  await vi.waitFor(() => {
    expect(readFileSync(path, 'utf8')).toBe('a line\n');
  });
  const block = Buffer.alloc(100_000, 'x');
  file.write(block);
  file.write(Buffer.from('\nlast\n'));
  await file.close();
  expect(readFileSync(path, 'utf8')).toBe(`a line\n${block.toString()}\nlast\n`);
});

it('tells of a disk that refused', async () => {
  const file = await openStreamFile('/dev/full', 100);
  file.write(Buffer.from('a line\n'));
  await expect(file.close()).rejects.toThrow('ENOSPC');
});
