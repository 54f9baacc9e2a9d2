// Another process on a folder: `lock` holds its lock until stdin ends, `open` opens the database, `write` keeps deliveries until it is killed.
import { once } from 'node:events';
import { openDatabase } from '../../src/store/database.js';
import { FolderLocked, lockFolder } from '../../src/store/folder-lock.js';
import { migrate } from '../../src/store/migrate.js';
import { storeOn } from '../../src/store/store.js';
import { aDelivery } from './sample.js';

const [mode, folder = ''] = process.argv.slice(2);
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function lock(): Promise<void> {
  const held = lockFolder(folder);
  say('locked');
  process.stdin.resume();
  await once(process.stdin, 'end');
  held.release();
}

async function open(): Promise<void> {
  const database = await openDatabase({ kind: 'embedded', folder });
  say('opened');
  await database.close();
}

async function write(): Promise<void> {
  const database = await openDatabase({ kind: 'embedded', folder });
  await migrate(database);
  const store = storeOn(database);
  for (let number = 1; ; number += 1) {
    await store.inbox.receive(aDelivery(`d${number}`));
    say(`kept ${number}`);
  }
}

try {
  await (mode === 'lock' ? lock() : mode === 'open' ? open() : write());
} catch (error) {
  if (!(error instanceof FolderLocked)) throw error;
  say(`refused by ${error.pid}: ${error.message}`);
}
