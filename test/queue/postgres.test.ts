import { afterAll, describe, expect, test } from 'vitest';
import type { RunId } from '../../src/domain/run.js';
import { openQueue } from '../../src/queue/open-queue.js';
import { openDatabase } from '../../src/store/database.js';
import { onServer, postgresDatabase, postgresUrl } from '../support/databases.js';
import { queueContract } from './contract.js';
import { runChild } from './ends.js';
import { recordingLog } from './recording-log.js';

const skipped = postgresUrl === undefined;

describe.skipIf(skipped)(
  `queue on PostgreSQL${skipped ? ' (SKIPPED: FLEET_TEST_DATABASE_URL is not set)' : ''}`,
  () => {
    queueContract(async () => {
      const database = await openDatabase({ kind: 'postgres', url: await postgresDatabase('file') });
      afterAll(() => database.close());
      return { kind: 'database', pool: database.pool, alone: false };
    });

    test('closed, it leaves nothing open', async () => {
      const url = await postgresDatabase();
      expect(await runChild('postgres', url.reveal())).toEqual({ heard: ['r1'], log: [], ioredis: false });
    });

    test('after all connections were cut, messages are heard again', async () => {
      const url = await postgresDatabase();
      const database = await openDatabase({ kind: 'postgres', url });
      const queue = await openQueue({ kind: 'database', pool: database.pool, alone: false });
      let hear: () => void = () => undefined;
      const heard = new Promise<void>((resolve) => {
        hear = resolve;
      });
      const nothing = async (): Promise<void> => undefined;
      const workers = await queue.startWorkers({
        listeners: { admit: nothing, perform: nothing, advance: async () => hear() },
        concurrency: 1,
        log: recordingLog(),
      });
      await onServer(
        `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${new URL(url.reveal()).pathname.slice(1)}'`,
      );
      // The first ones may meet a connection that does not know yet.
      const send = async (): Promise<void> => queue.queue.advance('r1' as RunId).catch(async () => send());
      await send();
      await heard;
      await workers.close();
      await queue.close();
      await database.close();
    });
  },
);
