import type { EventEmitter } from 'node:events';

export interface SqlResult<R> {
  readonly rows: R[];
  readonly rowCount: number | null;
  readonly command: string;
}

/** What Fleet and BullMQ use of a `pg.PoolClient`. Emits `notification` for channels that it listens to. */
export interface SqlClient extends EventEmitter {
  query<R = unknown>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<R>>;
  release(destroy?: boolean): void;
}

/** What Fleet and BullMQ use of a `pg.Pool`. */
export interface SqlPool extends EventEmitter {
  connect(): Promise<SqlClient>;
  query<R = unknown>(text: string, parameters?: readonly unknown[]): Promise<SqlResult<R>>;
  end(): Promise<void>;
}

/** BullMQ's tables have common names and a schema of their own, which its SQL leaves to the connection; Fleet's SQL names its schema. */
export const searchPath = 'bullmq, public';
