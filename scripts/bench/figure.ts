import type { Engine } from './engine.js';

/** One number of the table. */
export interface Figure {
  /** The row's name, as for `--only`. */
  readonly row: string;
  readonly what: string;
  readonly engine: Engine['name'];
  readonly unit: 'ms' | 'MB' | 'calls' | 'calls/h' | 'lines' | 'comments' | '%' | '/s';
  readonly values: readonly number[];
  /** At most this much is wanted; without it the figure is there for information. */
  readonly aim?: number;
  /** At least this much is wanted. */
  readonly atLeast?: number;
  /** The bare operation of the same rounds. */
  readonly bare?: { readonly what: string; readonly values: readonly number[] };
  readonly note?: string;
}

/** How much is measured. */
export interface Amount {
  readonly rounds: number;
  /** How long Fleet is left alone before its memory is read. */
  readonly restMs: number;
  /** How long calls of idle merge requests are counted. */
  readonly idleMs: number;
}

/** Measures some figures with one engine. */
export type Row = (engine: Engine, amount: Amount) => Promise<readonly Figure[]>;
