import { expect, it } from 'vitest';
import type { AgentSpec } from '../../src/domain/agent.js';
import { vendorOf } from '../../src/domain/vendor.js';

it.each<[AgentSpec['dialect'], string | undefined, string]>([
  ['claude', 'opus', 'anthropic'],
  ['codex', 'openai/gpt-5.1-codex', 'openai'],
  ['gemini', undefined, 'google'],
  ['amp', undefined, 'sourcegraph'],
  ['cursor', 'anthropic/opus', 'cursor'],
  ['kiro', undefined, 'amazon'],
  ['opencode', 'anthropic/claude-opus-5-5', 'anthropic'],
  ['opencode', 'openrouter/google/gemini-2.5-pro', 'google'],
  ['opencode', 'small', 'opencode'],
  ['opencode', '/small', 'opencode'],
  ['opencode', undefined, 'opencode'],
  ['acp', 'openai/gpt-5.1', 'openai'],
  ['acp', 'large', 'mine'],
  ['openrouter', 'qwen/qwen3-coder:free', 'qwen'],
  ['openrouter', 'qwen3-coder', 'mine'],
  ['command', 'anthropic/opus', 'mine'],
])('%s with the model %s counts as one of %s', (dialect, model, vendor) => {
  const named = model === undefined ? {} : { model };
  expect(vendorOf({ name: 'mine', dialect, ...named })).toBe(vendor);
});
