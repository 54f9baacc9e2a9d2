import { once } from 'node:events';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Database } from '../../src/store/database.js';
import type { SqlPool } from '../../src/store/sql-pool.js';
import { embeddedDatabase } from '../support/databases.js';

describe('PGlite in the shape of a pool', () => {
  let database: Database;
  let pool: SqlPool;
  beforeAll(async () => {
    database = await embeddedDatabase('file');
    ({ pool } = database);
    await pool.query('create table public.seen (name text)');
  }, 60_000);

  const names = async (): Promise<readonly string[]> =>
    (await pool.query<{ name: string }>('select name from public.seen order by name')).rows.map(({ name }) => name);

  test('a transaction of one client holds up the others, and ends with commit or rollback', async () => {
    const client = await pool.connect();
    await client.query('-- with a comment before\n  BEGIN');
    await client.query('insert into public.seen values ($1)', ['a']);
    let isRead = false;
    const reading = names().finally(() => {
      isRead = true;
    });
    await client.query('savepoint one');
    await client.query('insert into public.seen values ($1)', ['b']);
    await client.query('rollback to savepoint one');
    expect(isRead).toBe(false);
    await client.query('commit');
    expect(await reading).toEqual(['a']);
    await client.query('begin');
    await client.query('delete from public.seen');
    await client.query('rollback');
    client.release();
    expect(await names()).toEqual(['a']);
  });

  test('a client that is released within a transaction takes it back', async () => {
    const client = await pool.connect();
    await client.query('start transaction');
    await client.query('delete from public.seen');
    client.release();
    expect(await names()).toEqual(['a']);
  });

  test('a transaction that failed lets the others in', async () => {
    const client = await pool.connect();
    await client.query('begin');
    await expect(client.query('select nonsense')).rejects.toThrow('nonsense');
    await client.query('commit').catch(() => undefined);
    expect(await names()).toEqual(['a']);
    client.release();
  });

  test('notifications reach every client that listens, until it is released', async () => {
    const [first, second, deaf] = await Promise.all([pool.connect(), pool.connect(), pool.connect()]);
    const heard: string[] = [];
    deaf.on('notification', () => heard.push('deaf'));
    for (const client of [first, second]) await client.query('-- comment\n-- another\nLISTEN jobs');
    const both = Promise.all([once(first, 'notification'), once(second, 'notification')]);
    await pool.query("select pg_notify('jobs', 'r1')");
    expect(await both).toEqual(Array.from({ length: 2 }, () => [{ channel: 'jobs', payload: 'r1' }]));
    first.on('notification', () => heard.push('first'));
    first.release();
    const one = once(second, 'notification');
    await pool.query("select pg_notify('jobs', 'r2')");
    await one;
    expect(heard).toEqual([]);
    second.release();
    deaf.release();
  });

  test('timers get their turn while queries follow one another', async () => {
    let ticks = 0;
    const timer = setInterval(() => (ticks += 1), 1);
    for (let index = 0; index < 300; index += 1) await pool.query('select $1::int', [index]);
    clearInterval(timer);
    expect(ticks).toBeGreaterThan(5);
  });

  test('results have the shape that drivers give', async () => {
    expect(await pool.query('insert into public.seen values ($1), ($2)', ['x', 'y'])).toEqual({
      rows: [],
      rowCount: 2,
      command: 'INSERT',
    });
    expect(await pool.query('select 1; select 9007199254740991::bigint as id')).toEqual({
      rows: [{ id: 9007199254740991 }],
      rowCount: 1,
      command: 'SELECT',
    });
    expect((await pool.query('show search_path')).rows).toEqual([{ search_path: 'bullmq, public' }]);
  });
});
