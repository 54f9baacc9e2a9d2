import type { Options } from 'probot';
import type { Log } from '../../ports.js';

/** Fleet's log in the shape that probot wants. Only the text is kept: probot's fields hold whole request bodies. */
export function probotLog(log: Log): NonNullable<Options['log']> {
  const at =
    (level: 'debug' | 'warn') =>
    (first: unknown, second?: unknown): void =>
      log[level]({ text: [first, second].find((part) => typeof part === 'string') }, 'probot says');
  const [debug, warn] = [at('debug'), at('warn')];
  const shaped = { trace: debug, debug, info: debug, warn, error: warn, fatal: warn, child: () => shaped };
  return shaped as unknown as NonNullable<Options['log']>;
}
