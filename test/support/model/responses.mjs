// The OpenAI Responses API, as Codex uses it.
import { randomUUID } from 'node:crypto';
import { sse, textIn, tokens } from './sse.mjs';

export const responses = {
  name: 'responses',
  isAsked: ({ method, pathname }) => method === 'POST' && pathname === '/v1/responses',
  aside: () => undefined,
  keyOf: ({ headers }) => headers.authorization?.replace(/^Bearer /, ''),
  read,
  events,
  refusal,
};

function read({ body }) {
  const said = (role) => body.input.filter((item) => item.type === 'message' && item.role === role);
  return {
    isStreaming: body.stream === true,
    model: body.model,
    prompt: textIn(said('user').flatMap(({ content }) => content)),
    system: [body.instructions ?? '', textIn(said('developer').flatMap(({ content }) => content))].join('\n'),
    results: body.input.filter(({ type }) => type === 'function_call_output').map(resultOf),
    tools: (body.tools ?? []).map(({ name, type }) => name ?? type),
  };
}

function resultOf({ call_id: id, output }) {
  const text = typeof output === 'string' ? output : textIn(output);
  return { id, isError: /^Process exited with code [1-9]/m.test(text), text };
}

function events(model, content) {
  const response = { id: `resp_${randomUUID().replaceAll('-', '')}`, object: 'response', model };
  const usage = {
    input_tokens: tokens.fresh + tokens.cached,
    input_tokens_details: { cached_tokens: tokens.cached },
    output_tokens: tokens.out,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: tokens.fresh + tokens.cached + tokens.out,
  };
  return [
    { type: 'response.created', response: { ...response, status: 'in_progress' } },
    ...content.flatMap(itemEvents),
    { type: 'response.completed', response: { ...response, status: 'completed', usage } },
  ].map((event) => sse(event, { isNamed: true }));
}

function itemEvents(block, index) {
  const item = itemOf(block);
  const started = {
    ...item,
    status: 'in_progress',
    ...(item.type === 'message' ? { content: [] } : { arguments: '' }),
  };
  return [
    { type: 'response.output_item.added', output_index: index, item: started },
    { type: 'response.output_item.done', output_index: index, item },
  ];
}

function itemOf({ type, text, id, name, input }) {
  if (type === 'call') {
    return {
      id: `fc_${id}`,
      type: 'function_call',
      status: 'completed',
      call_id: id,
      name,
      arguments: JSON.stringify(input),
    };
  }
  const content = [{ type: 'output_text', text, annotations: [] }];
  return { id: `msg_${randomUUID()}`, type: 'message', status: 'completed', role: 'assistant', content };
}

const refusals = {
  rate: [429, { type: 'requests', code: 'rate_limit_exceeded', message: 'Rate limit reached for requests.' }],
  plan: [429, { type: 'usage_limit_reached', plan_type: 'plus', message: 'The usage limit has been reached' }],
  auth: [401, { type: 'invalid_request_error', code: 'invalid_api_key', message: 'Incorrect API key provided.' }],
  overload: [
    503,
    { type: 'server_error', code: 'server_is_overloaded', message: 'The server is currently overloaded.' },
  ],
  unexpected: [400, { type: 'invalid_request_error', message: 'stand-in' }],
};

function refusal({ kind, retryAfterSeconds, resetsAtSeconds, says }) {
  const [status, error] = refusals[kind];
  const message = says ?? error.message;
  if (kind === 'rate') return { status, headers: { 'retry-after': String(retryAfterSeconds) }, body: { error } };
  if (kind !== 'plan') return { status, headers: {}, body: { error: { ...error, message } } };
  const inSeconds = Math.round(resetsAtSeconds - Date.now() / 1000);
  return {
    status,
    headers: {
      ...windowHeaders('primary', [100, 300, resetsAtSeconds]),
      ...windowHeaders('secondary', [40, 10_080, resetsAtSeconds + 400_000]),
    },
    body: { error: { ...error, resets_at: resetsAtSeconds, resets_in_seconds: inSeconds } },
  };
}

/** The windows of a ChatGPT plan. */
function windowHeaders(name, [percent, minutes, resetsAtSeconds]) {
  return {
    [`x-codex-${name}-used-percent`]: String(percent),
    [`x-codex-${name}-window-minutes`]: String(minutes),
    [`x-codex-${name}-reset-at`]: String(resetsAtSeconds),
  };
}
