import { expect, it } from 'vitest';
import { createPlaces, type Places } from '../../src/run/places.js';

const never = new AbortController().signal;

type Choice = Readonly<Record<string, number>>;

/** Notes who was let in, and by which choice. */
function doorOf(places: Places) {
  const admitted: string[] = [];
  const enter = async (
    name: string,
    choices: readonly Choice[],
    { signal = never, priority = 0 }: { readonly signal?: AbortSignal; readonly priority?: number } = {},
  ): Promise<() => void> => {
    const keys = choices.map((choice) => new Map(Object.entries(choice)));
    const place = await places.acquire(keys, { priority, signal });
    admitted.push(
      place === undefined ? `${name} stopped` : `${name} ${place.index}${place.hasWaited ? ' waited' : ''}`,
    );
    return place?.release ?? (() => undefined);
  };
  return { admitted, enter };
}

it('admits in the order of arrival, and nobody past a waiter for the same place', async () => {
  const { admitted, enter } = doorOf(createPlaces());
  const leave = await enter('first', [{ opus: 1, team: 2 }]);
  const stop = new AbortController();
  const waiting = [
    enter('second', [{ opus: 1, team: 2 }], { signal: stop.signal }),
    enter('third', [{ sonnet: 1, team: 2 }]),
    enter('other', [{ codex: 1 }]),
  ];
  await waiting[2];
  expect(admitted).toEqual(['first 0', 'other 0']);
  stop.abort();
  await waiting[1];
  expect(admitted).toEqual(['first 0', 'other 0', 'second stopped', 'third 0 waited']);
  leave();
  await enter('fourth', [{ opus: 1, team: 2 }]);
  await enter('too late', [{}], { signal: stop.signal });
  expect(admitted.slice(4)).toEqual(['fourth 0', 'too late stopped']);
});

it('gives the first choice that is free, and lets who finishes work go before who starts it', async () => {
  const { admitted, enter } = doorOf(createPlaces());
  const leave = await enter('first', [{ opus: 1 }, { codex: 1 }]);
  await enter('second', [{ opus: 1 }, { codex: 1 }]);
  const waiting = [
    enter('starts', [{ opus: 1 }, { codex: 1 }]),
    enter('finishes', [{ opus: 1 }, { codex: 1 }], { priority: 1 }),
  ];
  leave();
  const left = await waiting[1];
  expect(admitted).toEqual(['first 0', 'second 1', 'finishes 0 waited']);
  left?.();
  await waiting[0];
  expect(admitted.at(-1)).toBe('starts 0 waited');
});
