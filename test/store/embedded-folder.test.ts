import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { cachedTemplate } from '../../scripts/pglite-template.js';
import { openDatabase } from '../../src/store/database.js';
import { FolderLocked } from '../../src/store/folder-lock.js';
import { migrate } from '../../src/store/migrate.js';
import { storeOn } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temp.js';
import { startChild } from './processes.js';
import { aDelivery } from './sample.js';

describe('the folder of the embedded database', () => {
  test('a second process is refused, a second opening in the same process, too', async () => {
    const folder = temporaryFolder();
    const database = await openDatabase({ kind: 'embedded', folder, template: await cachedTemplate() });
    await expect(openDatabase({ kind: 'embedded', folder, template: await cachedTemplate() })).rejects.toThrow(
      FolderLocked,
    );
    expect(await startChild('open', folder).next()).toContain(`refused by ${process.pid}`);
    await database.close();
    await database.close();
    const again = await openDatabase({ kind: 'embedded', folder });
    await again.close();
  }, 60_000);

  test('after kill -9 everything that was acknowledged is there, three times in a row', async () => {
    const folder = temporaryFolder();
    // Made here, so that the children need not be told of the template.
    await openDatabase({ kind: 'embedded', folder, template: await cachedTemplate() }).then((database) =>
      database.close(),
    );
    for (let round = 1; round <= 3; round += 1) {
      const child = startChild('write', folder);
      const wanted = 60 * round;
      let last = 0;
      while (last < wanted) last = Number(/^kept (\d+)$/.exec((await child.next()) ?? '')?.[1]);
      await child.kill();
      const database = await openDatabase({ kind: 'embedded', folder });
      const store = storeOn(database);
      for (let number = 1; number <= last; number += 1) {
        expect(await store.inbox.receive(aDelivery(`d${number}`))).toMatchObject({ fresh: false });
      }
      await database.close();
    }
  }, 60_000);

  test('a first start that was killed half-way, and one without a template, work', async () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'database.unfinished'), { recursive: true });
    writeFileSync(join(folder, 'database.unfinished', 'PG_VERSION'), '18\n');
    const database = await openDatabase({ kind: 'embedded', folder, template: join(folder, 'none') });
    await migrate(database);
    await migrate(database);
    await storeOn(database).ping();
    await database.close();
    expect(existsSync(join(folder, 'database.unfinished'))).toBe(false);
  }, 60_000);
});
