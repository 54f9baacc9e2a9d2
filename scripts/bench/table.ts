import type { Figure } from './figure.js';
import { median } from './statistics.js';

/** The figures of one row as a table: one line each, a missed aim marked. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => {
    const middle = median(figure.values);
    const bare = figure.bare === undefined ? undefined : median(figure.bare.values);
    return [
      figure.what,
      figure.engine,
      `${shown(middle)} ${figure.unit}`,
      `${shown(Math.min(...figure.values))}–${shown(Math.max(...figure.values))}`,
      figure.aim === undefined ? '' : `≤ ${shown(figure.aim)}`,
      bare === undefined ? '' : `${(middle / bare).toFixed(1)} × ${shown(bare)}`,
      verdictOf(figure),
    ];
  });
  const all = [['what', 'engine', 'median', 'range', 'aim', 'ratio to bare', ''], ...rows];
  const widths = (all[0] ?? []).map((_, column) => Math.max(...all.map((row) => (row[column] ?? '').length)));
  return all
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function verdictOf({ values, aim }: Figure): '' | 'met' | 'MISSED' {
  if (aim === undefined) return '';
  return median(values) <= aim ? 'met' : 'MISSED';
}

function shown(value: number): string {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
}
