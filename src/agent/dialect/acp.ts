import { fileURLToPath } from 'node:url';
import type { AgentEvent, AgentFailureKind, LimitHit, Usage } from '../../domain/agent.js';
import { limitOfCodex, limitOfRefusal } from './acp-limit.js';
import {
  type AcpLine,
  type AcpRefusal,
  type AcpTurn,
  type AcpUpdate,
  type CodexError,
  readAcpLine,
} from './acp-schema.js';
import { type Dialect, notStartedAtExit } from './dialect.js';

const bridge = fileURLToPath(new URL('../bridge/acp.mjs', import.meta.url));

/** What Fleet has seen of the protocol and has no use for: the bridge has answered it, or it is for a person's screen. */
const silent = new Set([
  ...['session/request_permission', 'fs/read_text_file', 'fs/write_text_file', '_auth/status_update'],
  ...['user_message_chunk', 'agent_thought_chunk', 'plan', 'available_commands_update', 'current_mode_update'],
  'config_option_update',
]);

/**
 * Any agent on the Agent Client Protocol, by the bridge. Its usage is one turn's, its cost the session's (the protocol says
 * so). Whether a session can be gone on with in another worktree is proven for none.
 */
export function acpDialect(argv?: readonly string[]): Dialect {
  return {
    facts: { tellsEnd: true, tokens: 'run', cost: 'session', resume: 'never', retries: 'hidden', limitsTurns: false },
    command: ({ spec, prompt, session }) => ({
      argv: [
        ...[process.execPath, bridge],
        ...(spec.model === undefined ? [] : ['--model', spec.model]),
        ...(session === undefined ? [] : ['--session', session]),
        ...['--', ...(argv ?? spec.command)],
      ],
      env: {},
      stdin: prompt,
    }),
    parseExit: notStartedAtExit,
    parseLine,
  };
}

function parseLine(text: string): readonly AgentEvent[] {
  const line = readAcpLine(text);
  switch (line?.is) {
    case undefined:
      return [];
    case 'session':
      return [{ type: 'started', session: line.session }];
    case 'update':
      return fromUpdate(line.update);
    case 'turn':
      return fromTurn(line.turn);
    case 'refusal':
      return fromRefusal(line.refusal);
    case 'own':
      return fromBridge(line);
    case 'other':
      return silent.has(line.name) ? [] : [{ type: 'unknown', name: line.name }];
    default:
      return line satisfies never;
  }
}

function fromUpdate(update: AcpUpdate): readonly AgentEvent[] {
  switch (update.sessionUpdate) {
    case 'agent_message_chunk':
      return update.content.text === undefined ? [] : [{ type: 'said', text: update.content.text }];
    case 'tool_call':
    case 'tool_call_update':
      return fromCall(update);
    case 'usage_update':
      return fromUsage(update);
    case 'session_info_update':
      return fromCodex(update._meta?.codex.error);
    default:
      return update satisfies never;
  }
}

/** A call is often announced before its input is known, and then told again with it. */
function fromCall(call: AcpUpdate & { sessionUpdate: 'tool_call' | 'tool_call_update' }): readonly AgentEvent[] {
  const { toolCallId: id, rawInput: input, status } = call;
  const hasEnded = status === 'completed' || status === 'failed';
  const isNews =
    call.sessionUpdate === 'tool_call' ? !isEmpty(input) : !hasEnded && input !== undefined && !isEmpty(input);
  const tool = call.name ?? call.kind ?? call.title ?? 'tool';
  return [
    ...(isNews ? [{ type: 'used' as const, tool, input: input ?? call.title, id }] : []),
    ...(hasEnded ? [{ type: 'returned' as const, id }] : []),
  ];
}

function isEmpty(input: unknown): boolean {
  return typeof input === 'object' && input !== null && Object.keys(input).length === 0;
}

function fromUsage({ cost, _meta }: AcpUpdate & { sessionUpdate: 'usage_update' }): readonly AgentEvent[] {
  const limit = _meta?.['_claude/rateLimit'];
  const reset = limit?.resetsAt === undefined ? {} : { resetsAtMs: limit.resetsAt * 1000 };
  return [
    // Good turns have it too, with another status.
    ...(limit?.status === 'rejected'
      ? [{ type: 'limited' as const, kind: 'plan' as const, ...reset, source: 'event' as const }]
      : []),
    ...(cost?.currency === 'USD'
      ? [{ type: 'usage' as const, inputTokens: 0, outputTokens: 0, cachedTokens: 0, costUsd: cost.amount }]
      : []),
  ];
}

function fromCodex(error: CodexError | undefined): readonly AgentEvent[] {
  if (error?.willRetry !== true) return [];
  const { kind, source } = limitOfCodex(error) ?? { kind: 'overload', source: 'event' };
  return [{ type: 'retrying', kind, delayMs: 0, ...(source === 'event' ? {} : { source }) }];
}

function fromTurn(turn: AcpTurn): readonly AgentEvent[] {
  const { stopReason } = turn;
  const usage: AgentEvent = { type: 'usage', ...usageOf(turn), costUsd: 0 };
  if (stopReason === 'end_turn') return [usage, { type: 'finished' }];
  const kind = stopReason === 'refusal' ? 'refused' : 'other';
  return [usage, { type: 'failed', kind, reason: `the turn ended with ${stopReason}` }];
}

function usageOf({ usage, _meta }: AcpTurn): Omit<Usage, 'costUsd'> {
  if (usage) {
    return {
      inputTokens: usage.inputTokens + usage.cachedWriteTokens,
      outputTokens: usage.outputTokens,
      cachedTokens: usage.cachedReadTokens,
    };
  }
  // Gemini's own place for it.
  const { input_tokens: inputTokens = 0, output_tokens: outputTokens = 0 } = _meta?.quota.token_count ?? {};
  return { inputTokens, outputTokens, cachedTokens: 0 };
}

function fromRefusal(refusal: AcpRefusal): readonly AgentEvent[] {
  return failedBy(limitOfRefusal(refusal), refusal.data.message ?? refusal.data.details ?? refusal.message);
}

function fromBridge({ line }: AcpLine & { is: 'own' }): readonly AgentEvent[] {
  switch (line.fleet) {
    case 'resumed':
      return [{ type: 'started', session: line.session }];
    case 'sessionLost':
      return [{ type: 'sessionLost' }];
    case 'turnFailed':
      return fromFailure(line.error);
    default:
      return line satisfies never;
  }
}

function fromFailure(error: CodexError | undefined): readonly AgentEvent[] {
  if (error === undefined) return failedBy(undefined, 'the agent reports a system error');
  return failedBy(limitOfCodex(error), error.additionalDetails ?? error.message ?? 'no reason given');
}

function failedBy(limit: Pick<LimitHit, 'kind' | 'source'> | undefined, reason: string): readonly AgentEvent[] {
  if (limit === undefined) return [{ type: 'failed', kind: 'other', reason }];
  const kind: AgentFailureKind = limit.kind === 'auth' ? 'auth' : 'limit';
  return [
    { type: 'limited', ...limit },
    { type: 'failed', kind, reason },
  ];
}
