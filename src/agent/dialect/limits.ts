import type { AgentEvent, LimitKind } from '../../domain/agent.js';

/** What an HTTP status of a model's API says of limits. */
export function limitOfStatus(status: number | undefined): LimitKind | undefined {
  if (status === 401 || status === 403) return 'auth';
  if (status === 402) return 'quota';
  if (status === 429) return 'rate';
  return status !== undefined && status >= 500 ? 'overload' : undefined;
}

/** A failure, and the limit that is its reason, if any. */
export function failed(reason: string, limit?: LimitKind): AgentEvent {
  const kind = limit === undefined ? 'other' : limit === 'auth' ? 'auth' : 'limit';
  return { type: 'failed', kind, reason };
}

/** When a `retry-after` ends, in ms since the epoch. It holds seconds or a date (RFC 9110); seconds count from `date`, else from `atMs`. */
export function retryAfterMs(headers: Readonly<Record<string, string>>, atMs?: number): number | undefined {
  const { date, 'retry-after': after } = headers;
  if (after === undefined) return undefined;
  const sentAtMs = date === undefined ? NaN : Date.parse(date);
  const fromMs = Number.isNaN(sentAtMs) ? atMs : sentAtMs;
  if (/^\d+(\.\d+)?$/.test(after)) return fromMs === undefined ? undefined : fromMs + Number(after) * 1000;
  const endMs = Date.parse(after);
  return Number.isNaN(endMs) ? undefined : endMs;
}
