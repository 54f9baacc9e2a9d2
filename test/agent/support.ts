import type { Job } from '../../src/agent/dialect/dialect.js';
import type { AgentSpec } from '../../src/domain/agent.js';

/** A command agent, changed as a test needs it. */
export function aSpec(changes: Partial<AgentSpec> = {}): AgentSpec {
  return {
    name: 'tester',
    dialect: 'command',
    account: 'testers',
    maxConcurrent: 1,
    command: [],
    env: {},
    timeouts: { silenceMs: 10_000, wallMs: 15_000 },
    vendor: 'test',
    events: false,
    ...changes,
  };
}

/** A small job for a dialect, changed as a test needs it. */
export function aJob(changes: Partial<Job> = {}): Job {
  return {
    ...{ spec: aSpec(), prompt: 'Do it.', asRoot: false },
    ...{ home: '/data/home', artifacts: '/data/artifacts', worktree: '/data/worktree' },
    ...changes,
  };
}
