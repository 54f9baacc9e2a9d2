import { readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { FolderLocked, lockFolder } from '../../src/store/folder-lock.js';
import { temporaryFolder } from '../support/temp.js';
import { startChild } from './processes.js';

describe('lockFolder', () => {
  let folder = '';
  beforeEach(() => {
    folder = temporaryFolder();
  });

  const file = (): string => {
    const [name, ...more] = readdirSync(join(folder, 'lock'));
    expect(more).toEqual([]);
    return join(folder, 'lock', name!);
  };
  /** Changes what the lock says about its holder. */
  const rewrite = (change: object): void => {
    const holder = JSON.parse(readFileSync(file(), 'utf8')) as object;
    writeFileSync(file(), JSON.stringify({ ...holder, ...change }));
  };

  test('a second taker is refused, also in the same process, until it is released', () => {
    const lock = lockFolder(folder);
    expect(() => lockFolder(folder)).toThrow(FolderLocked);
    expect(() => lockFolder(folder)).toThrow(
      `${folder} is in use by another Fleet (process ${process.pid}): stop it, or give this one a folder of its own with FLEET_DATA_DIR.`,
    );
    lock.release();
    lockFolder(folder).release();
  });

  test('another process is refused while we hold it, and holds it against us', async () => {
    const lock = lockFolder(folder);
    expect(await startChild('lock', folder).next()).toContain(`refused by ${process.pid}`);
    lock.release();
    const child = startChild('lock', folder);
    expect(await child.next()).toBe('locked');
    expect(() => lockFolder(folder)).toThrow(`process ${child.process.pid ?? 0}`);
    child.process.stdin?.end();
    expect(await child.next()).toBeUndefined();
    lockFolder(folder).release();
  }, 60_000);

  test('of many that find the lock of a killed process, one gets it', async () => {
    const dead = startChild('lock', folder);
    expect(await dead.next()).toBe('locked');
    await dead.kill();
    const takers = Array.from({ length: 6 }, () => startChild('lock', folder));
    const said = await Promise.all(takers.map((taker) => taker.next()));
    expect(said.filter((line) => line === 'locked')).toHaveLength(1);
    expect(said.filter((line) => line?.startsWith('refused'))).toHaveLength(5);
  }, 60_000);

  test('a later process with the same pid does not hold it', () => {
    const forgotten = lockFolder(folder);
    rewrite({ started: '1' });
    lockFolder(folder).release();
    forgotten.release();
  });

  test('a holder elsewhere counts as living as long as it touches the file', () => {
    const elsewhere = lockFolder(folder);
    rewrite({ place: 'another machine', host: 'build-7', pid: 1 });
    expect(() => lockFolder(folder)).toThrow('process 1 on build-7');
    const longAgo = new Date(Date.now() - 31_000);
    utimesSync(file(), longAgo, longAgo);
    lockFolder(folder).release();
    elsewhere.release();
  });
});
