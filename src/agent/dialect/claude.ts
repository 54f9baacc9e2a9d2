import type { AgentEvent, LimitKind, Usage } from '../../domain/agent.js';
import {
  type AssistantLine,
  assistantLine,
  rateLimitLine,
  type ResultLine,
  resultLine,
  type SystemLine,
  systemLine,
  type UserLine,
  userLine,
} from './claude-schema.js';
import { nothingAtExit, type AgentCommand, type Dialect, type Job } from './dialect.js';
import { jsonLines, reader } from './json-lines.js';
import { failed, limitOfStatus } from './limits.js';

/** Far above what a task needs; time and tokens are bounded elsewhere. */
const maxTurns = 200;

/** What the `error` of a line says of limits. */
const limits: ReadonlyMap<string, LimitKind> = new Map([
  ['rate_limit', 'rate'],
  ['overloaded', 'overload'],
  ['authentication_failed', 'auth'],
  ['billing_error', 'quota'],
]);

/** Claude Code on its stream-json output; facts proven on 2.1.329 and 2.1.197. */
export const claudeDialect: Dialect = {
  facts: { tellsEnd: true, tokens: 'step', cost: 'step', resume: 'anywhere', retries: 'told', limitsTurns: true },
  command,
  parseExit: nothingAtExit,
  parseLine: jsonLines({
    kindIn: 'type',
    kinds: new Map([
      ['system', reader(systemLine, fromSystem)],
      ['assistant', reader(assistantLine, (line) => [...saidAndUsed(line), ...fromError(line)])],
      ['user', reader(userLine, returned)],
      // Good runs have it too, with another status; a run that is paid for beyond the plan goes on.
      [
        'rate_limit_event',
        reader(rateLimitLine, ({ rate_limit_info: facts }) =>
          facts.status === 'rejected' && facts.isUsingOverage !== true ? [limited('plan', facts.resetsAt)] : [],
        ),
      ],
      ['result', reader(resultLine, fromResult)],
    ]),
    quiet: new Set(['stream_event', 'tool_progress', 'tool_use_summary', 'auth_status', 'prompt_suggestion']),
  }),
};

function command({ spec, prompt, session, asRoot }: Job): AgentCommand {
  // Where the operator names a HOME, a person's login may stand in the user's settings (apiKeyHelper, env).
  const settings = spec.env['HOME'] === undefined ? 'project' : 'user,project';
  return {
    argv: [
      ...['claude', '-p', '--output-format', 'stream-json', '--verbose', '--permission-mode', 'bypassPermissions'],
      ...['--max-turns', String(maxTurns), '--setting-sources', settings],
      ...['--strict-mcp-config', '--mcp-config', '{"mcpServers":{}}'],
      ...(spec.model === undefined ? [] : ['--model', spec.model]),
      ...(session === undefined ? [] : ['--resume', session]),
    ],
    env: {
      DISABLE_AUTOUPDATER: '1',
      CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
      // By default it retries a limit for minutes, in which another agent could work.
      CLAUDE_CODE_MAX_RETRIES: '2',
      // Fleet's patience ends first: of two that end at once, chance would say whether it was a stall or a retry.
      API_TIMEOUT_MS: String(2 * spec.timeouts.silenceMs),
      // As root it refuses bypassPermissions without this.
      ...(asRoot ? { IS_SANDBOX: '1' } : {}),
    },
    stdin: prompt,
  };
}

/** The session, and requests that are tried again; amp prints the first in the same words. */
export function fromSystem(line: SystemLine): readonly AgentEvent[] {
  if (line.subtype === 'init' && line.session_id !== undefined) return [{ type: 'started', session: line.session_id }];
  if (line.subtype !== 'api_retry') return [];
  return [{ type: 'retrying', kind: limits.get(line.error ?? '') ?? 'overload', delayMs: line.retry_delay_ms ?? 0 }];
}

/** Text and tool calls of a message. */
export function saidAndUsed({ message }: AssistantLine): readonly AgentEvent[] {
  return message.content.flatMap(({ type, text, id, name, input }): readonly AgentEvent[] => {
    if (type === 'text' && text !== undefined) return [{ type: 'said', text }];
    if (type !== 'tool_use' || name === undefined) return [];
    return [{ type: 'used', tool: name, input, ...(id === undefined ? {} : { id }) }];
  });
}

/** Tool calls that came back. */
export function returned({ message }: UserLine): readonly AgentEvent[] {
  return message.content.flatMap(({ type, tool_use_id: id }): readonly AgentEvent[] =>
    type === 'tool_result' && id !== undefined ? [{ type: 'returned', id }] : [],
  );
}

/** The CLI writes its own errors as if the model had said them; only the structured fields tell. */
function fromError(line: AssistantLine): readonly AgentEvent[] {
  if (line.api_error === 'usage_limit_reached') {
    return [limited('plan', line.api_error_params?.rate_limit_info?.resetsAt)];
  }
  const kind = limits.get(line.error ?? '') ?? limitOfStatus(line.api_error_status);
  return kind === undefined ? [] : [limited(kind)];
}

function limited(kind: LimitKind, resetsAtSeconds?: number): AgentEvent {
  const reset = resetsAtSeconds === undefined ? {} : { resetsAtMs: resetsAtSeconds * 1000 };
  return { type: 'limited', kind, ...reset, source: 'event' };
}

function fromResult(line: ResultLine): readonly AgentEvent[] {
  const usage: AgentEvent = { type: 'usage', ...usageOf(line) };
  // The subtype of a failed run can be "success".
  if (!line.is_error) return [usage, { type: 'finished' }];
  const reason = line.result ?? line.errors?.join('; ') ?? line.subtype ?? 'no reason given';
  // Its only sign is the CLI's own text, in a list that no model writes to.
  const isLost = line.errors?.some((error) => error.startsWith('No conversation found')) === true;
  const isTooLong = line.terminal_reason === 'prompt_too_long';
  return [
    usage,
    ...(isLost ? [{ type: 'sessionLost' } as const] : []),
    ...(isTooLong ? [limited('context')] : []),
    failed(reason, isTooLong ? 'context' : limitOfStatus(line.api_error_status)),
  ];
}

/**
 * This run's share: `total_cost_usd` and `modelUsage` of a resumed session hold what was spent before, and `usage` leaves out a
 * last turn that was cut. Versions without the share give `usage`, and a resumed session's cost counts again.
 */
function usageOf(line: ResultLine): Usage {
  if (line.model_usage_since_last_result === undefined) {
    return {
      inputTokens: (line.usage?.input_tokens ?? 0) + (line.usage?.cache_creation_input_tokens ?? 0),
      outputTokens: line.usage?.output_tokens ?? 0,
      cachedTokens: line.usage?.cache_read_input_tokens ?? 0,
      costUsd: line.total_cost_usd ?? 0,
    };
  }
  const models = Object.values(line.model_usage_since_last_result);
  const sum = (of: (model: (typeof models)[number]) => number): number =>
    models.reduce((total, model) => total + of(model), 0);
  return {
    inputTokens: sum((model) => model.inputTokens + model.cacheCreationInputTokens),
    outputTokens: sum((model) => model.outputTokens),
    cachedTokens: sum((model) => model.cacheReadInputTokens),
    costUsd: sum((model) => model.costUSD),
  };
}
