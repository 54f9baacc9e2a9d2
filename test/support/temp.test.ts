import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from './temp.js';

describe('temporaryFolder', () => {
  const seen: string[] = [];
  let ofFile = '';
  let ofEach = '';

  beforeAll(() => {
    ofFile = temporaryFolder('file');
  });

  beforeEach(() => {
    ofEach = temporaryFolder();
  });

  test('is empty, writable and recognisable', () => {
    const folder = temporaryFolder();
    seen.push(folder, ofEach);
    expect(readdirSync(folder)).toEqual([]);
    expect(basename(folder)).toMatch(/^fleet-test-/);
    writeFileSync(join(folder, 'file'), 'text');
  });

  test('is gone after its test, and one for the file stays', () => {
    expect(seen.map((folder) => existsSync(folder))).toEqual([false, false]);
    expect(existsSync(ofFile)).toBe(true);
  });
});
