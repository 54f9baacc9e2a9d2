import type { LimitKind } from '../../domain/agent.js';

/** How the errors of models' APIs, and of the CLIs themselves, begin: their very words, as recorded or as documented by each provider. */
const starts: readonly (readonly [RegExp, LimitKind])[] = [
  // codex and claude for a plan, and the API behind ChatGPT.
  [/^You['’]ve hit your [\w-]+ limit\b/, 'plan'],
  [/^The usage limit has been reached/, 'plan'],
  // OpenAI, codex, Anthropic, OpenRouter, DeepSeek.
  [/^You exceeded your current quota/, 'quota'],
  [/^Quota exceeded\./, 'quota'],
  [/^(?:Your credit|Credit) balance is too low/, 'quota'],
  [/^Insufficient (?:credits|Balance)\b/, 'quota'],
  // OpenAI and OpenRouter, Anthropic, codex, and what opencode says of a 429 without a text.
  [/^Rate limit (?:reached for|exceeded)\b/, 'rate'],
  [/^This request would exceed your (?:account|organization)['’]s rate limit/, 'rate'],
  [/^exceeded retry limit, last status: 429\b/, 'rate'],
  [/^Too Many Requests\b/, 'rate'],
  // OpenAI, Anthropic, Google, OpenRouter, codex.
  [/^Incorrect API key provided/, 'auth'],
  [/^invalid x-api-key$/, 'auth'],
  [/^API key not valid\./, 'auth'],
  [/^No auth credentials found$/, 'auth'],
  [/^unexpected status 40[13] /, 'auth'],
  // Anthropic, OpenAI, Google, codex, and plain 503 and 529.
  [/^Overloaded$/, 'overload'],
  [/^The server is currently overloaded/, 'overload'],
  [/^The model is overloaded\./, 'overload'],
  [/^Selected model is at capacity/, 'overload'],
  [/^(?:unexpected status|exceeded retry limit, last status:) 5\d\d\b/, 'overload'],
  [/^Service Unavailable\b/, 'overload'],
  // Anthropic and claude, OpenAI, codex, Google.
  [/^prompt is too long\b/i, 'context'],
  [/^Your input exceeds the context window\b/, 'context'],
  [/^This model['’]s maximum context length is \d/, 'context'],
  [/^Codex ran out of room in the model's context window/, 'context'],
  [/^The input token count (?:\(\d+\) )?exceeds the maximum/, 'context'],
];

/** The limit that an error's own text tells of; only for text in which neither a model nor a tool writes. */
export function limitInText(text: string): LimitKind | undefined {
  return starts.find(([start]) => start.test(text))?.[1];
}
