import { describe, expect, test } from 'vitest';
import { Redis } from 'ioredis';
import { Failure } from '../../src/domain/failure.js';
import { Secret } from '../../src/domain/secret.js';
import { openQueue } from '../../src/queue/open-queue.js';
import { postgresDatabase, postgresUrl, redisUrl } from '../support/databases.js';
import { queueContract } from './contract.js';
import { runChild } from './ends.js';

const skipped = redisUrl === undefined;
/** Of this test file: other files use other databases of the server. */
const number = 3;

describe.skipIf(skipped)(`queue on Redis${skipped ? ' (SKIPPED: FLEET_TEST_REDIS_URL is not set)' : ''}`, () => {
  queueContract(async () => {
    const url = `${redisUrl ?? ''}/${number}`;
    const redis = new Redis(url);
    await redis.flushdb();
    await redis.quit();
    return { kind: 'redis', url: new Secret(url) };
  });

  test.skipIf(postgresUrl === undefined)(
    'closed, it leaves nothing open',
    async () => {
      const url = await postgresDatabase();
      const said = await runChild('redis', url.reveal(), `${redisUrl ?? ''}/${number + 1}`);
      expect(said).toEqual({ heard: ['r1'], log: [], ioredis: true });
    },
    60_000,
  );
});

test('a Redis that is not there is retryLater and names the variable, never the password', async () => {
  const opening = openQueue({ kind: 'redis', url: new Secret('redis://:hush@127.0.0.1:1') });
  const error: unknown = await opening.catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).reason).toEqual({ kind: 'retryLater' });
  expect((error as Failure).message).toContain('REDIS_URL');
  expect((error as Failure).message).not.toContain('hush');
});
