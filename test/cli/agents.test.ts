import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { agentFacts, agentsTable } from '../../src/cli/agents-text.js';
import type { Account } from '../../src/domain/account.js';
import type { AgentFinding } from '../../src/cli/fleet-port.js';
import { openDatabase } from '../../src/store/database.js';
import { migrate } from '../../src/store/migrate.js';
import { storeOn } from '../../src/store/store.js';
import { temporaryFolder } from '../support/temp.js';
import { commandLine } from './world.js';

const nowMs = Date.parse('2026-11-21T10:00:00Z');

const found: readonly AgentFinding[] = [
  {
    ...{ name: 'opus', dialect: 'claude', model: 'claude-opus-5-5', account: 'max-1' },
    ...{ version: '2.1.329 (Claude Code)', login: 'yes' },
  },
  { name: 'sonnet', dialect: 'claude', account: 'max-2', version: '2.1.329 (Claude Code)', login: 'no' },
  {
    name: 'codex',
    dialect: 'codex',
    account: 'plus',
    version: 'codex-cli 0.180.0',
    provenOn: '0.169.0',
    login: 'unknown',
  },
  {
    name: 'codex-2',
    dialect: 'codex',
    account: 'pro',
    version: 'codex-cli 0.180.0',
    provenOn: '0.169.0',
    login: 'yes',
  },
  { name: 'odd', dialect: 'opencode', account: 'odd', version: 'a build of Tuesday', login: 'unknown' },
  {
    ...{ name: 'gemini', dialect: 'gemini', account: 'google', login: 'unknown' },
    problem: { what: 'gemini is not on PATH', mend: 'install it, or correct its entry under agents' },
  },
  {
    ...{ name: 'free', dialect: 'openrouter', account: 'free', version: 'built in', login: 'yes' },
    model: 'a-provider/with-a-very-long-name-of-a-model:free',
  },
];

const parked = { kind: 'parked', isTold: true, times: 1 } as const;
const accounts: readonly Account[] = [
  { name: 'max-1', health: { ...parked, why: 'plan', untilMs: nowMs + 7_500_000 } },
  { name: 'plus', health: { kind: 'needsPerson', sinceMs: nowMs } },
  { name: 'free', health: { ...parked, why: 'rate', untilMs: nowMs - 1 } },
];

describe('the list of agents', () => {
  test('as a table', async () => {
    const facts = found.map((finding) => agentFacts(finding, accounts, nowMs));
    const table = agentsTable(facts, { nowMs, terminal: { colors: false } });
    await expect(table).toMatchFileSnapshot('golden/agents.txt');
  });

  test('as JSON', async () => {
    const facts = found.map((finding) => agentFacts(finding, accounts, nowMs));
    const lines = `${facts.map((each) => JSON.stringify(each)).join('\n')}\n`;
    await expect(lines).toMatchFileSnapshot('golden/agents.jsonl');
  });
});

/** A folder with programs that print a line. */
function programs(lines: Readonly<Record<string, string>>): string {
  const folder = temporaryFolder();
  for (const [name, line] of Object.entries(lines))
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return folder;
}

describe('fleet agents', () => {
  test('looks at what is configured', async () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'home/.claude'), { recursive: true });
    writeFileSync(join(cwd, 'home/.claude/.credentials.json'), '{}');
    const agents = [
      { name: 'mine', dialect: 'claude', env: { HOME: join(cwd, 'home') } },
      { name: 'bare', dialect: 'claude' },
      { name: 'script', dialect: 'command', command: [process.execPath, 'agent.mjs'] },
      { name: 'gone', dialect: 'acp', command: ['/no/agent'] },
      { name: 'free', dialect: 'openrouter', model: 'qwen/qwen3-coder:free', env: { OPENROUTER_API_KEY: 'k' } },
    ];
    writeFileSync(join(cwd, 'fleet.config.yml'), JSON.stringify({ agents }));
    const PATH = `${programs({ claude: 'echo "2.1.329 (Claude Code)"' })}:/usr/bin:/bin`;
    const { code, out, err } = await commandLine({ cwd, env: { PATH } })('agents', '--json');
    const rows = out
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .map(({ name, version, login, works, problem }) => [name, version, login, works, problem]);
    const mend = 'install it, or correct its entry under agents';
    expect([code, err, rows]).toEqual([
      0,
      '',
      [
        ['mine', '2.1.329 (Claude Code)', 'yes', true, undefined],
        ['bare', '2.1.329 (Claude Code)', 'no', false, undefined],
        ['script', process.execPath, 'unknown', true, undefined],
        ['gone', undefined, 'unknown', false, { what: '/no/agent is not on PATH', mend }],
        ['free', 'built in', 'yes', true, undefined],
      ],
    ]);
  });

  test('says what an account has run into, until somebody says that it can be used again', async () => {
    const cwd = temporaryFolder();
    const agents = [{ name: 'script', dialect: 'command', account: 'team', command: [process.execPath, 'agent.mjs'] }];
    writeFileSync(join(cwd, 'fleet.config.yml'), JSON.stringify({ agents }));
    const line = commandLine({ cwd, env: { PATH: '/usr/bin:/bin', FLEET_DATA_DIR: join(cwd, 'data') } });
    const database = await openDatabase({ kind: 'embedded', folder: join(cwd, 'data') });
    await migrate(database);
    await storeOn(database).accounts.change('team', () => ({ kind: 'needsPerson', sinceMs: nowMs }));
    await database.close();
    const before = await line('agents');
    expect([before.code, before.out]).toEqual([3, expect.stringContaining('fleet agents --ready team')]);
    const ready = await line('agents', '--ready', 'team');
    expect([ready.code, ready.out]).toEqual([0, 'team is used again.\n']);
    expect((await line('agents')).code).toBe(0);
    const unknown = await line('agents', '--ready', 'gone');
    expect([unknown.code, unknown.err]).toEqual([
      2,
      expect.stringContaining('There is no account gone (known: team).'),
    ]);
  }, 60_000);

  test('ends with 3 where none can work', async () => {
    const cwd = temporaryFolder();
    const PATH = `${programs({})}:/usr/bin:/bin`;
    expect(await commandLine({ cwd, env: { PATH } })('agents')).toEqual({
      ...{ code: 3, err: '' },
      out: 'No agent is configured and none was found on PATH: install a coding agent, or name one in fleet.config.yml.\n',
    });
    writeFileSync(join(cwd, 'fleet.config.yml'), JSON.stringify({ agents: [{ name: 'opus', dialect: 'claude' }] }));
    const { code, out } = await commandLine({ cwd, env: { PATH } })('agents');
    expect([code, out]).toEqual([3, expect.stringContaining('opus: claude is not on PATH → install it')]);
  });
});
