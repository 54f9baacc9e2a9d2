import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { AgentSpec } from '../domain/agent.js';
import { runContained } from '../process/run-contained.js';
import type { Place } from './discover.js';

/** Whether an agent's CLI is logged in, as far as that shows without asking a model. */
export type Login = 'yes' | 'no' | 'unknown';

/** Where a CLI keeps its login. */
interface LoginWays {
  /** Environment variables, each enough by itself. */
  readonly variables: readonly string[];
  /** Files below a folder that a variable names, or below HOME. */
  readonly files?: readonly { readonly variable: string; readonly below: string; readonly name: string }[];
  /** argv that ends with 0 or 1. */
  readonly status?: readonly string[];
  /** It can be logged in by more than this: keychains, settings, keys of other providers. */
  readonly elsewhere?: boolean;
}

const statusMs = 10_000;

const openAi = ['OPENAI_API_KEY', 'OPENAI_BASE_URL'];

const loginWays: Readonly<Partial<Record<AgentSpec['dialect'], LoginWays>>> = {
  claude: {
    variables: [
      ...['ANTHROPIC_API_KEY', 'ANTHROPIC_AUTH_TOKEN', 'CLAUDE_CODE_OAUTH_TOKEN'],
      ...['CLAUDE_CODE_USE_BEDROCK', 'CLAUDE_CODE_USE_VERTEX'],
    ],
    files: [{ variable: 'CLAUDE_CONFIG_DIR', below: '.claude', name: '.credentials.json' }],
    elsewhere: process.platform === 'darwin',
  },
  codex: {
    variables: ['CODEX_API_KEY'],
    files: [{ variable: 'CODEX_HOME', below: '.codex', name: 'auth.json' }],
    status: ['codex', 'login', 'status'],
  },
  gemini: {
    variables: ['GEMINI_API_KEY', 'GOOGLE_API_KEY', 'GOOGLE_APPLICATION_CREDENTIALS'],
    files: [{ variable: 'GEMINI_CLI_HOME', below: '.gemini', name: 'oauth_creds.json' }],
    elsewhere: true,
  },
  opencode: {
    variables: ['OPENCODE_API_KEY', 'OPENCODE_CONFIG_CONTENT', 'ANTHROPIC_API_KEY', 'OPENROUTER_API_KEY', ...openAi],
    files: [{ variable: 'XDG_DATA_HOME', below: '.local/share', name: 'opencode/auth.json' }],
    elsewhere: true,
  },
  amp: {
    variables: ['AMP_API_KEY'],
    files: [{ variable: 'XDG_DATA_HOME', below: '.local/share', name: 'amp/secrets.json' }],
  },
  cursor: { variables: ['CURSOR_API_KEY'], elsewhere: true },
  kiro: { variables: ['KIRO_API_KEY'], elsewhere: true },
  openrouter: { variables: ['OPENROUTER_API_KEY', 'OPENROUTER_BASE_URL', ...openAi] },
};

/** Looks for a key, then for a file, then asks the CLI, which has 10 s to answer. */
export async function findLogin(place: Place, { dialect, env }: AgentSpec): Promise<Login> {
  const ways = loginWays[dialect];
  if (ways === undefined) return 'unknown';
  if (ways.variables.some((name) => env[name] !== undefined && env[name] !== '')) return 'yes';
  if ((ways.files ?? []).some(({ variable, below, name }) => isThere(env, { variable, below, name }))) return 'yes';
  // Without a HOME of its own an agent gets an empty one for each run.
  if (env['HOME'] === undefined) return 'no';
  if (ways.status !== undefined) return askStatus(place, ways.status, env);
  return ways.elsewhere === true ? 'unknown' : 'no';
}

type Env = AgentSpec['env'];

function isThere(env: Env, { variable, below, name }: NonNullable<LoginWays['files']>[number]): boolean {
  const { [variable]: named, HOME: home } = env;
  const folder = typeof named === 'string' ? named : typeof home === 'string' ? join(home, below) : undefined;
  return folder !== undefined && existsSync(join(folder, name));
}

async function askStatus(
  { containment, path, patienceMs = statusMs }: Place,
  argv: readonly string[],
  env: Env,
): Promise<Login> {
  const plain = Object.entries(env).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const ended = await runContained(containment, {
    ...{ argv, cwd: '/', env: { LANG: 'C.UTF-8', ...Object.fromEntries(plain), PATH: path } },
    ...{ readOnly: [], limits: { wallMs: patienceMs, outputBytes: 64 * 1024 } },
    signal: new AbortController().signal,
    onStdout: () => undefined,
    onStderr: () => undefined,
  });
  if (ended.how !== 'exited' || ended.code > 1) return 'unknown';
  return ended.code === 0 ? 'yes' : 'no';
}
