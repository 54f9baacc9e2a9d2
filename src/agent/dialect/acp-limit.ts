import { z } from 'zod';
import type { LimitHit, LimitKind } from '../../domain/agent.js';
import type { AcpRefusal, CodexError } from './acp-schema.js';

type Hit = Pick<LimitHit, 'kind' | 'source'>;

const authRequired = -32000;

/** Words of claude-agent-acp and of both Codex agents. */
const words: ReadonlyMap<string, LimitKind> = new Map([
  ['rate_limit', 'rate'],
  ['overloaded', 'overload'],
  ['authentication_failed', 'auth'],
  ['billing_error', 'quota'],
  ['usageLimitExceeded', 'plan'],
  ['usage_limit_exceeded', 'plan'],
  ['serverOverloaded', 'overload'],
  ['server_overloaded', 'overload'],
  ['contextWindowExceeded', 'context'],
  ['context_window_exceeded', 'context'],
  ['unauthorized', 'auth'],
]);

/** The agent's own error text, in which no model writes: all that opencode and some answers of others have. */
const texts: readonly (readonly [RegExp, LimitKind])[] = [
  [/context (?:window|length)|prompt is too long/i, 'context'],
  [/usage limit/i, 'plan'],
  [/quota|billing|credit balance|insufficient (?:funds|credits)/i, 'quota'],
  [/rate limit|too many requests/i, 'rate'],
  [/api key|\b401\b|unauthorized|not logged in|authentication/i, 'auth'],
  [/overloaded|at capacity|\b503\b|\b529\b/i, 'overload'],
];

/** Gemini writes Google's answer into the message as JSON. */
const googleError = z.object({
  error: z.object({ details: z.array(z.object({ reason: z.string().optional() })) }),
});

/** The limit that an error of the protocol tells, undefined where it is of another kind. */
export function limitOfRefusal({ code, message, data }: AcpRefusal): Hit | undefined {
  if (code === authRequired) return { kind: 'auth', source: 'event' };
  const kind = ofInfo(data.errorKind ?? data.codexErrorInfo ?? data.codex_error_info);
  if (kind !== undefined) return { kind, source: 'event' };
  // The status of HTTP as a code of JSON-RPC, as gemini has it; a day's quota differs from a minute's by its text alone.
  if (code === 429) return { kind: /daily quota/i.test(message) ? 'quota' : 'rate', source: 'status' };
  if (isKeyInvalid(message)) return { kind: 'auth', source: 'event' };
  return ofText(data.message ?? message);
}

/** The limit behind an error that codex-acp tells on the way. */
export function limitOfCodex({ codexErrorInfo, message = '' }: CodexError): Hit | undefined {
  const kind = ofInfo(codexErrorInfo);
  return kind === undefined ? ofText(message) : { kind, source: 'event' };
}

function ofInfo(info: string | number | undefined): LimitKind | undefined {
  if (typeof info !== 'number') return words.get(info ?? '');
  if (info === 429) return 'rate';
  if (info === 402) return 'quota';
  if (info === 401 || info === 403) return 'auth';
  return info >= 500 ? 'overload' : undefined;
}

function ofText(text: string): Hit | undefined {
  const kind = texts.find(([pattern]) => pattern.test(text))?.[1];
  return kind === undefined ? undefined : { kind, source: 'text' };
}

function isKeyInvalid(message: string): boolean {
  if (!message.startsWith('{')) return false;
  try {
    const { data } = googleError.safeParse(JSON.parse(message));
    return data?.error.details.some(({ reason }) => reason === 'API_KEY_INVALID') ?? false;
  } catch {
    // Text that happens to start with a brace.
    return false;
  }
}
