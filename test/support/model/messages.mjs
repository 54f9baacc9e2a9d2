// The Anthropic Messages API, as Claude Code uses it.
import { randomUUID } from 'node:crypto';
import { sse, textIn, tokens } from './sse.mjs';

const path = '/v1/messages';

export const messages = {
  name: 'messages',
  isAsked: ({ method, pathname }) => method === 'POST' && pathname === path,
  // It looks whether the address answers at all.
  aside: ({ method, pathname }) => (method === 'HEAD' && pathname === '/' ? {} : undefined),
  keyOf: ({ headers }) => headers['x-api-key'] ?? headers.authorization?.replace(/^Bearer /, ''),
  read,
  events,
  refusal,
};

function read({ body }) {
  const blocks = body.messages.filter(({ role }) => role === 'user').flatMap(({ content }) => blocksOf(content));
  return {
    isStreaming: body.stream === true,
    model: body.model,
    prompt: textIn(blocks),
    system: textIn(blocksOf(body.system)),
    results: blocks.filter(({ type }) => type === 'tool_result').map(resultOf),
    tools: (body.tools ?? []).map(({ name }) => name),
  };
}

function resultOf(block) {
  return { id: block.tool_use_id, isError: block.is_error === true, text: textIn(blocksOf(block.content)) };
}

function blocksOf(content) {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : (content ?? []);
}

function events(model, content) {
  const calls = content.some(({ type }) => type === 'call');
  const usage = {
    ...{ input_tokens: tokens.fresh, cache_creation_input_tokens: 0, cache_read_input_tokens: tokens.cached },
    output_tokens: 1,
  };
  const message = {
    ...{ id: `msg_${randomUUID().replaceAll('-', '').slice(0, 24)}`, type: 'message', role: 'assistant', model },
    ...{ content: [], stop_reason: null, stop_sequence: null, usage },
  };
  const delta = { stop_reason: calls ? 'tool_use' : 'end_turn', stop_sequence: null };
  return [
    { type: 'message_start', message },
    ...content.flatMap(blockEvents),
    { type: 'message_delta', delta, usage: { output_tokens: tokens.out } },
    { type: 'message_stop' },
  ].map((event) => sse(event, { isNamed: true }));
}

function blockEvents(block, index) {
  const isText = block.type === 'text';
  const { id, name } = block;
  const empty = isText ? { type: 'text', text: '' } : { type: 'tool_use', id, name, input: {} };
  const delta = isText
    ? { type: 'text_delta', text: block.text }
    : { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
  return [
    { type: 'content_block_start', index, content_block: empty },
    { type: 'content_block_delta', index, delta },
    { type: 'content_block_stop', index },
  ];
}

const refusals = {
  rate: [429, 'rate_limit_error', "This request would exceed your organization's rate limit of 50,000 input tokens."],
  plan: [429, 'rate_limit_error', "This request would exceed your account's rate limit. Please try again later."],
  auth: [401, 'authentication_error', 'invalid x-api-key'],
  overload: [529, 'overloaded_error', 'Overloaded'],
  unexpected: [400, 'invalid_request_error', 'stand-in'],
};

function refusal(fault) {
  const [status, type, message] = refusals[fault.kind];
  return {
    status,
    headers: headersOf(fault),
    body: { type: 'error', error: { type, message: fault.says ?? message } },
  };
}

/** Accounts with a subscription have their windows in the headers of every answer. */
function headersOf({ kind, retryAfterSeconds, resetsAtSeconds }) {
  if (kind === 'rate') return { 'retry-after': String(retryAfterSeconds) };
  if (kind !== 'plan') return {};
  const reset = String(resetsAtSeconds);
  const window = (name, [status, utilization]) => ({
    [`anthropic-ratelimit-unified-${name}-status`]: status,
    [`anthropic-ratelimit-unified-${name}-reset`]: reset,
    [`anthropic-ratelimit-unified-${name}-utilization`]: utilization,
  });
  return {
    'anthropic-ratelimit-unified-status': 'rejected',
    'anthropic-ratelimit-unified-reset': reset,
    'anthropic-ratelimit-unified-representative-claim': 'five_hour',
    'anthropic-ratelimit-unified-overage-status': 'rejected',
    'anthropic-ratelimit-unified-overage-disabled-reason': 'org_level_disabled',
    ...window('5h', ['rejected', '1.0']),
    ...window('7d', ['allowed', '0.4']),
  };
}
