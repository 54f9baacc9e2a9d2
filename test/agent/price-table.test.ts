import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandDialect } from '../../src/agent/dialect/command.js';
import type { DialectFacts } from '../../src/agent/dialect/dialect.js';
import { listPrice } from '../../src/agent/price-table.js';
import { runAttempt } from '../../src/agent/runner.js';
import type { AgentSpec } from '../../src/domain/agent.js';
import { createMeter } from '../../src/process/meter.js';
import type { RunId } from '../../src/domain/run.js';
import { findContainment } from '../../src/process/containment.js';
import { temporaryFolder } from '../support/temp.js';
import { aSpec } from './support.js';

it.each([
  ['gpt-5', 1.25],
  ['gpt-5-codex', 1.25],
  ['gpt-5.1-codex-max', 1.25],
  ['gpt-5.1-codex-mini', 0.25],
  ['GPT-5-mini-2025-08-07', 0.25],
  ['openai/gpt-5.2', 1.75],
  ['claude-opus-4-20250514', 15],
  ['claude-opus-4-5@20251101', 5],
  ['claude-sonnet-4-5[1m]', 3],
  ['gemini-3-pro-preview', 2],
  ['models/gemini-2.5-flash-lite', 0.1],
  ['gpt-5.5', undefined],
  ['claude-opus-4-9', undefined],
  ['gpt-50', undefined],
  ['google/gemini-2.5-pro:free', undefined],
  ['my-gpt-5', undefined],
  ['', undefined],
  [undefined, undefined],
])('the price of a million tokens to %s is %s', (model, inputPerMillion) => {
  expect(listPrice(model)?.inputPerMillion).toBe(inputPerMillion);
});

const containment = await findContainment();
const usage = '{"type":"usage","inputTokens":1000000,"cachedTokens":1000000,"outputTokens":100000}';

async function costOf(cost: DialectFacts['cost'], changes: Partial<AgentSpec>): Promise<number> {
  const folder = temporaryFolder();
  const worktree = join(folder, 'worktree');
  mkdirSync(worktree);
  const dialect = commandDialect(true);
  const spec = aSpec({ command: ['echo', usage], ...changes });
  const report = await runAttempt(
    {
      containment,
      meter: createMeter(),
      clock: { nowMs: () => 0 },
      dataFolder: join(folder, 'data'),
      path: '/usr/bin:/bin',
    },
    { spec, dialect: { ...dialect, facts: { ...dialect.facts, cost } } },
    {
      ...{ id: 'a1', run: 'r1' as RunId, role: 'developer', agent: spec.name },
      ...{ workspace: { path: worktree, gitDirectories: [] }, prompt: () => '', heartbeat: () => undefined },
      signal: new AbortController().signal,
    },
  );
  return report.usage.costUsd;
}

it('is taken where the agent can tell no cost, with cached tokens at their own price', async () => {
  expect(await costOf('none', { model: 'gpt-5-codex' })).toBeCloseTo(1.25 + 0.125 + 1, 9);
});

it.each<[string, DialectFacts['cost'], Partial<AgentSpec>, number]>([
  [
    'the operator named another price',
    'none',
    { model: 'gpt-5', price: { inputPerMillion: 3, outputPerMillion: 10 } },
    7,
  ],
  ['the agent tells its cost, be it nothing', 'step', { model: 'gpt-5' }, 0],
  ['the model is not known', 'none', { model: 'local' }, 0],
])('is not taken where %s', async (_, cost, changes, costUsd) => {
  expect(await costOf(cost, changes)).toBe(costUsd);
});
