import type { Run } from '../domain/run.js';
import { allowanceOf, spentOf } from '../domain/spent.js';
import { blocked, shownTo, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';

/** A run that has used what it may starts no agent any more: a person is asked first. */
export function withinBudget(decision: Decision): Decision {
  const { run, effects } = decision;
  if (!effects.some(({ type }) => type === 'runAgent')) return decision;
  const details = overspent(run);
  if (details.length === 0) return decision;
  const asked = blocked(run, { kind: 'budgetSpent', details }, resumeOf(run));
  const others = effects.filter(({ type }) => type === 'react' || type === 'showStatus' || type === 'tellPeople');
  const status = asked.run.status;
  return shownTo({ ...asked, run: { ...asked.run, status }, effects: [...others, ...asked.effects] });
}

function overspent(run: Run): readonly string[] {
  const allowed = allowanceOf(run);
  if (allowed === undefined) return [];
  const spent = spentOf(run);
  const minutes = (ms: number): string => `${Math.round(ms / 60_000)} min`;
  return [
    ...(spent.tokens < allowed.tokens ? [] : [`tokens: ${spent.tokens} of ${allowed.tokens}`]),
    ...(spent.costUsd < allowed.costUsd
      ? []
      : [`cost: ${spent.costUsd.toFixed(2)} of ${allowed.costUsd.toFixed(2)} US dollars`]),
    ...(spent.wallTimeMs < allowed.wallTimeMs
      ? []
      : [`time that agents worked: ${minutes(spent.wallTimeMs)} of ${minutes(allowed.wallTimeMs)}`]),
  ];
}
