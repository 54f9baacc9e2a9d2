// OpenAI's chat completions, as opencode, Fleet's own small agent and most local servers use them.
import { randomUUID } from 'node:crypto';
import { sse, textIn, tokens } from './sse.mjs';

export const chat = {
  name: 'chat',
  isAsked: ({ method, pathname }) => method === 'POST' && pathname === '/v1/chat/completions',
  aside: () => undefined,
  keyOf: ({ headers }) => headers.authorization?.replace(/^Bearer /, ''),
  read,
  events,
  whole,
  refusal,
};

function read({ body }) {
  const of = (...roles) => body.messages.filter(({ role }) => roles.includes(role));
  const text = (messages) => textIn(messages.flatMap(({ content }) => blocksOf(content)));
  return {
    isStreaming: body.stream === true,
    model: body.model,
    prompt: text(of('user')),
    system: text(of('system', 'developer')),
    results: of('tool').map((message) => ({ id: message.tool_call_id, isError: false, text: text([message]) })),
    tools: (body.tools ?? []).map((tool) => tool.function.name),
  };
}

function blocksOf(content) {
  return typeof content === 'string' ? [{ text: content }] : (content ?? []);
}

const usage = {
  prompt_tokens: tokens.fresh + tokens.cached,
  completion_tokens: tokens.out,
  total_tokens: tokens.fresh + tokens.cached + tokens.out,
  prompt_tokens_details: { cached_tokens: tokens.cached },
};

function frame(model, object) {
  return { id: `chatcmpl-${randomUUID()}`, object, created: Math.floor(Date.now() / 1000), model };
}

function reasonOf(content) {
  return content.some(({ type }) => type === 'call') ? 'tool_calls' : 'stop';
}

function events(model, content) {
  const base = frame(model, 'chat.completion.chunk');
  const calls = content.filter(({ type }) => type === 'call');
  const deltas = content.map((block) =>
    block.type === 'text'
      ? { role: 'assistant', content: block.text }
      : { role: 'assistant', tool_calls: [{ index: calls.indexOf(block), ...callOf(block) }] },
  );
  return [
    ...deltas.map((delta) => ({ ...base, choices: [{ index: 0, delta, finish_reason: null }] })),
    { ...base, choices: [{ index: 0, delta: {}, finish_reason: reasonOf(content) }] },
    { ...base, choices: [], usage },
    '[DONE]',
  ].map((event) => sse(event));
}

function whole(model, content) {
  const calls = content.filter(({ type }) => type === 'call').map(callOf);
  const message = { role: 'assistant', content: textIn(content), ...(calls.length > 0 ? { tool_calls: calls } : {}) };
  return {
    ...frame(model, 'chat.completion'),
    choices: [{ index: 0, message, finish_reason: reasonOf(content) }],
    usage,
  };
}

function callOf({ id, name, input }) {
  return { id, type: 'function', function: { name, arguments: JSON.stringify(input) } };
}

const refusals = {
  rate: [429, 'requests', 'rate_limit_exceeded', 'Rate limit reached for requests.'],
  plan: [429, 'insufficient_quota', 'insufficient_quota', 'You exceeded your current quota, please check your plan.'],
  auth: [401, 'invalid_request_error', 'invalid_api_key', 'Incorrect API key provided.'],
  overload: [503, 'server_error', 'server_is_overloaded', 'The server is currently overloaded.'],
  unexpected: [400, 'invalid_request_error', 'unexpected', 'stand-in'],
};

function refusal({ kind, retryAfterSeconds, says }) {
  const [status, type, code, message] = refusals[kind];
  const headers = kind === 'rate' ? { 'retry-after': String(retryAfterSeconds) } : {};
  return { status, headers, body: { error: { message: says ?? message, type, param: null, code } } };
}
