import type { Suggestion } from '../domain/review.js';

/** True when none of them speaks of a line that the text does not have, or of one that another one speaks of. */
export function canApply(text: string, suggestions: readonly Suggestion[]): boolean {
  const last = linesOf(text).length;
  const sorted = [...suggestions].sort((a, b) => a.fromLine - b.fromLine);
  return sorted.every(({ fromLine, toLine }, index) => {
    const free = (sorted[index - 1]?.toLine ?? 0) + 1;
    return fromLine >= free && fromLine <= toLine && toLine <= last;
  });
}

/** The text with the suggestions in it; its line ends stay, and so does a last line without one. */
export function applySuggestions(text: string, suggestions: readonly Suggestion[]): string {
  const lines = linesOf(text);
  const usualEnd = endOf(lines[0] ?? '') || '\n';
  // From the bottom up, so that the lines above keep their numbers.
  for (const { fromLine, toLine, text: written } of [...suggestions].sort((a, b) => b.fromLine - a.fromLine)) {
    const lastEnd = endOf(lines[toLine - 1] ?? '');
    const fresh = written === '' ? [] : written.split(/\r?\n/);
    lines.splice(
      fromLine - 1,
      toLine - fromLine + 1,
      ...fresh.map((line, index) => line + (index === fresh.length - 1 ? lastEnd : lastEnd || usualEnd)),
    );
    const above = lines[fromLine - 2];
    if (fresh.length === 0 && lastEnd === '' && above !== undefined)
      lines[fromLine - 2] = above.slice(0, above.length - endOf(above).length);
  }
  return lines.join('');
}

/** Lines with their ends; only the last one may have none. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function endOf(line: string): string {
  if (line.endsWith('\r\n')) return '\r\n';
  return line.endsWith('\n') ? '\n' : '';
}
