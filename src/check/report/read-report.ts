import type { TestReport } from '../../domain/check.js';
import { readCargo } from './cargo.js';
import { readGo } from './go.js';
import { readJest } from './jest.js';
import { readJunit, readJunitLines } from './junit.js';
import { readMocha } from './mocha.js';
import { readNodeSpec } from './node-spec.js';
import { type Part, type Reader, sumOf } from './part.js';
import { readPytest } from './pytest.js';
import { readTap } from './tap.js';
import { readVitest } from './vitest.js';

/** A line that a command printed, without terminal codes. */
export interface Line {
  readonly stream: 'stdout' | 'stderr';
  readonly text: string;
}

/** What is longer is no line of a report, and costs time. */
const longestLine = 2000;
/** More runs in one command are taken for noise. */
const mostRuns = 500;

/**
 * The report of the test runners of a command, from its lines in order and the JUnit XML that pytest was made to write; undefined when no
 * runner is recognised. Counts of several add up. What tests print stands between the lines of their runner: only the last totals of a
 * run count, and what looks like another runner meanwhile is passed over.
 */
export function readReport(lines: readonly Line[], pytestXml?: string): TestReport | undefined {
  const on = (stream: Line['stream']) => [...lines.entries()].filter(([, line]) => line.stream === stream);
  const [stdout, stderr] = [on('stdout'), on('stderr')];
  const errors = stderr.map(([, { text }]) => text.slice(0, longestLine));
  // Jest is the only one that reports on standard error.
  const jest = spansOf(stderr, [readJest]);
  const others = spansOf(stdout, [
    ...(jest.length > 0 ? [] : [readJest]),
    ...[readTap, readNodeSpec, readMocha, readPytest, readGo, readCargo],
    (each: readonly string[]) => readVitest(each, errors),
  ]);
  const spans = [...others, ...jest].filter((span, _, all) => !all.some((other) => holds(other, span)));
  const told = withXml(believed(spans.map(({ part }) => part.read())), pytestXml);
  return told.length === 0 ? undefined : sumOf(told);
}

/** Mocha begins with no line of its own: beside others, its totals alone could be what a test printed. */
function believed(told: readonly TestReport[]): readonly TestReport[] {
  const sure = told.filter(({ counts, namesAll }) => namesAll || counts.runner !== 'mocha');
  return sure.length === 0 ? told : sure;
}

/** A part with the places of its first and last line among all lines. */
interface Span {
  readonly part: Part;
  readonly begin: number;
  readonly end: number;
}

function holds(outer: Span, inner: Span): boolean {
  return outer !== inner && outer.begin < inner.begin && inner.end < outer.end;
}

type Numbered = readonly [number, Line];

/** The runs of all runners, one after the other: of those that overlap, the one that began first. */
function spansOf(numbered: readonly Numbered[], readers: readonly Reader[]): readonly Span[] {
  const whole = numbered.map(([, { text }]) => text);
  const lines = whole.map((text) => text.slice(0, longestLine));
  const sources = [
    ...readers.map((reader) => firstOf(reader, lines)),
    ...(readers.length === 1 ? [] : [firstOf(readJunitLines, whole)]),
  ];
  const spans: Span[] = [];
  for (let offset = 0; spans.length < mostRuns;) {
    const found = sources.flatMap((source) => source(offset) ?? []).sort((a, b) => a.from - b.from)[0];
    if (found === undefined) break;
    const place = (at: number) => numbered[at]?.[0] ?? 0;
    spans.push({ part: found, begin: place(found.from), end: place(found.to) });
    offset = found.to + 1;
  }
  return spans;
}

/** Remembers what the reader found, and looks again only when that was passed over. */
function firstOf(reader: Reader, lines: readonly string[]): (offset: number) => Part | undefined {
  let seen: { readonly part: Part | undefined } | undefined;
  return (offset) => {
    if (seen === undefined || (seen.part !== undefined && seen.part.from < offset)) {
      const part = reader(offset === 0 ? lines : lines.slice(offset));
      seen = { part: part && { ...part, from: part.from + offset, to: part.to + offset } };
    }
    return seen.part;
  };
}

/** One run of pytest is told better by its XML; of several runs, the file is the last one's. */
function withXml(told: readonly TestReport[], xml: string | undefined): readonly TestReport[] {
  const read = xml === undefined ? undefined : readJunit(xml, 'pytest');
  const others = told.filter(({ counts }) => counts.runner !== 'pytest');
  return read === undefined || told.length - others.length > 1 ? told : [...others, read];
}
