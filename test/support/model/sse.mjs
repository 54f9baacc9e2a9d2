// Server-sent events, and what each answer of the stand-in counts as used: the same for all APIs, so that sums can be checked.

/** Tokens of each answer: 400 fresh and 800 cached ones in, 34 out. */
export const tokens = { fresh: 400, cached: 800, out: 34 };

/** One event as it goes over the wire; named where the API names its events. */
export function sse(event, { isNamed = false } = {}) {
  const words = typeof event === 'string' ? event : JSON.stringify(event);
  return `${isNamed ? `event: ${event.type}\n` : ''}data: ${words}\n\n`;
}

/** The words of blocks that have some, whichever API they are from. */
export function textIn(blocks) {
  return blocks.flatMap(({ text }) => (typeof text === 'string' ? [text] : [])).join('\n');
}
