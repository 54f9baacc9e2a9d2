import { expect } from 'vitest';
import { Failure } from '../../src/domain/failure.js';

export async function expectLostRace(work: Promise<unknown>): Promise<void> {
  const error: unknown = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).reason).toEqual({ kind: 'lostRace' });
}
