import { Failed } from './failed.mjs';

/** Undefined where a text is not JSON. */
export function readJson(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** What a completion says, does and costs. Tolerates what servers of free models get wrong; throws `Failed` for what cannot be used. */
export function readAnswer(content) {
  const [choice] = Array.isArray(content.choices) ? content.choices : [];
  const message = choice?.message;
  if (typeof message !== 'object' || message === null)
    throw new Failed('other', 'the answer has no choice with a message');
  const calls = (Array.isArray(message.tool_calls) ? message.tool_calls : []).map(readCall);
  const text = textOf(message.content);
  return {
    ...{ text, calls, finish: choice.finish_reason, usage: readUsage(content.usage) },
    // Told back as it was understood: servers refuse calls without an id, or with arguments that are no text.
    message: {
      role: 'assistant',
      content: text,
      ...(calls.length === 0 ? {} : { tool_calls: calls.map(({ told }) => told) }),
    },
  };
}

function textOf(content) {
  if (typeof content === 'string') return content;
  return Array.isArray(content) ? content.map((part) => part?.text ?? '').join('') : '';
}

function readCall(call, index) {
  const id = typeof call?.id === 'string' && call.id !== '' ? call.id : `call_${Date.now()}_${index}`;
  const name = String(call?.function?.name ?? '');
  const written = call?.function?.arguments;
  const told = typeof written === 'string' ? written : JSON.stringify(written ?? {});
  return { id, name, input: inputOf(told), told: { id, type: 'function', function: { name, arguments: told } } };
}

/** Some models write the arguments as JSON in JSON. What is no object in the end is given as its text, for the tool to refuse. */
function inputOf(written) {
  const once = written.trim() === '' ? {} : readJson(written);
  const input = typeof once === 'string' ? readJson(once) : once;
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : written;
}

function readUsage(usage) {
  const cachedTokens = numberOf(usage?.prompt_tokens_details?.cached_tokens);
  return {
    inputTokens: Math.max(0, numberOf(usage?.prompt_tokens) - cachedTokens),
    outputTokens: numberOf(usage?.completion_tokens),
    cachedTokens,
    costUsd: numberOf(usage?.cost),
  };
}

function numberOf(value) {
  return typeof value === 'number' && value > 0 ? value : 0;
}
