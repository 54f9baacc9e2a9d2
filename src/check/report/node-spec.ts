import type { TestResult } from '../../domain/check.js';
import { totalsOf } from './node-totals.js';
import { firstLine, type Reader, separator, told } from './part.js';

const mark = /^( *)([▶✔✖﹣⚠]) (.*?)(?: \(([\d.]+)ms\)( # .*)?)?$/u;

/** The `spec` reporter of Node's test runner. */
export const readNodeSpec: Reader = (lines) => {
  const totals = totalsOf(lines, 'ℹ ');
  if (totals === undefined) return undefined;
  const { counts, suites, to } = totals;
  const from = Math.min(firstLine(lines, /^[▶✔✖﹣⚠] /u) ?? to, to);
  const read = () => {
    const { all, closed } = resultsOf(lines.slice(from, to));
    // Suites look like tests that have subtests: what holds others is named only where nothing below tells why it failed.
    if (closed === counts.found + suites) return { counts, namesAll: true, results: all };
    return told(counts, { all: [], failed: all.flatMap(({ name, outcome }) => (outcome === 'failed' ? [name] : [])) });
  };
  return { from, to, read };
};

/** A suite, or a test that has subtests: a line when it begins, a line with its duration when it ends. */
interface Holder {
  readonly name: string;
  hasFailed: boolean;
}

function resultsOf(lines: readonly string[]): { readonly all: readonly TestResult[]; readonly closed: number } {
  const above: Holder[] = [];
  const all: TestResult[] = [];
  let closed = 0;
  for (const line of lines) {
    const [, indent = '', sign, name = '', duration, note = ''] = mark.exec(line) ?? [];
    if (sign === undefined) continue;
    const [holder] = above.splice(indent.length / 2);
    if (duration === undefined) {
      above.push({ name, hasFailed: false });
      continue;
    }
    closed += 1;
    const outcome = outcomeOf(sign, note);
    if (!hasBeenTold(holder, { name, outcome })) all.push({ name: pathOf(above, name), outcome });
    if (outcome === 'failed') for (const each of above) each.hasFailed = true;
  }
  return { all, closed };
}

/** What holds tests is told by them, unless it failed though none of them did. */
function hasBeenTold(holder: Holder | undefined, { name, outcome }: TestResult): boolean {
  return holder?.name === name && (outcome !== 'failed' || holder.hasFailed);
}

function pathOf(above: readonly Holder[], name: string): string {
  return [...above.map((each) => each.name), name].join(separator).replace(/^\.\//, '');
}

function outcomeOf(sign: string, note: string): TestResult['outcome'] {
  if (sign === '﹣' || sign === '⚠' || note !== '') return 'skipped';
  return sign === '✖' ? 'failed' : 'passed';
}
