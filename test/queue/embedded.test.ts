import { describe, expect, test } from 'vitest';
import { cachedTemplate } from '../../scripts/pglite-template.js';
import type { EffectId } from '../../src/domain/run.js';
import { openQueue } from '../../src/queue/open-queue.js';
import { openDatabase } from '../../src/store/database.js';
import { embeddedDatabase } from '../support/databases.js';
import { temporaryFolder } from '../support/temp.js';
import { queueContract } from './contract.js';
import { runChild } from './ends.js';
import { recordingLog } from './recording-log.js';

describe('queue on PGlite', () => {
  queueContract(async () => ({ kind: 'database', pool: (await embeddedDatabase('file')).pool, alone: false }));

  test('closed, it leaves nothing open; the driver of Redis was never loaded', async () => {
    const folder = temporaryFolder();
    await openDatabase({ kind: 'embedded', folder, template: await cachedTemplate() }).then((database) =>
      database.close(),
    );
    expect(await runChild('embedded', folder)).toEqual({ heard: ['r1'], log: [], ioredis: false });
  }, 60_000);

  test('what a dead process was at does not hold up the next one', async () => {
    const { pool } = await embeddedDatabase();
    // Nobody takes this message, as nobody finishes what a dead worker had begun.
    const dead = await openQueue({ kind: 'database', pool, alone: true });
    await dead.queue.perform({ id: 'r1.1.0' as EffectId, lane: 'quick', delayMs: 3_600_000 });
    await dead.close();
    const next = await openQueue({ kind: 'database', pool, alone: true });
    let hear: (id: EffectId) => void = () => undefined;
    const heard = new Promise<EffectId>((resolve) => {
      hear = resolve;
    });
    const workers = await next.startWorkers({
      listeners: {
        admit: async () => undefined,
        advance: async () => undefined,
        perform: async (id) => hear(id),
      },
      concurrency: 1,
      log: recordingLog(),
    });
    await next.queue.perform({ id: 'r1.1.0' as EffectId, lane: 'quick', delayMs: 0 });
    expect(await heard).toBe('r1.1.0');
    await workers.close();
    await next.close();
  }, 60_000);
});
