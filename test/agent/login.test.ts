import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { findLogin } from '../../src/agent/login.js';
import type { AgentSpec } from '../../src/domain/agent.js';
import { Secret } from '../../src/domain/secret.js';
import { findContainment } from '../../src/process/containment.js';
import { temporaryFolder } from '../support/temp.js';
import { aSpec } from './support.js';

const containment = await findContainment();
const isMac = process.platform === 'darwin';

it.each<[string, AgentSpec['dialect'], AgentSpec['env'], string]>([
  ['a key in its environment', 'claude', { ANTHROPIC_API_KEY: new Secret('k') }, 'yes'],
  ['an empty key', 'amp', { AMP_API_KEY: '' }, 'no'],
  ['a HOME that is new for each run', 'gemini', {}, 'no'],
  ['a HOME without its file', 'claude', { HOME: '/nowhere' }, isMac ? 'unknown' : 'no'],
  ['a HOME without its file, which may be elsewhere', 'gemini', { HOME: '/nowhere' }, 'unknown'],
  ['an address on this machine', 'openrouter', { OPENAI_BASE_URL: 'http://127.0.0.1:11434/v1' }, 'yes'],
  ['no key', 'openrouter', { HOME: '/nowhere' }, 'no'],
  ['nothing to go by', 'command', { HOME: '/nowhere' }, 'unknown'],
])('a login by %s', async (_, dialect, env, login) => {
  expect(await findLogin({ containment, path: '/usr/bin:/bin' }, aSpec({ dialect, env }))).toBe(login);
});

it.each<[AgentSpec['dialect'], string, string | undefined]>([
  ['claude', '.claude/.credentials.json', undefined],
  ['codex', 'auth.json', 'CODEX_HOME'],
  ['opencode', '.local/share/opencode/auth.json', undefined],
  ['amp', 'amp/secrets.json', 'XDG_DATA_HOME'],
])('a login of %s by its file', async (dialect, file, variable = 'HOME') => {
  const folder = temporaryFolder();
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), '{}');
  expect(await findLogin({ containment, path: '' }, aSpec({ dialect, env: { [variable]: folder } }))).toBe('yes');
});

it.each([
  ['says yes', 'test "$1 $2 $HOME" = "login status /home/me"', 'yes'],
  ['says no', 'exit 1', 'no'],
  ['does not know the question', 'exit 2', 'unknown'],
  ['waits for ever', 'sleep 99', 'unknown'],
])('a login by asking a CLI that %s', async (_, line, login) => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'codex'), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  const place = { containment, path: `${folder}:/usr/bin:/bin`, patienceMs: 500 };
  expect(await findLogin(place, aSpec({ dialect: 'codex', env: { HOME: '/home/me' } }))).toBe(login);
});
