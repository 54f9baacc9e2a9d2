import type { Evidence } from '../domain/check.js';
import { codeBlock, codeSpan, escapeInline } from './escape.js';
import { fold } from './fold.js';
import { durationText } from './format.js';
import { endOf } from './plain.js';

const longestTail = 2000;

/** How a command ended, in words. */
export function outcomeText({ outcome, exit }: Evidence): string {
  if (outcome === 'pass') return 'passed';
  if (typeof exit === 'number') return `${outcome === 'fail' ? 'failed' : 'inconclusive'} (exit ${exit})`;
  return { timedOut: 'ran out of time', stopped: 'was stopped', notStarted: 'could not be started' }[exit];
}

/** What Fleet ran and saw, one row a command. */
export function evidenceTable(evidence: readonly Evidence[]): readonly string[] {
  return [
    '| | command | outcome | time | tree |',
    '|---|---|---|--:|---|',
    ...evidence.map((one) =>
      row(
        escapeInline(one.name),
        codeSpan(one.command),
        `${signOf(one)}${testsText(one)}`,
        durationText(one.durationMs),
        `\`${one.tree.slice(0, 7)}\``,
      ),
    ),
    ...flakyLines(evidence.filter(({ flaky }) => flaky === true)),
  ];
}

/** More names than this nobody reads. */
const mostNames = 10;

function flakyLines(evidence: readonly Evidence[]): readonly string[] {
  if (evidence.length === 0) return [];
  const lines = evidence.map(({ name, failedTests = [] }) => {
    const named = failedTests.slice(0, mostNames).map((test) => `“${escapeInline(test)}”`);
    const more = failedTests.length - named.length;
    const which = named.length === 0 ? '' : `: ${named.join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
    return `- ⚠️ ${escapeInline(name)} is flaky: it failed once, and passed on the same tree when it was run again${which}`;
  });
  // A table ends with an empty line.
  return ['', ...lines];
}

function signOf(one: Evidence): string {
  if (one.outcome === 'pass') return one.flaky === true ? '⚠️ passed when run again' : '✅ passed';
  return one.wasRed === true ? `⚠️ ${outcomeText(one)}, as on the base` : `❌ ${outcomeText(one)}`;
}

function testsText({ tests }: Evidence): string {
  return tests === undefined ? '' : `; ${tests.run} of ${tests.found} tests run`;
}

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** The end of a command's output, folded; nothing where it printed nothing. */
export function outputFold(one: Evidence): readonly string[] {
  const tail = endOf(one.outputTail, longestTail);
  if (tail === '') return [];
  return fold(`Output of ${escapeInline(one.name)}: ${outcomeText(one)}`, [codeBlock(tail)]);
}
