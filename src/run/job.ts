import type { Run } from '../domain/run.js';
import type { Log } from '../ports.js';
import type { Claim } from '../ports/store.js';
import type { Loop } from './loop.js';

/** One effect at hand: everything that performing it may need. */
export interface Job {
  readonly loop: Loop;
  readonly claim: Claim;
  readonly run: Run;
  /** Aborts when the claim is lost, the run was stopped or the worker ends; nothing is changed outside after that. */
  readonly signal: AbortSignal;
  readonly log: Log;
}
