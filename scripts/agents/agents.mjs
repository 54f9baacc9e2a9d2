// The agents that are proven with their real CLIs: which CLI each needs, and its part of Fleet's configuration for a model on loopback.

/** What every account has for a key. */
export const key = 'dummy-key-for-loopback';

const opencodeConfig = (url) =>
  JSON.stringify({
    model: 'fleet/small',
    provider: {
      fleet: {
        npm: '@ai-sdk/openai-compatible',
        options: { baseURL: `${url}/v1`, apiKey: key },
        models: { small: { limit: { context: 128_000, output: 8192 } } },
      },
    },
  });

const geminiEnv = (url) => ({ GEMINI_API_KEY: key, GOOGLE_GEMINI_BASE_URL: url });
const opencodeEnv = (url) => ({
  OPENCODE_CONFIG_CONTENT: opencodeConfig(url),
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_AUTOUPDATE: '1',
});

/** What a number of messages counts as: see `tokens` of the stand-in. */
const counted = (messages) => ({
  inputTokens: 400 * messages,
  outputTokens: 34 * messages,
  cachedTokens: 800 * messages,
});
/** Cached tokens are among the others where an agent does not tell them apart. */
const undivided = (messages) => ({ ...counted(messages), inputTokens: 1200 * messages, cachedTokens: 0 });
/** opencode tells an ACP client of the last message of a turn alone. */
const lastOnly = () => counted(1);

/**
 * By name: `cli` to install (none: Fleet's own), `of(url)`, the agent as an operator writes it,
 * and `counts`, where it is not `counted`.
 */
export const agents = {
  claude: {
    cli: 'claude',
    of: (url) => ({
      ...{ dialect: 'claude', model: 'claude-sonnet-4-5' },
      env: { ANTHROPIC_BASE_URL: url, ANTHROPIC_API_KEY: key },
    }),
  },
  codex: {
    cli: 'codex',
    of: (url) => ({
      ...{ dialect: 'codex', model: 'gpt-5.1-codex' },
      env: { OPENAI_BASE_URL: `${url}/v1`, CODEX_API_KEY: key },
    }),
  },
  gemini: { cli: 'gemini', of: (url) => ({ dialect: 'gemini', model: 'gemini-2.5-pro', env: geminiEnv(url) }) },
  opencode: {
    cli: 'opencode',
    of: (url) => ({
      ...{ dialect: 'opencode', model: 'small' },
      env: { OPENAI_BASE_URL: `${url}/v1`, OPENAI_API_KEY: key },
    }),
  },
  'acp-gemini': {
    cli: 'gemini',
    counts: undivided,
    of: (url) => ({
      dialect: 'acp',
      command: ['gemini', '--acp', '--model', 'gemini-2.5-pro'],
      vendor: 'google',
      env: geminiEnv(url),
    }),
  },
  'acp-opencode': {
    cli: 'opencode',
    counts: lastOnly,
    of: (url) => ({ dialect: 'acp', command: ['opencode', 'acp'], vendor: 'opencode', env: opencodeEnv(url) }),
  },
  openrouter: {
    of: (url) => ({
      ...{ dialect: 'openrouter', model: 'small' },
      env: { OPENROUTER_BASE_URL: `${url}/v1`, OPENROUTER_API_KEY: key },
    }),
  },
};

/** What an attempt of so many messages counts as. */
export function usageOf(name, messages) {
  const { counts = counted } = agents[name];
  return counts(messages);
}

/** The agent with a subscription, where the CLI tells that by the kind of key: only subscriptions have windows. */
export function onPlan({ env: { ANTHROPIC_API_KEY: token, ...env }, ...agent }) {
  return { ...agent, env: token === undefined ? env : { ...env, CLAUDE_CODE_OAUTH_TOKEN: token } };
}
