import { z } from 'zod';
import type { AgentEvent } from '../../domain/agent.js';
import { number, text } from './json-lines.js';

// What `codex app-server` (camelCase), `codex exec --json` and its rollout files (snake_case) have in common.

/** A step of a turn; what is neither named here nor a text is the input of a tool. */
export const item = z.object({
  type: z.string(),
  id: z.string(),
  text,
  server: text,
  tool: text,
  arguments: z.unknown().optional(),
  command: text,
  query: text,
  path: text,
  prompt: text,
  changes: z.unknown().optional(),
});

export type Item = z.infer<typeof item>;

const tools: ReadonlySet<string> = new Set([
  ...['commandExecution', 'fileChange', 'mcpToolCall', 'dynamicToolCall', 'collabAgentToolCall', 'webSearch'],
  ...['imageView', 'imageGeneration', 'sleep'],
  ...['command_execution', 'file_change', 'mcp_tool_call', 'collab_tool_call', 'web_search'],
]);

/** The tool call of an item that begins. */
export function used({ type, id, text: _, server, tool, arguments: given, ...rest }: Item): readonly AgentEvent[] {
  if (!tools.has(type)) return [];
  const name = tool === undefined ? type : server === undefined ? tool : `${server}.${tool}`;
  const input = given ?? Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== undefined));
  return [{ type: 'used', tool: name, input, id }];
}

/** What an item says once it is complete. */
export function completed({ type, id, text: said }: Item): readonly AgentEvent[] {
  if (tools.has(type)) return [{ type: 'returned', id }];
  const isMessage = type === 'agentMessage' || type === 'agent_message';
  return isMessage && said !== undefined ? [{ type: 'said', text: said }] : [];
}

/** One window of a subscription, in the words of either side. */
const window = z
  .object({ usedPercent: number, used_percent: number, resetsAt: number, resets_at: number })
  .nullish()
  .catch(undefined);

/** The windows of a subscription. */
export const windows = z.object({
  primary: window,
  secondary: window,
  credits: z
    .object({ hasCredits: z.boolean().optional(), has_credits: z.boolean().optional() })
    .nullish()
    .catch(undefined),
});

/** The limit that is reached: work goes on when the last window that is used up begins again. Credits are used beyond it. */
export function exhausted(
  { primary, secondary, credits }: z.infer<typeof windows>,
  source: 'event' | 'rollout',
): readonly AgentEvent[] {
  const full = [primary, secondary].filter((each) => (each?.usedPercent ?? each?.used_percent ?? 0) >= 100);
  if (full.length === 0 || credits?.hasCredits === true || credits?.has_credits === true) return [];
  const resets = full.map((each) => (each?.resetsAt ?? each?.resets_at ?? 0) * 1000);
  const resetsAtMs = Math.max(...resets);
  return [{ type: 'limited', kind: 'plan', ...(resetsAtMs === 0 ? {} : { resetsAtMs }), source }];
}

/** Running total of a thread; input that was cached is part of the input. */
export function usageOfThread(inputTokens: number, cachedTokens: number, outputTokens: number): AgentEvent {
  const uncached = Math.max(0, inputTokens - cachedTokens);
  return { type: 'usage', inputTokens: uncached, outputTokens, cachedTokens, costUsd: 0 };
}
