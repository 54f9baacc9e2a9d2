import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AgentEvent, LimitKind } from '../../domain/agent.js';
import { codexExecDialect } from './codex-exec.js';
import { quietMethods } from './codex-methods.js';
import { completed, exhausted, item, used, usageOfThread, windows } from './codex-schema.js';
import { codexSettings } from './codex-settings.js';
import { type AgentCommand, type Dialect, type Job, notStartedAtExit } from './dialect.js';
import { count, jsonLines, number, reader, text } from './json-lines.js';
import { failed, limitOfStatus } from './limits.js';

const bridge = fileURLToPath(new URL('../bridge/app-server.mjs', import.meta.url));

/** What the name in `codexErrorInfo` says of limits. */
const limits: ReadonlyMap<string, LimitKind> = new Map([
  ['usageLimitExceeded', 'plan'],
  ['rateLimitExceeded', 'rate'],
  ['serverOverloaded', 'overload'],
  ['flexUnavailable', 'overload'],
  ['policyCapacityUnavailable', 'overload'],
  ['internalServerError', 'overload'],
  ['unauthorized', 'auth'],
  ['contextWindowExceeded', 'context'],
]);

const turnError = z.object({ message: z.string(), codexErrorInfo: z.unknown() });

const statuses = z.record(z.string(), z.object({ httpStatusCode: number }));

const itemLine = z.object({ params: z.object({ item }) });
const limitsLine = z.object({ params: z.object({ rateLimits: windows }) });
const errorLine = z.object({ params: z.object({ error: turnError, willRetry: z.boolean() }) });
const turnLine = z.object({
  params: z.object({ turn: z.object({ status: z.string(), error: turnError.nullish() }) }),
});
const total = z.object({ inputTokens: count, cachedInputTokens: count, outputTokens: count });
const usageLine = z.object({ params: z.object({ tokenUsage: z.object({ total }) }) });
const response = z.object({
  result: z
    .object({ thread: z.object({ id: z.string() }) })
    .optional()
    .catch(undefined),
  error: z.object({ message: text }).optional(),
});

/** Codex by `codex app-server` over a bridge; facts proven on 0.169.0. */
export const codexDialect: Dialect = {
  facts: {
    ...{ tellsEnd: true, tokens: 'session', cost: 'none', resume: 'anywhere' },
    ...{ retries: 'told', limitsTurns: false },
  },
  command,
  parseExit: notStartedAtExit,
  parseLine: jsonLines({
    kindIn: 'method',
    kinds: new Map([
      ['item/started', reader(itemLine, ({ params }) => used(params.item))],
      ['item/completed', reader(itemLine, ({ params }) => completed(params.item))],
      ['thread/tokenUsage/updated', reader(usageLine, ({ params }) => [usageOf(params.tokenUsage.total)])],
      ['account/rateLimits/updated', reader(limitsLine, ({ params }) => exhausted(params.rateLimits, 'event'))],
      ['error', reader(errorLine, fromError)],
      ['turn/completed', reader(turnLine, fromTurn)],
    ]),
    quiet: quietMethods(),
    withoutKind: reader(response, fromResponse),
  }),
  fallback: codexExecDialect,
};

function command({ spec, prompt, session }: Job): AgentCommand {
  return {
    argv: [
      ...[process.execPath, bridge],
      ...(spec.model === undefined ? [] : ['--model', spec.model]),
      ...(session === undefined ? [] : ['--thread', session]),
      ...['--', 'codex', 'app-server', ...codexSettings(spec)],
    ],
    env: {},
    stdin: prompt,
  };
}

/** `thread/started` also tells of threads that are not this one; what `thread/start` and `thread/resume` answer does not. */
function fromResponse({ result, error }: z.infer<typeof response>): readonly AgentEvent[] {
  if (result !== undefined) return [{ type: 'started', session: result.thread.id }];
  if (error === undefined) return [];
  const isLost = error.message?.includes('no rollout found') === true;
  return [...(isLost ? [{ type: 'sessionLost' } as const] : []), failed(error.message ?? 'refused by the app-server')];
}

function usageOf({ inputTokens, cachedInputTokens, outputTokens }: z.infer<typeof total>): AgentEvent {
  return usageOfThread(inputTokens, cachedInputTokens, outputTokens);
}

function fromError({ params: { error, willRetry } }: z.infer<typeof errorLine>): readonly AgentEvent[] {
  const kind = limitOf(error);
  // How long it waits is not told.
  if (willRetry) return [{ type: 'retrying', kind: kind ?? 'overload', delayMs: 0 }];
  return kind === undefined ? [] : [{ type: 'limited', kind, source: 'event' }];
}

function fromTurn({ params: { turn } }: z.infer<typeof turnLine>): readonly AgentEvent[] {
  if (turn.status === 'completed') return [{ type: 'finished' }];
  if (!turn.error) return [failed(`its turn is ${turn.status}`)];
  return [failed(turn.error.message, limitOf(turn.error))];
}

function limitOf({ codexErrorInfo: facts, message }: z.infer<typeof turnError>): LimitKind | undefined {
  if (typeof facts !== 'string') return limitOfStatus(statusIn(facts));
  // An API account without money has the name of a used up plan; the text is the CLI's own.
  if (facts === 'usageLimitExceeded' && message.startsWith('Quota exceeded.')) return 'quota';
  return limits.get(facts);
}

/** It is a name, or an object of a name and the HTTP status. */
function statusIn(facts: unknown): number | undefined {
  const [found] = Object.values(statuses.safeParse(facts).data ?? {});
  return found?.httpStatusCode;
}
