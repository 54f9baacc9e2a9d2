import { EventEmitter } from 'node:events';
import { setImmediate as yieldToOthers } from 'node:timers/promises';
import type { PGlite } from '@electric-sql/pglite';
import type { SqlClient, SqlPool, SqlResult } from './sql-pool.js';

/** How long queries may follow one another before timers and sockets get their turn: PGlite runs on the main thread. */
const sliceMs = 5;

/** PGlite in the shape of a pool. Its clients share one session, so that a transaction of one holds up the others. */
export class EmbeddedPool extends EventEmitter implements SqlPool {
  /** Tells BullMQ that a lost connection would be noticed, so that an idle worker need not look by itself. */
  readonly options = { keepAlive: true };
  readonly #database: PGlite;
  /** Notifications of all channels; one subscription per channel is fanned out, since clients come and go. */
  readonly #notifications = new EventEmitter();
  readonly #channels = new Set<string>();
  #last: Promise<void> = Promise.resolve();
  #yieldedAtMs = 0;

  constructor(database: PGlite) {
    super();
    this.#database = database;
    // BullMQ adds listeners per queue and worker.
    this.setMaxListeners(0);
    this.#notifications.setMaxListeners(0);
  }

  connect(): Promise<SqlClient> {
    return Promise.resolve(new EmbeddedClient(this, this.#notifications));
  }

  async query<R>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<R>> {
    const done = await this.turn();
    try {
      return await this.run(text, parameters);
    } finally {
      done();
    }
  }

  async end(): Promise<void> {
    const done = await this.turn();
    await this.#database.close().finally(done);
  }

  /** Waits for the session; the caller has it alone until it calls what this resolves to. */
  async turn(): Promise<() => void> {
    const before = this.#last;
    const { promise, resolve } = withResolve();
    this.#last = promise;
    await before;
    return resolve;
  }

  /** Runs SQL at once: only for whoever has the turn. */
  async run<R>(text: string, parameters: readonly unknown[] = []): Promise<SqlResult<R>> {
    if (performance.now() - this.#yieldedAtMs > sliceMs) {
      await yieldToOthers();
      this.#yieldedAtMs = performance.now();
    }
    const result =
      parameters.length === 0
        ? (await this.#database.exec(text)).at(-1)
        : await this.#database.query(text, [...parameters]);
    return {
      rows: (result?.rows ?? []) as R[],
      rowCount: result?.rowCount ?? result?.affectedRows ?? null,
      command: result?.command ?? '',
    };
  }

  async listen(channel: string): Promise<void> {
    if (this.#channels.has(channel)) return;
    this.#channels.add(channel);
    const done = await this.turn();
    try {
      await this.#database.listen(channel, (payload) => this.#notifications.emit('notification', { channel, payload }));
    } finally {
      done();
    }
  }
}

class EmbeddedClient extends EventEmitter implements SqlClient {
  readonly #pool: EmbeddedPool;
  readonly #notifications: EventEmitter;
  readonly #channels = new Set<string>();
  /** Gives the session back; there while a transaction is open. */
  #endTurn: (() => void) | undefined;

  constructor(pool: EmbeddedPool, notifications: EventEmitter) {
    super();
    this.#pool = pool;
    this.#notifications = notifications;
  }

  async query<R>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<R>> {
    const [word = '', name = ''] = firstWords(text);
    if (word === 'listen') return this.#listen(name);
    if (this.#endTurn === undefined && (word === 'begin' || word === 'start')) this.#endTurn = await this.#pool.turn();
    if (this.#endTurn === undefined) return this.#pool.query(text, parameters);
    const ends = ['commit', 'end', 'abort'].includes(word) || (word === 'rollback' && name !== 'to');
    try {
      return await this.#pool.run(text, parameters);
    } finally {
      if (ends) this.#leaveTransaction();
    }
  }

  release(): void {
    this.#notifications.off('notification', this.#forward);
    this.#channels.clear();
    // Nobody else gets the session before an open transaction is gone.
    if (this.#endTurn !== undefined) void this.#pool.run('rollback').finally(() => this.#leaveTransaction());
  }

  #leaveTransaction(): void {
    this.#endTurn?.();
    this.#endTurn = undefined;
  }

  async #listen<R>(channel: string): Promise<SqlResult<R>> {
    await this.#pool.listen(channel);
    if (this.#channels.size === 0) this.#notifications.on('notification', this.#forward);
    this.#channels.add(channel);
    return { rows: [], rowCount: null, command: 'LISTEN' };
  }

  readonly #forward = (notification: { readonly channel: string }): void => {
    if (this.#channels.has(notification.channel)) this.emit('notification', notification);
  };
}

/** BullMQ's statements begin with comments. */
function firstWords(text: string): readonly string[] {
  return text
    .replace(/^(?:\s*--[^\n]*\n)*/, '')
    .trimStart()
    .slice(0, 100)
    .toLowerCase()
    .split(/[\s;"]+/);
}

function withResolve(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((settle) => {
    resolve = settle;
  });
  return { promise, resolve };
}
