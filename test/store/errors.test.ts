import { describe, expect, test } from 'vitest';
import pg from 'pg';
import { Failure, lostRace } from '../../src/domain/failure.js';
import { translated, violatedIndex } from '../../src/store/errors.js';

function databaseError(code: string, constraint?: string): Error {
  const error = new pg.DatabaseError('says the server', 20, 'error');
  error.code = code;
  error.constraint = constraint;
  return error;
}

function errnoError(code: string): Error {
  return Object.assign(new Error(`connect ${code} 127.0.0.1:5432`), { code });
}

describe('translated', () => {
  test.each([
    ['connection refused', errnoError('ECONNREFUSED')],
    ['connection reset', errnoError('ECONNRESET')],
    ['all addresses refused', new AggregateError([errnoError('ECONNREFUSED')])],
    ['connection cut, which the driver gives no code', new Error('Connection terminated unexpectedly')],
    ['connection failure', databaseError('08006')],
    ['too many connections', databaseError('53300')],
    ['server stops', databaseError('57P01')],
    ['server starts', databaseError('57P03')],
    ['serialization failure', databaseError('40001')],
    ['deadlock', databaseError('40P01')],
  ])('%s: retryLater', (_, error) => {
    const failure = translated(error);
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ reason: { kind: 'retryLater' }, cause: error });
  });

  test.each([
    ['unique violation', databaseError('23505')],
    ['syntax error', databaseError('42601')],
    ['a bug', new TypeError('x is not a function')],
    ['a failure', lostRace('moved on')],
  ])('%s: stays what it is', (_, error) => {
    expect(translated(error)).toBe(error);
  });
});

test('a unique violation names its index', () => {
  expect(violatedIndex(databaseError('23505', 'runs_pkey'))).toBe('runs_pkey');
  expect(violatedIndex(databaseError('23503', 'runs_pkey'))).toBeUndefined();
  expect(violatedIndex(undefined)).toBeUndefined();
});
