import type { AgentEvent, AgentFailureKind, LimitKind, Usage } from '../../domain/agent.js';
import { type ClaudeLine, readClaudeLine } from './claude-schema.js';
import type { AgentCommand, Dialect, Job } from './dialect.js';

/** Far above what a task needs; time and tokens are bounded elsewhere. */
const maxTurns = 200;

/** What the `error` of a line says of limits. */
const limits: ReadonlyMap<string, LimitKind> = new Map([
  ['rate_limit', 'rate'],
  ['overloaded', 'overload'],
  ['authentication_failed', 'auth'],
  ['billing_error', 'quota'],
]);

/** What the HTTP status of the last request says of the failure. */
const failures: ReadonlyMap<number, AgentFailureKind> = new Map([
  [401, 'auth'],
  [403, 'auth'],
  [429, 'limit'],
  [503, 'limit'],
  [529, 'limit'],
]);

/** Claude Code on its stream-json output; facts proven on 2.1.329 and 2.1.197. */
export const claudeDialect: Dialect = {
  facts: { tellsEnd: true, tokens: 'step', cost: 'step', resume: 'anywhere', retries: 'told', limitsTurns: true },
  command,
  parseLine,
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
      // As root it refuses bypassPermissions without this.
      ...(asRoot ? { IS_SANDBOX: '1' } : {}),
    },
    stdin: prompt,
  };
}

function parseLine(text: string): readonly AgentEvent[] {
  const line = readClaudeLine(text);
  switch (line?.type) {
    case undefined:
      return [];
    case 'system':
      return fromSystem(line);
    case 'assistant':
      return [...line.message.content.flatMap(fromContent), ...fromError(line)];
    case 'rate_limit_event':
      // Good runs have it too, with another status.
      return line.rate_limit_info.status === 'rejected' ? [limited('plan', line.rate_limit_info.resetsAt)] : [];
    case 'result':
      return fromResult(line);
    default:
      return line satisfies never;
  }
}

function fromSystem(line: ClaudeLine & { type: 'system' }): readonly AgentEvent[] {
  if (line.subtype === 'init' && line.session_id !== undefined) return [{ type: 'started', session: line.session_id }];
  if (line.subtype !== 'api_retry') return [];
  return [{ type: 'retrying', kind: limits.get(line.error ?? '') ?? 'overload', delayMs: line.retry_delay_ms ?? 0 }];
}

type Content = (ClaudeLine & { type: 'assistant' })['message']['content'][number];

function fromContent(content: Content): readonly AgentEvent[] {
  if (content.type === 'text' && content.text !== undefined) return [{ type: 'said', text: content.text }];
  if (content.type === 'tool_use' && content.name !== undefined) {
    return [{ type: 'used', tool: content.name, input: content.input }];
  }
  return [];
}

/** The CLI writes its own errors as if the model had said them; only the structured fields tell. */
function fromError(line: ClaudeLine & { type: 'assistant' }): readonly AgentEvent[] {
  if (line.api_error === 'usage_limit_reached') {
    return [limited('plan', line.api_error_params?.rate_limit_info?.resetsAt)];
  }
  const kind = line.api_error_type === 'overloaded_error' ? 'overload' : limits.get(line.error ?? '');
  return kind === undefined ? [] : [limited(kind)];
}

function limited(kind: LimitKind, resetsAtSeconds?: number): AgentEvent {
  const reset = resetsAtSeconds === undefined ? {} : { resetsAtMs: resetsAtSeconds * 1000 };
  return { type: 'limited', kind, ...reset, source: 'event' };
}

function fromResult(line: ClaudeLine & { type: 'result' }): readonly AgentEvent[] {
  const usage: AgentEvent = { type: 'usage', ...usageOf(line) };
  // The subtype of a failed run can be "success".
  if (!line.is_error) return [usage, { type: 'finished' }];
  const reason = line.result ?? line.errors?.join('; ') ?? line.subtype ?? 'no reason given';
  const context: readonly AgentEvent[] = line.terminal_reason === 'prompt_too_long' ? [limited('context')] : [];
  return [usage, ...context, { type: 'failed', kind: failureOf(line), reason }];
}

function failureOf(line: ClaudeLine & { type: 'result' }): AgentFailureKind {
  if (line.terminal_reason === 'prompt_too_long') return 'limit';
  return failures.get(line.api_error_status ?? 0) ?? 'other';
}

/**
 * This run's share: `total_cost_usd` and `modelUsage` of a resumed session hold what was spent before, and `usage` leaves out a
 * last turn that was cut. Versions without the share give `usage`, and a resumed session's cost counts again.
 */
function usageOf(line: ClaudeLine & { type: 'result' }): Usage {
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
