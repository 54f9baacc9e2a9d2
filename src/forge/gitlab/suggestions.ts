import type { Suggestion } from '../../domain/review.js';

/** A fenced block with what stands behind its opening fence; one that is never closed goes to the end. */
const fenced = /^ {0,3}(`{3,}|~{3,})([^`\n]*)\n([\s\S]*?)(?:^ {0,3}\1[`~]*[^\S\n]*$|(?![\s\S]))/gm;

/** `suggestion:-1+2`: one line above the comment's own up to two below it. */
const offer = /^suggestion(?::(?:-(\d+))?(?:\+(\d+))?)?$/;

/** The suggestions in a comment at a line of the file as it is now; those that are quoted or shown in another block are none. */
export function suggestionsIn(body: string, { path, line }: { path: string; line: number }): readonly Suggestion[] {
  return [...body.replaceAll('\r\n', '\n').matchAll(fenced)].flatMap(([, , what = '', text = '']) => {
    const [found, above = '0', below = '0'] = offer.exec(what.trim()) ?? [];
    if (found === undefined) return [];
    const fromLine = Math.max(line - Number(above), 1);
    return [{ path, fromLine, toLine: line + Number(below), text: text.replace(/\n$/, '') }];
  });
}
