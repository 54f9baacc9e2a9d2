import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../src/cli/doctor/check.js';
import { examine } from '../../src/cli/doctor/examine.js';
import type { DoctorProbes, GitLabFinding } from '../../src/cli/fleet-port.js';
import { loadConfig } from '../../src/config/load.js';
import { retryLater } from '../../src/domain/failure.js';
import { temporaryFolder } from '../support/temp.js';
import { commandLine } from './world.js';

/** Surroundings in which all is well. */
const healthy: DoctorProbes = {
  containment: async () => ({ kind: 'namespace' }),
  agents: async () => [{ name: 'opus', dialect: 'claude', account: 'max', version: '2.0.1', login: 'yes' }],
  database: async () => undefined,
  redis: async () => undefined,
  github: async () => ({ app: 'fleet-of-acme', missing: [] }),
  gitlab: async () => ({ account: 'fleet-bot', missing: [], projects: [{ path: 'acme/shop', webhook: 'well' }] }),
};

/** What is not well, one line each. */
async function complaints(
  probes: Partial<DoctorProbes>,
  env: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const folder = temporaryFolder();
  const read = loadConfig({ use: 'server', env: { FLEET_DATA_DIR: folder, PORT: '0', ...env }, cwd: folder });
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const git = async () => ({ code: 0, stdout: 'git version 2.39.5\n', stderr: '' });
  const found = await examine({ config: read.config, probes: { ...healthy, ...probes }, git, server: undefined });
  return found
    .filter(({ name, state }) => state !== 'ok' && name !== 'sandbox')
    .map(({ name, state, says, mend }: Finding) => `${state} ${name}: ${says} → ${mend ?? ''}`);
}

describe('a look at the surroundings', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const PRIVATE_KEY = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString();
  const app = { APP_ID: '1', PRIVATE_KEY, WEBHOOK_SECRET: 'secret' };

  test('finds nothing where all is well', async () => {
    expect(await complaints({}, app)).toEqual([]);
  });

  test.each<[string, Partial<DoctorProbes>, string]>([
    [
      'no agent',
      { agents: async () => [] },
      'wrong agents: no agent is configured and none was found on PATH → install a coding agent, or name one in fleet.config.yml',
    ],
    [
      'an agent that does not start',
      {
        agents: async () => [
          {
            ...{ name: 'opus', dialect: 'claude', account: 'max', login: 'unknown' },
            problem: { what: 'claude is not on PATH', mend: 'install it' },
          },
        ],
      },
      'wrong agents: opus: claude is not on PATH → install it',
    ],
    [
      'an agent that is not logged in',
      { agents: async () => [{ name: 'opus', dialect: 'claude', account: 'max', version: '2.0.1', login: 'no' }] },
      'warn agents: opus: claude 2.0.1, not logged in → log in with it in its HOME, or put its key into its `env`',
    ],
    [
      'no namespaces',
      { containment: async () => ({ kind: 'guard', because: 'unshare failed' }) },
      'warn processes: agents are ended by a guard process: unshare failed → allow unprivileged user namespaces, or install util-linux',
    ],
    [
      'an app without a permission',
      { github: async () => ({ app: 'fleet-of-acme', missing: ['contents: write'] }) },
      "wrong github: fleet-of-acme lacks contents: write → grant it on the app's settings page, then accept it in each installation",
    ],
    [
      'a GitHub that does not answer',
      { github: () => Promise.reject(retryLater('github.com does not answer')) },
      'wrong github: github.com does not answer → mend what the message names, then run `fleet doctor` again',
    ],
  ])('tells of %s', async (_, probes, complaint) => {
    expect(await complaints(probes, app)).toEqual([complaint]);
  });

  test.each<[string, GitLabFinding, readonly string[]]>([
    [
      'a token without its scope',
      { account: 'fleet-bot', missing: ['api'], projects: [] },
      ['wrong gitlab: the token of fleet-bot lacks the scope api → make another one, with that scope'],
    ],
    [
      'an account that is in no project',
      { account: 'fleet-bot', missing: [], projects: [] },
      [
        'warn gitlab: fleet-bot is a Developer of no project → add it to one, then run `fleet gitlab connect <project>`',
      ],
    ],
    [
      'webhooks that are switched off, missing, or not to be seen',
      {
        ...{ account: 'fleet-bot', missing: [], expiresOn: '2027-01-01' },
        projects: [
          { path: 'acme/well', webhook: 'well' },
          { path: 'acme/off', webhook: 'switchedOff' },
          { path: 'acme/none', webhook: 'missing' },
          { path: 'acme/dark', webhook: 'unseen' },
        ],
      },
      [
        'wrong gitlab: GitLab has switched off the webhook of acme/off → see that GitLab can reach Fleet, then run `fleet gitlab connect acme/off`',
        'warn gitlab: acme/none has no webhook for Fleet → run `fleet gitlab connect acme/none`',
        'warn gitlab: cannot see the webhook of acme/dark → a Maintainer can: Settings → Webhooks, or run `fleet gitlab connect` again',
      ],
    ],
  ])('tells of %s', async (_, found, expected) => {
    const env = { GITLAB_TOKEN: 't', GITLAB_WEBHOOK_SECRET: 's' };
    expect(await complaints({ gitlab: async () => found }, env)).toEqual(expected);
  });

  test('asks the stores that are named', async () => {
    const env = { DATABASE_URL: 'postgres://fleet@db/fleet', REDIS_URL: 'redis://cache' };
    const refuse = () => Promise.reject(retryLater('connection refused'));
    expect(await complaints({ database: refuse, redis: refuse }, env)).toEqual([
      'wrong database: connection refused → mend what the message names, then run `fleet doctor` again',
      'wrong queue: connection refused → mend what the message names, then run `fleet doctor` again',
    ]);
  });
});

describe('fleet doctor', () => {
  const states = (out: string): Record<string, unknown> =>
    Object.fromEntries(
      out
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as { name: string; state: string })
        .map(({ name, state }) => [name, state]),
    );

  test('ends with 0 when nothing is wrong, and names keys that are not built yet', async () => {
    const cwd = temporaryFolder();
    writeFileSync(
      join(cwd, 'fleet.config.yml'),
      JSON.stringify({
        notify: { events: ['ready'] },
        agents: [{ name: 'own', dialect: 'command', command: [process.execPath, 'agent.mjs'] }],
      }),
    );
    const fleet = commandLine({ cwd, env: { PORT: '0' } });
    const { code, out } = await fleet('doctor', '--json');
    expect([code, states(out)]).toEqual([
      0,
      {
        ...{ configuration: 'warn', node: 'ok', git: 'ok', agents: 'ok', processes: expect.stringMatching('ok|warn') },
        ...{
          sandbox: 'warn',
          'data folder': 'ok',
          database: 'ok',
          queue: 'ok',
          'local forge': 'ok',
          github: 'ok',
          gitlab: 'ok',
          port: 'ok',
        },
      },
    ]);
    expect(out).toContain('notify has no effect yet');
  });

  test('ends with 3 for surroundings that are not well, and says how to mend them', async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(0, '127.0.0.1', resolve));
    onTestFinished(() => void holder.close());
    const address = holder.address();
    const port = typeof address === 'object' ? String(address?.port) : '';
    const env = { PORT: port, DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
    const { code, out } = await commandLine({ env })('doctor');
    expect(code).toBe(3);
    expect(out).toMatch(/^wrong {2}database .*\n +→ /m);
    expect(out).toMatch(/^wrong {2}port .*EADDRINUSE.*\n +→ set PORT to another one$/m);
  });

  test('ends with 2 for a broken configuration', async () => {
    const { code, out } = await commandLine({ env: { REDIS_URL: 'redis://127.0.0.1:1' } })('doctor');
    expect([code, out]).toEqual([
      2,
      expect.stringMatching(/^wrong {2}configuration {2}DATABASE_URL: got nothing, expected/),
    ]);
  });
});
