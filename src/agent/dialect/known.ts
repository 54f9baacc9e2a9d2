import type { AgentSpec } from '../../domain/agent.js';
import { acpDialect } from './acp.js';
import { claudeDialect } from './claude.js';
import { commandDialect } from './command.js';
import type { Dialect } from './dialect.js';
import { openRouterDialect } from './openrouter.js';

type DialectName = AgentSpec['dialect'];

/** Dialects that Fleet can speak today; others are accepted in the configuration and named by `fleet doctor`. */
export const builtDialects: readonly DialectName[] = ['claude', 'command', 'acp', 'cursor', 'kiro', 'openrouter'];

/** The dialect of an agent, undefined when it is not built yet. */
export function dialectOf(spec: AgentSpec): Dialect | undefined {
  if (spec.dialect === 'claude') return claudeDialect;
  if (spec.dialect === 'acp') return acpDialect();
  if (spec.dialect === 'cursor') return acpDialect(['cursor-agent', 'acp']);
  if (spec.dialect === 'kiro') return acpDialect(['kiro-cli', 'acp']);
  if (spec.dialect === 'openrouter') return openRouterDialect;
  return spec.dialect === 'command' ? commandDialect(spec.events) : undefined;
}

/** The known CLIs: what they are called on PATH, and who makes them. */
export const knownPrograms: readonly {
  readonly dialect: DialectName;
  readonly program: string;
  readonly vendor: string;
}[] = [
  { dialect: 'claude', program: 'claude', vendor: 'anthropic' },
  { dialect: 'codex', program: 'codex', vendor: 'openai' },
  { dialect: 'gemini', program: 'gemini', vendor: 'google' },
  { dialect: 'opencode', program: 'opencode', vendor: 'opencode' },
  { dialect: 'amp', program: 'amp', vendor: 'amp' },
  { dialect: 'cursor', program: 'cursor-agent', vendor: 'cursor' },
  { dialect: 'kiro', program: 'kiro-cli', vendor: 'kiro' },
];
