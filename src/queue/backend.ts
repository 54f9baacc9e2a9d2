import {
  createPostgresBackend,
  Queue,
  runMigrations,
  withBackend,
  WaitingError,
  Worker,
  type IQueueBackend,
  type JobsOptions,
  type WorkerOptions,
} from 'bullmq';
import { retryLater } from '../domain/failure.js';
import type { Secret } from '../domain/secret.js';
import type { SqlPool } from '../store/sql-pool.js';

export type QueueOptions =
  | {
      readonly kind: 'database';
      readonly pool: SqlPool;
      /** Nobody else works on this database: messages of an earlier process are dropped, since it cannot finish its jobs and rows bring them back. */
      readonly alone: boolean;
    }
  | { readonly kind: 'redis'; readonly url: Secret };

/** One queue each. Effects have two, so that a long one never keeps a short one waiting. */
export const laneNames = ['admit', 'advance', 'quick', 'work'] as const;
export type LaneName = (typeof laneNames)[number];

/** A message: the id of a row. */
export interface Message {
  readonly id: string;
}

/** False: the message was not taken, and is for another worker. */
type Work = (message: Message) => Promise<boolean>;
type Tuning = Omit<WorkerOptions, 'connection' | 'prefix' | 'drainDelay'>;

interface Endpoint {
  on(event: 'error', listener: (error: Error) => void): unknown;
}

interface Sender extends Endpoint {
  add(name: string, message: Message, options: JobsOptions): Promise<unknown>;
  close(): Promise<void>;
}

export interface Receiver extends Endpoint {
  waitUntilReady(): Promise<void>;
  /** With true it does not wait for running jobs. */
  pause(doNotWaitActive: boolean): Promise<void>;
  /** Waits for running jobs, or with `force` leaves them. */
  close(force: boolean): Promise<void>;
  getBackend(): IQueueBackend;
}

/** What BullMQ runs on. */
export interface Backend {
  sender(lane: LaneName): Sender;
  receiver(lane: LaneName, work: Work, tuning: Tuning): Receiver;
  ping(): Promise<unknown>;
  close(): void;
}

/** Jobs leave when they are done, events that nobody reads are kept short. */
const senderSettings = {
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true },
  streams: { events: { maxLen: 100 } },
};

/** Opens what BullMQ runs on; ioredis is loaded for Redis only. */
export async function openBackend(options: QueueOptions): Promise<Backend> {
  return options.kind === 'redis' ? openRedis(options.url) : openInDatabase(options);
}

interface Job {
  readonly data: Message;
  moveToWait(token?: string): Promise<unknown>;
}

function jobDone(work: Work): (job: Job, token?: string) => Promise<void> {
  return async (job, token) => {
    if (await work(job.data)) return;
    await job.moveToWait(token);
    throw new WaitingError();
  };
}

const InDatabase = withBackend(createPostgresBackend);

/** How long a worker of the database rests when nobody calls it; new jobs and due ones do. */
const restS = 60;

async function openInDatabase({ pool, alone }: Extract<QueueOptions, { kind: 'database' }>): Promise<Backend> {
  await prepareQueue(pool);
  if (alone) await emptyQueues(pool);
  return {
    sender: (lane) => new InDatabase.Queue<Message>(lane, { connection: pool, ...senderSettings }),
    receiver: (lane, work, tuning) =>
      new InDatabase.Worker<Message>(lane, jobDone(work), { connection: pool, drainDelay: restS, ...tuning }),
    ping: () => pool.query('select 1'),
    close: () => undefined,
  };
}

/** Makes BullMQ's tables, or brings them up to date. */
export async function prepareQueue(pool: SqlPool): Promise<void> {
  const client = await pool.connect();
  try {
    await runMigrations(client);
  } finally {
    client.release();
  }
}

async function emptyQueues(pool: SqlPool): Promise<void> {
  for (const name of laneNames) {
    const queue = new InDatabase.Queue(name, { connection: pool, skipMetasUpdate: true });
    await queue.obliterate({ force: true });
    await queue.close();
  }
}

/** How long Redis may take to accept a message before the sender is told that it did not. */
const sendWithinMs = 3_000;

/** Of Fleet's keys in Redis. */
const prefix = 'fleet';

async function openRedis(url: Secret): Promise<Backend> {
  const { Redis } = await import('ioredis');
  // A sender is not to wait for Redis to come back: the row is written, the sweep queues it again. A worker is.
  const sender = new Redis(url.reveal(), { maxRetriesPerRequest: 1, commandTimeout: sendWithinMs });
  const receiver = new Redis(url.reveal(), { maxRetriesPerRequest: null });
  const close = (): void => {
    sender.disconnect();
    receiver.disconnect();
  };
  // Commands and workers say what goes wrong; without a listener ioredis prints it.
  for (const client of [sender, receiver]) client.on('error', () => undefined);
  await sender.ping().catch((error: unknown) => {
    close();
    throw retryLater('Redis does not answer: check REDIS_URL and that the server runs', undefined, error);
  });
  return {
    sender: (lane) => new Queue<Message>(lane, { connection: sender, prefix, ...senderSettings }),
    receiver: (lane, work, tuning) =>
      new Worker<Message>(lane, jobDone(work), { connection: receiver, prefix, ...tuning }),
    ping: () => sender.ping(),
    close,
  };
}
