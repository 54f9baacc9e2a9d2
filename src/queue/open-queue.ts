import { retryLater } from '../domain/failure.js';
import type { Queue } from '../ports.js';
import { openBackend, type LaneName, type QueueOptions } from './backend.js';
import { startWorkers, type WorkerOrder, type Workers } from './workers.js';

export interface OpenQueue {
  readonly queue: Queue;
  /** Starts taking messages; other processes may do so too, except on the embedded database. */
  startWorkers(order: WorkerOrder): Promise<Workers>;
  /** Resolves when the queue answers, else throws `retryLater`. */
  ping(): Promise<void>;
  /** Workers are closed before. */
  close(): Promise<void>;
}

/** Opens the queue, with its own tables in a database; throws `retryLater` when Redis cannot be reached. */
export async function openQueue(options: QueueOptions): Promise<OpenQueue> {
  const backend = await openBackend(options);
  const senders = {
    admit: backend.sender('admit'),
    advance: backend.sender('advance'),
    quick: backend.sender('quick'),
    work: backend.sender('work'),
  };
  // What goes wrong is said by the call that it goes wrong in.
  for (const sender of Object.values(senders)) sender.on('error', () => undefined);

  async function send(lane: LaneName, id: string, delay = 0): Promise<void> {
    // While a job of this id is active, one more is kept to follow it; while one waits, another adds nothing.
    await senders[lane].add(lane, { id }, { delay, deduplication: { id, keepLastIfActive: true } }).catch(fails);
  }

  return {
    queue: {
      admit: (inboxId) => send('admit', String(inboxId)),
      advance: (run) => send('advance', run),
      perform: ({ id, lane, delayMs }) => send(lane, id, delayMs),
    },
    startWorkers: (order) => startWorkers(backend, order),
    ping: async () => {
      await backend.ping().catch(fails);
    },
    close: async () => {
      await Promise.all(Object.values(senders).map((sender) => sender.close()));
      backend.close();
    },
  };
}

function fails(error: unknown): never {
  throw retryLater('the queue does not answer', undefined, error);
}
