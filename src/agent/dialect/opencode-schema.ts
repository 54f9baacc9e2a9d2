import { z } from 'zod';
import type { AgentEvent, LimitHit, LimitKind } from '../../domain/agent.js';
import { count, number, parseObject, text } from './json-lines.js';
import { failed, limitOfStatus, retryAfterMs } from './limits.js';

// What `opencode serve` and `opencode run --format json` have in common.

/** A part of a message: text, a tool call, the end of a step. */
export const part = z.object({
  type: z.string(),
  text,
  /** Of text that the model has written; its end is there once it is complete. */
  time: z.object({ end: number }).optional().catch(undefined),
  tool: text,
  callID: text,
  state: z.object({ status: z.string(), input: z.unknown().optional(), metadata: z.unknown().optional() }).optional(),
  reason: text,
  tokens: z
    .object({
      input: count,
      output: count,
      reasoning: count,
      cache: z.object({ read: count, write: count }),
    })
    .optional(),
  cost: count,
});

export type Part = z.infer<typeof part>;

export const failure = z.object({
  name: z.string(),
  data: z
    .object({
      message: text,
      statusCode: number,
      responseHeaders: z.record(z.string(), z.string()).optional().catch(undefined),
      responseBody: text,
    })
    .optional()
    .catch(undefined),
});

/** Text that is complete, and the end of a step with what it has used. */
export function saidOrStepped(part: Part): readonly AgentEvent[] {
  if (part.type === 'text' && part.text !== undefined && part.time?.end !== undefined)
    return [{ type: 'said', text: part.text }];
  if (part.type !== 'step-finish' || part.tokens === undefined) return [];
  const { input, output, reasoning, cache } = part.tokens;
  const usage: AgentEvent = {
    type: 'usage',
    inputTokens: input + cache.write,
    outputTokens: output + reasoning,
    cachedTokens: cache.read,
    costUsd: part.cost,
  };
  // Nothing says that a run is over but the reason of its last step.
  return part.reason === 'stop' ? [usage, { type: 'finished' }] : [usage];
}

/** The call of a tool that begins. */
export function usedTool({ tool = 'tool', callID, state }: Part): AgentEvent {
  return { type: 'used', tool, input: state?.input, ...(callID === undefined ? {} : { id: callID }) };
}

export function returnedTool({ callID }: Part): readonly AgentEvent[] {
  return callID === undefined ? [] : [{ type: 'returned', id: callID }];
}

/** What a failure says; `atMs`: when it happened, where that is known. */
export function fromFailure({ name, data }: z.infer<typeof failure>, atMs?: number): readonly AgentEvent[] {
  const hit = limitIn(name, data, atMs);
  const reason = data?.message ?? name;
  return hit === undefined ? [failed(reason)] : [{ type: 'limited', ...hit }, failed(reason, hit.kind)];
}

const errorBody = z.object({ error: z.object({ type: text, code: text, resets_at: number }) });

/** What the name of a failure says of limits. */
const limitsByName: ReadonlyMap<string, LimitKind> = new Map([
  ['ContextOverflowError', 'context'],
  ['ProviderAuthError', 'auth'],
]);

/** What the API's own error, which it hands on as it came, says more exactly than its status. */
const limitsByCode: ReadonlyMap<string | undefined, LimitKind> = new Map([
  ['usage_limit_reached', 'plan'],
  ['insufficient_quota', 'quota'],
]);

function limitIn(name: string, data: z.infer<typeof failure>['data'], atMs?: number): LimitHit | undefined {
  const byName = limitsByName.get(name);
  if (byName !== undefined) return { kind: byName, source: 'event' };
  const { statusCode, responseHeaders = {}, responseBody = '' } = data ?? {};
  const { type, code, resets_at: resetsAtSeconds } = errorBody.safeParse(parseObject(responseBody)).data?.error ?? {};
  const kind = limitsByCode.get(type) ?? limitsByCode.get(code) ?? limitOfStatus(statusCode);
  if (kind === undefined) return undefined;
  const resetsAtMs = resetsAtSeconds === undefined ? retryAfterMs(responseHeaders, atMs) : resetsAtSeconds * 1000;
  return { kind, ...(resetsAtMs === undefined ? {} : { resetsAtMs }), source: 'event' };
}
