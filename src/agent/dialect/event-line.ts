import { z } from 'zod';
import type { AgentEvent } from '../../domain/agent.js';

const limitKind = z.enum(['rate', 'plan', 'quota', 'overload', 'auth', 'context']);
const failureKind = z.enum(['crash', 'stalled', 'loop', 'flood', 'wall', 'limit', 'auth', 'refused', 'other']);
const amount = z.number().nonnegative().default(0);

/** Contract: normalised agent events. */
const eventLine = z.discriminatedUnion('type', [
  z.object({ type: z.literal('started'), session: z.string() }),
  z.object({ type: z.literal('said'), text: z.string() }),
  z.object({ type: z.literal('used'), tool: z.string(), input: z.unknown(), id: z.string().exactOptional() }),
  z.object({ type: z.literal('returned'), id: z.string() }),
  z.object({
    type: z.literal('usage'),
    inputTokens: amount,
    outputTokens: amount,
    cachedTokens: amount,
    costUsd: amount,
  }),
  z.object({ type: z.literal('limited'), kind: limitKind, resetsAt: z.iso.datetime({ offset: true }).optional() }),
  z.object({ type: z.literal('retrying'), kind: limitKind, delayMs: z.number().nonnegative() }),
  z.object({ type: z.literal('finished') }),
  z.object({ type: z.literal('failed'), kind: failureKind, reason: z.string() }),
]);

/** A line in the words that all dialects share; undefined for all else. */
export function readEventLine(line: string): AgentEvent | undefined {
  if (!line.startsWith('{')) return undefined;
  const event = eventLine.safeParse(parseJson(line)).data;
  if (event?.type !== 'limited') return event;
  const { resetsAt, ...limited } = event;
  return { ...limited, ...(resetsAt === undefined ? {} : { resetsAtMs: Date.parse(resetsAt) }), source: 'event' };
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    // Text that happens to start with a brace.
    return undefined;
  }
}
