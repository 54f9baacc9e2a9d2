// The Gemini API, as Gemini CLI uses it.
import { sse, textIn, tokens } from './sse.mjs';

const path = /^\/v1beta\/models\/([^/:]+):(streamGenerateContent|generateContent)$/;

export const gemini = {
  name: 'gemini',
  isAsked: ({ method, pathname }) => method === 'POST' && path.test(pathname),
  aside: ({ pathname }) => (pathname.endsWith(':countTokens') ? { totalTokens: tokens.fresh } : undefined),
  keyOf: ({ headers }) => headers['x-goog-api-key'],
  read,
  events,
  whole: answerOf,
  refusal,
};

function read({ body, pathname }) {
  const [, model, method] = path.exec(pathname);
  const parts = body.contents.filter(({ role }) => role !== 'model').flatMap((content) => content.parts);
  return {
    isStreaming: method === 'streamGenerateContent',
    model,
    prompt: textIn(parts),
    system: textIn(body.systemInstruction?.parts ?? []),
    results: parts.filter(({ functionResponse }) => functionResponse !== undefined).map(resultOf),
    tools: (body.tools ?? []).flatMap(({ functionDeclarations = [] }) => functionDeclarations.map(({ name }) => name)),
  };
}

function resultOf({ functionResponse: { id, response } }) {
  const text = response.output ?? response.error ?? JSON.stringify(response);
  return { id, isError: response.error !== undefined || /^Exit Code: [1-9]/m.test(text), text };
}

/** Each block is a chunk of its own; the last one says that it is over, and what was used. */
function events(model, content) {
  const chunks = content.map((block) => ({ ...answerOf(model, [block]), usageMetadata: undefined }));
  chunks.slice(0, -1).forEach(({ candidates }) => delete candidates[0].finishReason);
  const last = chunks.at(-1);
  return [...chunks.slice(0, -1), { ...last, usageMetadata: answerOf(model, content).usageMetadata }].map((chunk) =>
    sse(chunk),
  );
}

function answerOf(model, content) {
  const parts = content.map(({ type, text, id, name, input }) =>
    type === 'call' ? { functionCall: { id, name, args: input } } : { text },
  );
  return {
    candidates: [{ index: 0, content: { role: 'model', parts }, finishReason: 'STOP' }],
    usageMetadata: {
      promptTokenCount: tokens.fresh + tokens.cached,
      cachedContentTokenCount: tokens.cached,
      candidatesTokenCount: tokens.out,
      totalTokenCount: tokens.fresh + tokens.cached + tokens.out,
    },
    modelVersion: model,
  };
}

const google = 'type.googleapis.com/google.rpc';
const exceeded = 'You exceeded your current quota, please check your plan and billing details.';
const refusals = {
  rate: [429, 'RESOURCE_EXHAUSTED', exceeded],
  plan: [429, 'RESOURCE_EXHAUSTED', exceeded],
  auth: [400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.'],
  overload: [503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'],
  unexpected: [400, 'INVALID_ARGUMENT', 'stand-in'],
};

function refusal(fault) {
  const [code, status, message] = refusals[fault.kind];
  const again = fault.kind === 'rate' ? ` Please retry in ${fault.retryAfterSeconds}s.` : '';
  const error = { code, message: fault.says ?? `${message}${again}`, status, details: detailsOf(fault) };
  return { status: code, headers: {}, body: { error } };
}

function detailsOf({ kind, retryAfterSeconds }) {
  if (kind === 'auth') return [{ '@type': `${google}.ErrorInfo`, reason: 'API_KEY_INVALID', domain: 'googleapis.com' }];
  if (kind !== 'rate' && kind !== 'plan') return [];
  const period = kind === 'rate' ? 'Minute' : 'Day';
  const violation = {
    quotaMetric: 'generativelanguage.googleapis.com/generate_content_paid_tier_requests',
    quotaId: `GenerateRequestsPer${period}PerProjectPerModel`,
    quotaDimensions: { location: 'global', model: 'gemini-2.5-pro' },
    quotaValue: '50',
  };
  const failure = { '@type': `${google}.QuotaFailure`, violations: [violation] };
  return kind === 'plan'
    ? [failure]
    : [failure, { '@type': `${google}.RetryInfo`, retryDelay: `${retryAfterSeconds}s` }];
}
