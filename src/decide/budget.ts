import type { Budgets } from '../domain/policy.js';
import type { Run } from '../domain/run.js';
import { blocked, shownTo, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';

/** What the attempts of a run have used together. */
type Spent = Pick<Budgets, 'wallTimeMs' | 'tokens' | 'costUsd'>;

/** A run that has used what it may starts no agent any more: a person is asked first. */
export function withinBudget(decision: Decision): Decision {
  const { run, effects } = decision;
  if (!effects.some(({ type }) => type === 'runAgent')) return decision;
  const details = overspent(run);
  if (details.length === 0) return decision;
  const asked = blocked(run, { kind: 'budgetSpent', details }, resumeOf(run));
  const others = effects.filter(({ type }) => type !== 'runAgent');
  const status = asked.run.status;
  return shownTo({ ...asked, run: { ...asked.run, status }, effects: [...others, ...asked.effects] });
}

/** What the attempts of a run have used together: time that agents worked, tokens, US dollars where an account has a price. */
function spentOf({ attempts }: Pick<Run, 'attempts'>): Spent {
  const sum = (of: (attempt: Run['attempts'][number]) => number): number =>
    attempts.reduce((total, attempt) => total + of(attempt), 0);
  return {
    wallTimeMs: sum(({ startedAtMs, endedAtMs }) => endedAtMs - startedAtMs),
    tokens: sum(({ usage }) => usage.inputTokens + usage.outputTokens),
    costUsd: sum(({ usage }) => usage.costUsd),
  };
}

function overspent(run: Run): readonly string[] {
  const budgets = run.prepared?.policy.budgets;
  if (budgets === undefined) return [];
  const spent = spentOf(run);
  const times = 1 + (run.moreBudgets ?? 0);
  const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
  return [
    ...(spent.tokens < budgets.tokens * times ? [] : [`tokens: ${spent.tokens} of ${budgets.tokens * times}`]),
    ...(spent.costUsd < budgets.costUsd * times
      ? []
      : [`cost: ${spent.costUsd.toFixed(2)} of ${(budgets.costUsd * times).toFixed(2)} US dollars`]),
    ...(spent.wallTimeMs < budgets.wallTimeMs * times
      ? []
      : [`time that agents worked: ${minutes(spent.wallTimeMs)} of ${minutes(budgets.wallTimeMs * times)}`]),
  ];
}
