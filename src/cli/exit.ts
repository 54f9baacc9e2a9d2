import { Failure } from '../domain/failure.js';

/** What the exit code tells scripts. */
export const exit = {
  done: 0,
  unsuccessful: 1,
  wrongUse: 2,
  environment: 3,
  needsPerson: 4,
  interrupted: 130,
} as const;

export type Exit = (typeof exit)[keyof typeof exit];

/** The exit code for something thrown; what Fleet did not throw on purpose is a fault of its own. */
export function exitOf(error: unknown): Exit {
  // Of the store, which the commands do not know; its message says who holds the folder.
  if (error instanceof Error && error.name === 'FolderLocked') return exit.environment;
  if (!(error instanceof Failure)) return exit.unsuccessful;
  const { reason } = error;
  switch (reason.kind) {
    case 'retryLater':
    case 'lostRace':
      return exit.environment;
    case 'needsPerson':
      return reason.obstacle.kind === 'configurationBroken' ? exit.wrongUse : exit.needsPerson;
    default:
      return reason satisfies never;
  }
}
