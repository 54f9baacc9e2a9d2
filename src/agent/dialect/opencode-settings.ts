import type { Job } from './dialect.js';

/** What opencode is told by its environment: the operator's address and key are named there, never shown. */
export function opencodeEnvironment({ spec }: Job): Readonly<Record<string, string>> {
  const provider = ownProvider(spec);
  const settings = {
    autoupdate: false,
    share: 'disabled',
    // Nobody is there to answer.
    permission: { '*': 'allow', question: 'deny' },
    ...(provider === undefined ? {} : { provider }),
  };
  return {
    OPENCODE_CONFIG_CONTENT: JSON.stringify(settings),
    OPENCODE_DISABLE_AUTOUPDATE: '1',
    OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
    // What it would fetch are the models of known providers.
    ...(provider === undefined ? {} : { OPENCODE_DISABLE_MODELS_FETCH: '1' }),
  };
}

/** The model in opencode's words, `provider/model`. */
export function modelOf({ model, env }: Job['spec']): string | undefined {
  return model === undefined || model.includes('/') || env['OPENAI_BASE_URL'] === undefined ? model : `fleet/${model}`;
}

/** A provider at the operator's OpenAI-compatible address: the one that the model names, or `fleet`. */
function ownProvider(spec: Job['spec']): object | undefined {
  const [id, ...name] = modelOf(spec)?.split('/') ?? [];
  if (spec.env['OPENAI_BASE_URL'] === undefined || id === undefined) return undefined;
  const key = spec.env['OPENAI_API_KEY'] === undefined ? {} : { apiKey: '{env:OPENAI_API_KEY}' };
  return {
    [id]: {
      npm: '@ai-sdk/openai-compatible',
      name: id,
      options: { baseURL: '{env:OPENAI_BASE_URL}', ...key },
      models: { [name.join('/')]: {} },
    },
  };
}
