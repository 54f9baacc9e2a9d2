import type { AgentSpec } from './agent.js';

type Dialect = AgentSpec['dialect'];

/** Who makes what a dialect drives; an agent of an open dialect counts as a vendor of its own. */
const makers: Readonly<Partial<Record<Dialect, string>>> = {
  claude: 'anthropic',
  codex: 'openai',
  gemini: 'google',
  opencode: 'opencode',
  amp: 'sourcegraph',
  cursor: 'cursor',
  kiro: 'amazon',
};

/** Dialects whose model may be anybody's, named with who makes it: `anthropic/…`, behind a gateway `openrouter/anthropic/…`. */
const open: ReadonlySet<Dialect> = new Set(['opencode', 'acp', 'openrouter']);

/** The vendor of an agent for which none is written. */
export function vendorOf({ name, dialect, model = '' }: Pick<AgentSpec, 'name' | 'dialect' | 'model'>): string {
  const named = open.has(dialect) ? model.split('/').at(-2) : undefined;
  return named || (makers[dialect] ?? name);
}
