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
      aimOf([figure]),
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

/** All figures as the table of docs/bench.md: a line for each thing measured, its engines side by side. */
export function markdownOf(figures: readonly Figure[]): string {
  const engines = [...new Set(figures.map(({ engine }) => engine))];
  const lines = [...new Set(figures.map(({ what }) => what))].map((what) => {
    const ofAll = engines.map((engine) => figures.find((each) => each.what === what && each.engine === engine));
    const aim = aimOf(ofAll.flatMap((figure) => figure ?? []));
    const unit = ofAll.find((figure) => figure !== undefined)?.unit ?? '';
    return [what, aim === '' ? '' : `${aim} ${unit}`, ...ofAll.map(cellOf)];
  });
  const head = ['what', 'aim', ...engines];
  return [head, head.map(() => '---'), ...lines].map((cells) => `| ${cells.join(' | ')} |`).join('\n');
}

function cellOf(figure: Figure | undefined): string {
  if (figure === undefined) return '';
  const middle = median(figure.values);
  const ratio = figure.bare === undefined ? '' : ` (${(middle / median(figure.bare.values)).toFixed(1)} ×)`;
  const text = `${shown(middle)} ${figure.unit}${ratio}`;
  return verdictOf(figure) === 'MISSED' ? `**${text}**` : text;
}

/** The aims of one thing with all engines. */
function aimOf(figures: readonly Figure[]): string {
  const [most, least] = [figures.flatMap(({ aim }) => aim ?? []), figures.flatMap(({ atLeast }) => atLeast ?? [])];
  const all = (aims: readonly number[]): string => [...new Set(aims)].map(shown).join(' / ');
  if (least.length > 0) return `≥ ${all(least)}`;
  return most.length > 0 ? `≤ ${all(most)}` : '';
}

export function verdictOf({ values, aim, atLeast }: Figure): '' | 'met' | 'MISSED' {
  if (aim === undefined && atLeast === undefined) return '';
  const middle = median(values);
  return middle <= (aim ?? Infinity) && middle >= (atLeast ?? 0) ? 'met' : 'MISSED';
}

function shown(value: number): string {
  return Math.abs(value) < 10 && !Number.isInteger(value) ? value.toFixed(1) : value.toFixed(0);
}
