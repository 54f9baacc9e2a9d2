import type { AgentSpec } from '../../domain/agent.js';
import { acpDialect } from './acp.js';
import { ampDialect } from './amp.js';
import { claudeDialect } from './claude.js';
import { codexDialect } from './codex.js';
import { commandDialect } from './command.js';
import type { Dialect } from './dialect.js';
import { geminiDialect } from './gemini.js';
import { opencodeDialect } from './opencode.js';
import { openRouterDialect } from './openrouter.js';

type DialectName = AgentSpec['dialect'];

const dialects: Readonly<Record<Exclude<DialectName, 'command'>, Dialect>> = {
  claude: claudeDialect,
  codex: codexDialect,
  gemini: geminiDialect,
  opencode: opencodeDialect,
  amp: ampDialect,
  acp: acpDialect(),
  cursor: acpDialect(['cursor-agent', 'acp']),
  kiro: acpDialect(['kiro-cli', 'acp']),
  openrouter: openRouterDialect,
};

export function dialectOf({ dialect, events }: Pick<AgentSpec, 'dialect' | 'events'>): Dialect {
  return dialect === 'command' ? commandDialect(events) : dialects[dialect];
}

/** The known CLIs: what they are called on PATH. */
export const knownPrograms: readonly { readonly dialect: DialectName; readonly program: string }[] = [
  { dialect: 'claude', program: 'claude' },
  { dialect: 'codex', program: 'codex' },
  { dialect: 'gemini', program: 'gemini' },
  { dialect: 'opencode', program: 'opencode' },
  { dialect: 'amp', program: 'amp' },
  { dialect: 'cursor', program: 'cursor-agent' },
  { dialect: 'kiro', program: 'kiro-cli' },
];
