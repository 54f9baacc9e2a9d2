// Opens everything that a process opens on an engine, hears one message, closes it and says which modules of Redis' driver are loaded.
// Must then end by itself.
import { createRequire } from 'node:module';
import { Secret } from '../../src/domain/secret.js';
import type { RunId } from '../../src/domain/run.js';
import { openQueue } from '../../src/queue/open-queue.js';
import { openDatabase } from '../../src/store/database.js';
import { recordingLog } from './recording-log.js';

const [engine, place = '', redis = ''] = process.argv.slice(2);
const database = await openDatabase(
  engine === 'embedded' ? { kind: 'embedded', folder: place } : { kind: 'postgres', url: new Secret(place) },
);
const queue = await openQueue(
  engine === 'redis'
    ? { kind: 'redis', url: new Secret(redis) }
    : { kind: 'database', pool: database.pool, alone: engine === 'embedded' },
);
const log = recordingLog();
const heard: RunId[] = [];
let hear: () => void = () => undefined;
const first = new Promise<void>((resolve) => {
  hear = resolve;
});
const workers = await queue.startWorkers({
  listeners: {
    admit: async () => undefined,
    advance: async (run) => {
      heard.push(run);
      hear();
    },
    perform: async () => undefined,
  },
  concurrency: 1,
  log,
});
await queue.queue.advance('r1' as RunId);
await first;
await workers.close();
await queue.close();
await database.close();
const loaded = Object.keys(createRequire(import.meta.url).cache).filter((path) =>
  path.includes('node_modules/ioredis/'),
);
process.stdout.write(JSON.stringify({ heard, log: log.lines, ioredis: loaded.length > 0 }));
