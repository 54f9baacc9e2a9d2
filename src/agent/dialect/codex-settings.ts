import type { AgentSpec } from '../../domain/agent.js';

/** Settings of Codex for an agent, as `-c` flags that `exec` and `app-server` both take. Secrets are named, never shown. */
export function codexSettings({ env, timeouts }: AgentSpec): readonly string[] {
  return [
    'check_for_update_on_startup=false',
    'analytics.enabled=false',
    // Tokens of other threads are not told with those of this one.
    'features.multi_agent=false',
    ...provider(env, timeouts.silenceMs),
  ].flatMap((setting) => ['-c', setting]);
}

/**
 * The built-in provider knows the logins of the CLI, and neither a key in the environment (`app-server`) nor caps on its retries; so an
 * operator's key or address makes a provider of its own.
 */
function provider(env: AgentSpec['env'], silenceMs: number): readonly string[] {
  const { OPENAI_BASE_URL: address } = env;
  const key = ['OPENAI_API_KEY', 'CODEX_API_KEY'].find((name) => env[name] !== undefined);
  if (address === undefined && key === undefined) return [];
  const members = [
    'name="fleet"',
    `base_url=${address === undefined ? '"https://api.openai.com/v1"' : '{env:OPENAI_BASE_URL}'}`,
    ...(key === undefined ? [] : [`env_key="${key}"`]),
    'wire_api="responses"',
    // It sleeps for as long as a 429 says, without a word of how long: the first of these waits is told, and Fleet decides.
    'request_max_retries=1',
    'stream_max_retries=1',
    // Fleet's patience ends first: of two that end at once, chance would say whether it was a stall or a retry.
    `stream_idle_timeout_ms=${2 * silenceMs}`,
  ];
  return ['model_provider="fleet"', `model_providers.fleet={${members.join(',')}}`];
}
