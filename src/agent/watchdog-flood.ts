const windowMs = 60_000;

/** Some tens of times what a busy agent prints. */
const mostLines = 20_000;
const mostBytes = 32 * 1024 * 1024;

interface Amount {
  readonly lines: number;
  readonly bytes: number;
}

/** What was printed in this minute and in the one before. */
export interface Flow {
  readonly sinceMs: number;
  readonly now: Amount;
  readonly before: Amount;
}

const nothing: Amount = { lines: 0, bytes: 0 };

/** A flow that begins. */
export function flowFrom(atMs: number): Flow {
  return { sinceMs: atMs, now: nothing, before: nothing };
}

/** The flow with what was just printed. */
export function flowWith(flow: Flow, { lines, bytes }: Amount, atMs: number): Flow {
  const { sinceMs, now, before } = inMinute(flow, atMs);
  return { sinceMs, now: { lines: now.lines + lines, bytes: now.bytes + bytes }, before };
}

/** Why the flow is a flood, undefined when it is none: the minute before counts by what of it lies within the last 60 s. */
export function floodOf({ sinceMs, now, before }: Flow, atMs: number): string | undefined {
  const share = 1 - (atMs - sinceMs) / windowMs;
  const isFlood = now.lines + before.lines * share > mostLines || now.bytes + before.bytes * share > mostBytes;
  return isFlood ? 'printed more than 20,000 lines or 32 MB within a minute' : undefined;
}

function inMinute(flow: Flow, atMs: number): Flow {
  const passedMs = atMs - flow.sinceMs;
  if (passedMs < windowMs) return flow;
  if (passedMs >= 2 * windowMs) return flowFrom(atMs);
  return { sinceMs: flow.sinceMs + windowMs, now: nothing, before: flow.now };
}
