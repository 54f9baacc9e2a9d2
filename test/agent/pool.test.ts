import { expect, it } from 'vitest';
import { createPool } from '../../src/agent/pool.js';

const never = new AbortController().signal;

it('admits in the order of arrival, and nobody past a waiter for the same place', async () => {
  const pool = createPool();
  const admitted: string[] = [];
  const enter = async (name: string, keys: Readonly<Record<string, number>>, signal = never): Promise<() => void> => {
    const leave = await pool.acquire(new Map(Object.entries(keys)), signal);
    admitted.push(leave === undefined ? `${name} stopped` : name);
    return leave ?? (() => undefined);
  };
  const leave = await enter('first', { opus: 1, team: 2 });
  const stop = new AbortController();
  const waiting = [
    enter('second', { opus: 1, team: 2 }, stop.signal),
    enter('third', { sonnet: 1, team: 2 }),
    enter('other', { codex: 1 }),
  ];
  await waiting[2];
  expect(admitted).toEqual(['first', 'other']);
  stop.abort();
  await waiting[1];
  expect(admitted).toEqual(['first', 'other', 'second stopped', 'third']);
  leave();
  await enter('fourth', { opus: 1, team: 2 });
  await enter('too late', {}, stop.signal);
  expect(admitted.slice(4)).toEqual(['fourth', 'too late stopped']);
});
