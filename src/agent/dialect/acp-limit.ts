import { z } from 'zod';
import type { LimitHit, LimitKind } from '../../domain/agent.js';
import type { AcpRefusal, CodexError } from './acp-schema.js';
import { parseObject, text } from './json-lines.js';
import { limitInText } from './limit-text.js';
import { limitOfStatus } from './limits.js';

type Hit = Pick<LimitHit, 'kind' | 'source'>;

const authRequired = -32000;

/** Words of claude-agent-acp, of both Codex agents, and of opencode. */
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
  // opencode's.
  ['ContextOverflowError', 'context'],
  ['ProviderAuthError', 'auth'],
]);

/** Gemini writes Google's answer into the message as JSON. */
const googleError = z.object({
  error: z.object({
    message: text,
    details: z
      .array(z.object({ reason: text }))
      .optional()
      .catch(undefined),
  }),
});

/** The limit that an error of the protocol tells, undefined where it is of another kind. */
export function limitOfRefusal({ code, message, data }: AcpRefusal): Hit | undefined {
  const body = googleError.safeParse(parseObject(message)).data?.error;
  const isKeyInvalid = body?.details?.some(({ reason }) => reason === 'API_KEY_INVALID') ?? false;
  if (code === authRequired || isKeyInvalid) return { kind: 'auth', source: 'event' };
  // opencode and claude begin with the protocol's own name of the error.
  const said = data.message ?? body?.message ?? message.replace(/^Internal error: /, '');
  return ofStatus(code, said) ?? exactly(ofWord(wordOf(data)), said);
}

function wordOf(data: AcpRefusal['data']): string | number | undefined {
  return data.errorKind ?? data.codexErrorInfo ?? data.codex_error_info ?? data.errorName;
}

/** gemini has the status of HTTP as a code of JSON-RPC; a day's quota differs from a minute's by its text alone. */
function ofStatus(code: number, said: string): Hit | undefined {
  const kind = limitOfStatus(code < 600 ? code : undefined);
  if (kind === undefined) return undefined;
  const isOfTheDay = kind === 'rate' && said.startsWith('You have exhausted your daily quota');
  return { kind: isOfTheDay ? 'quota' : kind, source: 'status' };
}

/** The limit behind an error that codex-acp tells on the way. */
export function limitOfCodex({ codexErrorInfo, message = '' }: CodexError): Hit | undefined {
  return exactly(ofWord(codexErrorInfo), message);
}

function ofWord(word: string | number | undefined): Hit | undefined {
  const kind = typeof word === 'number' ? limitOfStatus(word) : words.get(word ?? '');
  return kind === undefined ? undefined : { kind, source: 'event' };
}

/** A rate and a plan are names for a plan and for money, too: the agent's own words tell them apart, and are all that some errors have. */
function exactly(hit: Hit | undefined, said: string): Hit | undefined {
  const kind = limitInText(said);
  if (kind === undefined || kind === hit?.kind) return hit;
  if (hit === undefined) return { kind, source: 'text' };
  const isCoarse = hit.kind === 'rate' || hit.kind === 'plan';
  return isCoarse && (kind === 'plan' || kind === 'quota') ? { kind, source: 'text' } : hit;
}
