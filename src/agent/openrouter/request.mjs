import { setTimeout as delay } from 'node:timers/promises';
import { readAnswer, readJson } from './answer.mjs';
import { Failed, limited } from './failed.mjs';
import { resetOf } from './reset.mjs';

const isContext = /context.?(?:length|window)|maximum context|prompt is too long|too many (?:input )?tokens/i;

/** One step: sends the conversation, gives `{ message, text, calls, usage, finish }`. Tries once more where the endpoint is overloaded. */
export async function ask(endpoint, conversation, tell) {
  try {
    return await send(endpoint, conversation);
  } catch (error) {
    if (error.limit?.kind !== 'overload') throw error;
    tell({ type: 'retrying', kind: 'overload', delayMs: endpoint.retryMs });
    await delay(endpoint.retryMs);
    return send(endpoint, conversation);
  }
}

async function send({ url, key, tellsCost, requestMs }, conversation) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(key ? { authorization: `Bearer ${key}` } : {}) },
    body: JSON.stringify({ ...conversation, ...(tellsCost ? { usage: { include: true } } : {}) }),
    redirect: 'error',
    signal: AbortSignal.timeout(requestMs),
  }).catch((error) => {
    throw notReached(url, error);
  });
  const body = await response.text().catch((error) => {
    throw notReached(url, error);
  });
  const content = readJson(body);
  const error = errorOf(content);
  if (!response.ok || error !== undefined) throw refusal(response, error, url);
  if (typeof content !== 'object' || content === null)
    throw new Failed('other', `${url} answered ${kindOf(response, body)}: is the address right?`);
  return readAnswer(content);
}

/** Errors come in the body, also with status 200, also inside of a choice: so OpenRouter passes on what another provider said. */
function errorOf(content) {
  const error = content?.error ?? content?.choices?.[0]?.error;
  if (error === undefined || error === null) return undefined;
  return typeof error === 'object' ? error : { message: String(error) };
}

function refusal(response, error = {}, url) {
  const status = response.ok ? Number(error.code) : response.status;
  const said = typeof error.message === 'string' ? error.message : 'no reason given';
  const message = `${url} refused the request (${Number.isNaN(status) ? error.code : status}): ${said}`;
  const kind = limitOf(status, error.code, said);
  if (kind === undefined) return new Failed(status === 403 ? 'refused' : 'other', message);
  const headers = { ...Object.fromEntries(response.headers), ...lowered(error.metadata?.headers) };
  const hasReset = kind === 'quota' || kind === 'rate' || kind === 'overload';
  return limited(kind, message, hasReset ? resetOf(headers, Date.now()) : undefined);
}

function limitOf(status, code, said) {
  if (status === 401) return 'auth';
  if (status === 402 || code === 'insufficient_quota') return 'quota';
  if (status === 429) return 'rate';
  if (status === 408 || status >= 500) return 'overload';
  return status === 413 || code === 'context_length_exceeded' || isContext.test(said) ? 'context' : undefined;
}

function notReached(url, error) {
  const { cause, name, message } = error;
  const why = name === 'TimeoutError' ? 'it did not answer in time' : (cause?.code ?? cause?.message ?? message);
  return limited('overload', `${url} cannot be reached: ${why}`);
}

function kindOf(response, body) {
  const type = response.headers.get('content-type') ?? 'text';
  return body.trim() === '' ? 'with nothing' : `with ${type.split(';')[0]} instead of an object of JSON`;
}

function lowered(headers) {
  if (typeof headers !== 'object' || headers === null) return {};
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]));
}
