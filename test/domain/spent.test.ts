import { describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { allowanceOf, spentOf, tasksBorne } from '../../src/domain/spent.js';
import { anAttempt, aPolicy, aPrepared, aRun, aUsage } from '../support/builders.js';

const budgets = { ...aPolicy().budgets, tokens: 100_000, wallTimeMs: 600_000, costUsd: 2 };
const prepared = aPrepared({ policy: aPolicy({ budgets }) });
const used = (tokens: number, ms = 0) =>
  anAttempt({ usage: aUsage({ inputTokens: tokens, outputTokens: 0 }), startedAtMs: 0, endedAtMs: ms });

describe('what a run has used, and may use', () => {
  it('counts all attempts, without what came from a cache', () => {
    const attempts = [used(1000, 5000), anAttempt({ usage: aUsage({ cachedTokens: 900_000 }) })];
    expect(spentOf({ attempts })).toEqual({ wallTimeMs: 65_000, tokens: 2500, costUsd: 0.08 });
  });

  it('is its budgets, as often as people have granted them', () => {
    expect([allowanceOf(aRun()), allowanceOf({ prepared }), allowanceOf({ prepared, moreBudgets: 2 })]).toEqual([
      undefined,
      { tokens: 100_000, wallTimeMs: 600_000, costUsd: 2 },
      { tokens: 300_000, wallTimeMs: 1_800_000, costUsd: 6 },
    ]);
  });
});

it.each<[string, Partial<Run>, number]>([
  ['all of its tokens', { prepared }, 10],
  ['half of its tokens', { prepared, attempts: [used(50_000)] }, 5],
  ['little of its time', { prepared, attempts: [used(0, 510_000)] }, 3],
  ['nothing', { prepared, attempts: [used(500_000)] }, 1],
  ['nothing, and as much again', { prepared, attempts: [used(100_000)], moreBudgets: 1 }, 10],
  ['no budget yet', {}, 1],
])('with %s left, a plan may have so many tasks', (_, change, count) => {
  expect(tasksBorne(aRun(change))).toBe(count);
});
