import { chmodSync, chownSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Folders of servers are named for the process that started them: a later run removes those of the dead. */
export const folderPrefix = 'fleet-servers-';

/** Makes the folder that both servers live in, reachable for the account that PostgreSQL runs under. */
export function makeFolder(account) {
  // TMPDIR of root is often closed to others.
  const parent = account !== undefined && existsSync('/tmp') ? '/tmp' : tmpdir();
  const folder = mkdtempSync(join(parent, `${folderPrefix}${process.pid}-`));
  for (const name of ['postgres', 'redis']) mkdirSync(join(folder, name), { mode: 0o700 });
  if (account !== undefined) {
    chmodSync(folder, 0o755);
    chownSync(join(folder, 'postgres'), account.uid, account.gid);
  }
  return folder;
}
