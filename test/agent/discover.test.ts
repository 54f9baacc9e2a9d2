import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { discoverAgents, preflight } from '../../src/agent/discover.js';
import { findContainment } from '../../src/process/containment.js';
import { temporaryFolder } from '../support/temp.js';
import { aSpec } from './support.js';

const containment = await findContainment();

function folderWith(programs: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, line] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return folder;
}

it('finds the known CLIs on PATH, with their defaults', () => {
  const folder = folderWith({ claude: '', 'cursor-agent': '', other: '' });
  writeFileSync(join(folder, 'codex'), 'not executable');
  const defaults = {
    maxConcurrent: 1,
    command: [],
    env: { HOME: '/home/me' },
    timeouts: { silenceMs: 300_000, wallMs: 3_600_000 },
    events: false,
  };
  expect(discoverAgents(`relative:${folder}`, '/home/me')).toEqual([
    { name: 'claude', dialect: 'claude', account: 'claude', vendor: 'anthropic', ...defaults },
    { name: 'cursor', dialect: 'cursor', account: 'cursor', vendor: 'cursor', ...defaults },
  ]);
});

describe('preflight', () => {
  it.each([
    [
      'that works',
      { claude: 'test "$1" = --version && echo "2.1.329 (Claude Code)"' },
      { version: '2.1.329 (Claude Code)' },
    ],
    ['that is not there', {}, { problem: 'claude is not on PATH' }],
    [
      'that says nothing',
      { claude: 'exit 0' },
      { problem: 'claude --version did not work (exit code 0): it is not installed properly' },
    ],
    [
      'that fails',
      { claude: 'echo 1; exit 1' },
      { problem: 'claude --version did not work (exit code 1): it is not installed properly' },
    ],
  ])('of a CLI %s', async (_, programs, found) => {
    const path = `${folderWith(programs)}:/usr/bin:/bin`;
    expect(await preflight({ containment, path }, aSpec({ dialect: 'claude' }))).toEqual(found);
  });

  it.each([
    ['codex', 'codex-cli 0.180.0', '0.169.0'],
    ['codex', 'codex-cli 1.0.0-alpha.2', '0.169.0'],
    ['codex', 'codex-cli 0.169.9', undefined],
    ['claude', '2.1.197 (Claude Code)', undefined],
    ['claude', '3.0.1 (Claude Code)', '2.1.329'],
    ['gemini', '0.7.0', undefined],
    ['gemini', 'v0.62.0', '0.61.0'],
    ['opencode', 'a build of Tuesday', undefined],
    ['opencode', '2', undefined],
    ['amp', '9.9.9', undefined],
  ] as const)('of %s that says %s: newer than %s', async (dialect, version, provenOn) => {
    const place = { containment, path: `${folderWith({ [dialect]: `echo '${version}'` })}:/usr/bin:/bin` };
    const newer = provenOn === undefined ? {} : { provenOn };
    expect(await preflight(place, aSpec({ dialect }))).toEqual({ version, ...newer });
  });

  it('ends a CLI that waits for ever', async () => {
    const place = { containment, path: `${folderWith({ amp: 'sleep 99' })}:/usr/bin:/bin`, patienceMs: 300 };
    expect(await preflight(place, aSpec({ dialect: 'amp' }))).toEqual({
      problem: 'amp --version did not end within 0.3 s: it may wait for a login',
    });
  });

  it('of the own agent', async () => {
    const place = { containment, path: '/usr/bin:/bin' };
    expect(await preflight(place, aSpec({ dialect: 'openrouter', model: 'm' }))).toEqual({ version: 'built in' });
  });

  it('of a command agent', async () => {
    const where = { containment, path: '/usr/bin:/bin' };
    expect(await preflight(where, aSpec({ command: ['sh', 'agent.sh'] }))).toEqual({ version: 'sh' });
    expect(await preflight(where, aSpec({ command: ['/no/agent'] }))).toEqual({ problem: '/no/agent is not on PATH' });
  });
});
