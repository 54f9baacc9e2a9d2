/** Bounds how many attempts run at once per key (an agent, an account); who waits longest goes first. */
export interface Pool {
  /** Resolves to the way to give the place back; to undefined when the signal is aborted first. */
  acquire(keys: ReadonlyMap<string, number>, signal: AbortSignal): Promise<(() => void) | undefined>;
}

interface Waiter {
  readonly keys: ReadonlyMap<string, number>;
  readonly admit: () => void;
}

/** An in-process pool. `keys` of `acquire` holds each key's greatest number at once. */
export function createPool(): Pool {
  const taken = new Map<string, number>();
  const waiters = new Set<Waiter>();

  const add = (keys: Iterable<string>, by: 1 | -1): void => {
    for (const key of keys) taken.set(key, (taken.get(key) ?? 0) + by);
  };
  const admitWaiters = (): void => {
    // A key that one waiter could not get is not given to a later one, so that nobody waits for ever.
    const reserved = new Set<string>();
    for (const waiter of waiters) {
      const free = [...waiter.keys].every(([key, most]) => !reserved.has(key) && (taken.get(key) ?? 0) < most);
      if (!free) {
        for (const key of waiter.keys.keys()) reserved.add(key);
        continue;
      }
      waiters.delete(waiter);
      add(waiter.keys.keys(), 1);
      waiter.admit();
    }
  };
  const release = (keys: ReadonlyMap<string, number>) => (): void => {
    add(keys.keys(), -1);
    admitWaiters();
  };

  return {
    acquire: (keys, signal) =>
      new Promise((resolve) => {
        const onAbort = (): void => {
          waiters.delete(waiter);
          resolve(undefined);
          admitWaiters();
        };
        const waiter: Waiter = {
          keys,
          admit: () => {
            signal.removeEventListener('abort', onAbort);
            resolve(release(keys));
          },
        };
        if (signal.aborted) {
          onAbort();
          return;
        }
        signal.addEventListener('abort', onAbort);
        waiters.add(waiter);
        admitWaiters();
      }),
  };
}
