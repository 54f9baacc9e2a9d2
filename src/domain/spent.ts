import type { Budgets } from './policy.js';
import type { Run } from './run.js';

/** Time that agents worked, tokens in and out, US dollars where an account has a price. */
export type Spent = Pick<Budgets, 'wallTimeMs' | 'tokens' | 'costUsd'>;

/** What the attempts of a run have used together. */
export function spentOf({ attempts }: Pick<Run, 'attempts'>): Spent {
  const sum = (of: (attempt: Run['attempts'][number]) => number): number =>
    attempts.reduce((total, attempt) => total + of(attempt), 0);
  return {
    wallTimeMs: sum(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs),
    tokens: sum(({ usage }) => usage.inputTokens + usage.outputTokens),
    costUsd: sum(({ usage }) => usage.costUsd),
  };
}

/** What a run may use in all: its budgets, as often as people have granted them; undefined before they are known. */
export function allowanceOf({ prepared, moreBudgets = 0 }: Pick<Run, 'prepared' | 'moreBudgets'>): Spent | undefined {
  if (prepared === undefined) return undefined;
  const { wallTimeMs, tokens, costUsd } = prepared.policy.budgets;
  const times = 1 + moreBudgets;
  return { wallTimeMs: wallTimeMs * times, tokens: tokens * times, costUsd: costUsd * times };
}

/** The least that one attempt at a task can do with: to read the code, to change it, to run its tests. */
const leastTokens = 10_000;
const leastMs = 30_000;

/** How many tasks what is left of the budgets bears, with one attempt each; at least one, for less is told as a spent budget. */
export function tasksBorne(run: Pick<Run, 'attempts' | 'prepared' | 'moreBudgets'>): number {
  const allowed = allowanceOf(run);
  if (allowed === undefined) return 1;
  const spent = spentOf(run);
  const byTokens = (allowed.tokens - spent.tokens) / leastTokens;
  const byTime = (allowed.wallTimeMs - spent.wallTimeMs) / leastMs;
  return Math.max(1, Math.floor(Math.min(byTokens, byTime)));
}
