/** What an attempt takes while it runs: each key with the greatest number that may be taken of it. */
export type Keys = ReadonlyMap<string, number>;

/** A place that was given. */
export interface Place {
  /** Which of the choices it is. */
  readonly index: number;
  /** Somebody else had to leave first. */
  readonly hasWaited: boolean;
  readonly release: () => void;
}

/** Bounds how many attempts run at once per key (an agent, an account). */
export interface Places {
  /** Resolves to the first of the choices that is free, once one is; to undefined when the signal is aborted first. */
  acquire(
    choices: readonly Keys[],
    /** Higher goes first; of the same, who waits longest. */
    order: { readonly priority: number; readonly signal: AbortSignal },
  ): Promise<Place | undefined>;
}

interface Waiter {
  readonly choices: readonly Keys[];
  readonly priority: number;
  readonly admit: (index: number) => void;
}

/** Places of this process. */
export function createPlaces(): Places {
  const taken = new Map<string, number>();
  const waiters: Waiter[] = [];

  const add = (keys: Keys, by: 1 | -1): void => {
    for (const key of keys.keys()) taken.set(key, (taken.get(key) ?? 0) + by);
  };
  const admitWaiters = (): void => {
    // A key that one waiter could not get is not given to a later one, so that nobody waits for ever.
    const reserved = new Set<string>();
    for (const waiter of [...waiters]) {
      const index = waiter.choices.findIndex((keys) => isFree(keys, taken, reserved));
      const keys = waiter.choices[index];
      if (keys === undefined) {
        waiter.choices.flatMap((choice) => [...choice.keys()]).forEach((key) => reserved.add(key));
        continue;
      }
      waiters.splice(waiters.indexOf(waiter), 1);
      add(keys, 1);
      waiter.admit(index);
    }
  };
  const releaseOf = (keys: Keys | undefined) => (): void => {
    if (keys !== undefined) add(keys, -1);
    admitWaiters();
  };
  const enqueue = (waiter: Waiter): void => {
    const behind = waiters.findIndex(({ priority }) => priority < waiter.priority);
    waiters.splice(behind === -1 ? waiters.length : behind, 0, waiter);
  };

  return {
    acquire: (choices, { priority, signal }) =>
      new Promise((resolve) => {
        let hasWaited = false;
        const onAbort = (): void => {
          const at = waiters.indexOf(waiter);
          if (at !== -1) waiters.splice(at, 1);
          resolve(undefined);
          admitWaiters();
        };
        const waiter: Waiter = {
          ...{ choices, priority },
          admit: (index) => {
            signal.removeEventListener('abort', onAbort);
            resolve({ index, hasWaited, release: releaseOf(choices[index]) });
          },
        };
        if (signal.aborted) {
          onAbort();
          return;
        }
        signal.addEventListener('abort', onAbort);
        enqueue(waiter);
        admitWaiters();
        hasWaited = true;
      }),
  };
}

function isFree(keys: Keys, taken: ReadonlyMap<string, number>, reserved: ReadonlySet<string>): boolean {
  return [...keys].every(([key, most]) => !reserved.has(key) && (taken.get(key) ?? 0) < most);
}
