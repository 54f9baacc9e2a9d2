import type { Suggestion } from '../../domain/review.js';

/** A suggestion as Markdown, in a fence that its text cannot end. */
export function suggestionBlock(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length));
  const fence = '`'.repeat(longest + 1);
  return [`${fence}suggestion`, ...(text === '' ? [] : [text]), fence].join('\n');
}

/** The suggestions of a comment that speaks of these lines. */
export function suggestionsIn(body: string, lines: Omit<Suggestion, 'text'>): readonly Suggestion[] {
  const blocks = body.replaceAll('\r\n', '\n').matchAll(/^(`{3,})suggestion[^\S\n]*\n(?:([\s\S]*?)\n)?\1`*[^\S\n]*$/gm);
  return [...blocks].map(([, , text = '']) => ({ ...lines, text }));
}
