import { beforeAll, beforeEach, describe } from 'vitest';
import type { Store } from '../../src/ports/store.js';
import type { Database } from '../../src/store/database.js';
import { storeOn } from '../../src/store/store.js';
import { accountsContract } from './contract-accounts.js';
import { inboxContract } from './contract-inbox.js';
import { outboxContract } from './contract-outbox.js';
import { recordsContract } from './contract-records.js';
import { runsContract } from './contract-runs.js';
import { slotsContract } from './contract-slots.js';

/** One store twice: over a second pool where the database has several connections. */
export interface Subject {
  readonly database: Database;
  readonly store: Store;
  readonly other: Store;
}

/** What every store must do. Each test finds it empty. */
export function storeContract(open: () => Promise<{ readonly database: Database; readonly second: Database }>): void {
  let subject: Subject;
  beforeAll(async () => {
    const { database, second } = await open();
    subject = { database, store: storeOn(database), other: storeOn(second) };
  }, 60_000);
  beforeEach(async () => {
    for (const table of ['inbox', 'runs', 'outbox', 'journal', 'repositories', 'accounts', 'attempts']) {
      await subject.database.pool.query(`delete from fleet.${table}`);
    }
  });
  describe('inbox', () => inboxContract(() => subject));
  describe('runs', () => runsContract(() => subject));
  describe('slots', () => slotsContract(() => subject));
  describe('outbox', () => outboxContract(() => subject));
  describe('accounts', () => accountsContract(() => subject));
  describe('records', () => recordsContract(() => subject));
}
