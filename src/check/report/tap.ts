import type { TestReport, TestResult } from '../../domain/check.js';
import { counted, countsOf, firstLine, lastLine, type Reader, separator, told } from './part.js';
import { totalsOf } from './node-totals.js';

interface Point {
  readonly name: string;
  readonly outcome: TestResult['outcome'];
  readonly isSuite: boolean;
  readonly children: readonly Point[];
}

const header = /^TAP version \d+$/;
const pointLine = /^((?: {4})*)(not ok|ok)\b(?: (\d+))?(?: -)?(?: (.*))?$/;
const planLine = /^1\.\.(\d+)\b/;

/** TAP 13 and 14 with subtests; with the totals at the end that Node's own runner adds, it is `node:test`. */
export const readTap: Reader = (lines) => {
  const from = firstLine(lines, header) ?? firstLine(lines, /^(1\.\.\d+|(not )?ok \d+)\b/);
  if (from === undefined) return undefined;
  const limit = firstLine(lines, header, from + 1) ?? lines.length;
  const plan = lastLine(lines, planLine, [from, limit]);
  if (plan === undefined) return undefined;
  const document = lines.slice(from, limit);
  const totals = totalsOf(document, '# ');
  const read = () => {
    const all = pointsOf(document).flatMap((point) => resultsOf(point));
    return totals === undefined ? plain(all, lines[plan] ?? '') : told(totals.counts, { all, failed: failedOf(all) });
  };
  return { from, to: totals === undefined ? endOf(lines, [from, limit]) : from + totals.to, read };
};

/** Without totals there are points and a plan: neither counts for more than the other. */
function plain(all: readonly TestResult[], plan: string): TestReport {
  const planned = Number(planLine.exec(plan)?.[1]);
  const counts = countsOf('TAP', all);
  if (planned >= counts.found) return { counts, namesAll: true, results: all };
  const some = { found: planned, skipped: Math.min(counts.skipped, planned), failed: counts.failed };
  return { counts: counted('TAP', some), namesAll: false, results: [] };
}

function endOf(lines: readonly string[], range: readonly [number, number]): number {
  return lastLine(lines, /^(1\.\.\d+|(not )?ok\b|# )/, range) ?? range[0];
}

/** A point comes after its subtests. */
function pointsOf(lines: readonly string[]): readonly Point[] {
  const open: Point[][] = [[]];
  for (let index = 0; index < lines.length; index += 1) {
    const [, indent = '', status = '', , text = ''] = pointLine.exec(lines[index] ?? '') ?? [];
    if (status === '') continue;
    const depth = indent.length / 4;
    const details = detailsOf(lines, { from: index + 1, indent: `${indent}  ` });
    const children = open[depth + 1] ?? [];
    open.splice(depth + 1);
    while (open.length <= depth) open.push([]);
    open[depth]?.push({ ...described(status, text), isSuite: details.includes(`${indent}  type: 'suite'`), children });
    index += details.length;
  }
  return open[0] ?? [];
}

/** The YAML block below a point, whose lines are no TAP. */
function detailsOf(
  lines: readonly string[],
  { from, indent }: { readonly from: number; readonly indent: string },
): readonly string[] {
  if (lines[from] !== `${indent}---`) return [];
  const end = lines.indexOf(`${indent}...`, from);
  return end === -1 ? [] : lines.slice(from, end + 1);
}

function described(status: string, text: string): Pick<Point, 'name' | 'outcome'> {
  const [, name = '', directive] = /^(.*?)(?:(?<!\\)\s*# *(skip|todo)\b.*)?$/i.exec(text) ?? [];
  const outcome = directive !== undefined ? 'skipped' : status === 'ok' ? 'passed' : 'failed';
  return { name: name.replace(/\\(.)/g, '$1').replace(/^\.\//, ''), outcome };
}

/** A suite is no test, a test with subtests is one. */
function resultsOf({ name, outcome, isSuite, children }: Point, above = ''): readonly TestResult[] {
  const path = above + name;
  const below = children.flatMap((child) => resultsOf(child, path + separator));
  return isSuite ? below : [...below, { name: path, outcome }];
}

function failedOf(all: readonly TestResult[]): readonly string[] {
  return all.flatMap(({ name, outcome }) => (outcome === 'failed' ? [name] : []));
}
