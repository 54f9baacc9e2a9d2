import type { Run } from '../domain/run.js';
import { allowanceOf, spentOf } from '../domain/spent.js';
import { fold } from './fold.js';
import { countText, durationText, moneyText } from './format.js';
import { lanesOf } from './progress.js';

/** What the run has used of its budgets, and what is left of each, folded; nothing before the first attempt. */
export function budgetFold(run: Run): readonly string[] {
  const allowed = allowanceOf(run);
  if (allowed === undefined || run.attempts.length === 0) return [];
  const spent = spentOf(run);
  const parts = [
    { what: 'tokens', used: spent.tokens, of: allowed.tokens, text: countText },
    ...(spent.costUsd > 0 ? [{ what: 'cost', used: spent.costUsd, of: allowed.costUsd, text: moneyText }] : []),
    { what: "agents' time", used: spent.wallTimeMs, of: allowed.wallTimeMs, text: durationText },
  ];
  const most = Math.max(...parts.map(({ used, of }) => (of > 0 ? used / of : 1)));
  const rows = [...parts, ...attemptsOf(run)];
  return fold(`Budget: ${Math.min(100, Math.ceil(most * 100))} % used`, [
    '| | used | left |',
    '|---|--:|--:|',
    ...rows.map(({ what, used, of, text }) => `| ${what} | ${text(used)} | ${left(of - used, text)} |`),
  ]);
}

function left(amount: number, text: (amount: number) => string): string {
  return amount <= 0 ? 'none' : text(amount);
}

/** Attempts are counted for each task anew. */
function attemptsOf({ phase, prepared }: Run) {
  const of = prepared?.policy.budgets.attemptsPerTask ?? 0;
  return lanesOf(phase).map(({ task, ladder }) => ({
    ...{ what: `attempts at ${task}`, used: ladder.frontiers.length, of },
    text: String,
  }));
}
