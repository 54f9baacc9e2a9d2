import { Failed, limited } from './failed.mjs';

/**
 * Where requests go, and with which key: `{ url, key, tellsCost }`. A key goes to the address that was named for it or to its
 * own maker, never to the other one. A local endpoint needs none.
 */
export function findEndpoint(env) {
  const { OPENROUTER_API_KEY, OPENROUTER_BASE_URL, OPENAI_API_KEY, OPENAI_BASE_URL } = env;
  if (OPENROUTER_API_KEY || OPENROUTER_BASE_URL) {
    return at(OPENROUTER_BASE_URL || 'https://openrouter.ai/api/v1', { key: OPENROUTER_API_KEY, tellsCost: true });
  }
  if (OPENAI_API_KEY || OPENAI_BASE_URL) {
    return at(OPENAI_BASE_URL || 'https://api.openai.com/v1', { key: OPENAI_API_KEY, tellsCost: false });
  }
  throw limited('auth', 'no key is set: put OPENROUTER_API_KEY, or OPENAI_API_KEY, into `env` of the agent');
}

/** Without being asked OpenRouter tells no cost; others refuse a request that asks. */
function at(base, rest) {
  // The address itself is not told: a password may stand in it.
  if (!/^https?:/.test(base) || !URL.canParse(base) || new URL(base).username !== '') {
    throw new Failed('other', 'the base URL must be an http(s) address without a password: correct `env` of the agent');
  }
  return { url: `${base.replace(/\/+$/, '')}/chat/completions`, ...rest };
}
