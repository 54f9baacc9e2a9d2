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

/** A known CLI: what it is called on PATH, and the newest version that its dialect was run against. */
interface KnownProgram {
  readonly dialect: DialectName;
  readonly program: string;
  readonly provenOn?: string;
}

export const knownPrograms: readonly KnownProgram[] = [
  { dialect: 'claude', program: 'claude', provenOn: '2.1.329' },
  { dialect: 'codex', program: 'codex', provenOn: '0.169.0' },
  { dialect: 'gemini', program: 'gemini', provenOn: '0.61.0' },
  { dialect: 'opencode', program: 'opencode', provenOn: '1.18.33' },
  { dialect: 'amp', program: 'amp' },
  { dialect: 'cursor', program: 'cursor-agent' },
  { dialect: 'kiro', program: 'kiro-cli' },
];
