import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { createAgents } from '../../src/agent/create-agents.js';
import type { AgentSpec } from '../../src/domain/agent.js';
import type { RunId } from '../../src/domain/run.js';
import { Secret } from '../../src/domain/secret.js';
import type { AttemptReport } from '../../src/ports/agent.js';
import { findContainment } from '../../src/process/containment.js';
import { startCompletions } from '../support/model/completions.js';
import { temporaryFolder } from '../support/temp.js';
import { aSpec } from './support.js';

const containment = await findContainment();
const strict = fileURLToPath(new URL('../support/agents/acp-agent.mjs', import.meta.url));

/** One attempt in the containment, with a worktree that has a file. */
async function attempt(
  changes: Partial<AgentSpec>,
  path = process.env['PATH'] ?? '',
): Promise<{ report: AttemptReport; worktree: string }> {
  const folder = temporaryFolder();
  const worktree = join(folder, 'worktree');
  mkdirSync(worktree);
  writeFileSync(join(worktree, 'a.txt'), 'one');
  const spec = aSpec(changes);
  const where = { clock: { nowMs: () => 0 }, dataFolder: join(folder, 'data'), path };
  const agents = createAgents({ agents: [spec], containment, ...where });
  const report = await agents.run({
    ...{ id: 'a1', run: 'r1' as RunId, role: 'developer', agent: spec.name, heartbeat: () => undefined },
    ...{ workspace: { path: worktree, gitDirectories: [] }, prompt: () => 'Do it.\u2028Now.' },
    signal: new AbortController().signal,
  });
  return { report, worktree };
}

it.each(['works', 'forks'])('an agent on ACP that %s', async (scenario) => {
  const { report } = await attempt({ dialect: 'acp', command: [process.execPath, strict, scenario], model: 'large' });
  expect([report.outcome, report.session, report.unknown]).toEqual([{ kind: 'finished' }, 'new-1', {}]);
});

it('an agent on ACP that does not speak it', async () => {
  const { report } = await attempt({ dialect: 'acp', command: [process.execPath, strict, 'text'] });
  expect(report.outcome).toEqual({
    ...{ kind: 'failed', failure: 'crash' },
    reason: expect.stringMatching(/^exit code 78: Usage: agent <prompt>\n.* ended before its turn did$/),
  });
});

it.each([
  ['codex', 'codex'],
  ['opencode', 'opencode'],
  ['kiro', 'kiro-cli'],
] as const)('a CLI that is not there: %s', async (dialect, program) => {
  const { report } = await attempt({ dialect }, '/nowhere');
  expect(report.outcome).toEqual({
    ...{ kind: 'failed', failure: 'other' },
    reason: `could not be started: ${program} is not an executable on PATH: install it`,
  });
});

it("Fleet's own agent", async () => {
  const model = await startCompletions([
    { calls: [['edit', { path: 'a.txt', old: 'one', new: 'two' }]] },
    { text: 'Done.', usage: { prompt_tokens: 5, completion_tokens: 2, cost: 0.25 } },
  ]);
  const env = { OPENROUTER_BASE_URL: model.url, OPENROUTER_API_KEY: new Secret('or-1') };
  const { report, worktree } = await attempt({ dialect: 'openrouter', model: 'free/small', env });
  expect([report.outcome, report.usage, readFileSync(join(worktree, 'a.txt'), 'utf8')]).toEqual([
    { kind: 'finished' },
    { inputTokens: 65, outputTokens: 12, cachedTokens: 40, costUsd: 0.25 },
    'two',
  ]);
});
