import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { withAgents, type Config } from '../../src/config/config.js';
import { loadConfig } from '../../src/config/load.js';
import { problemLine } from '../../src/config/problem.js';
import { Secret } from '../../src/domain/secret.js';
import { anAgentSpec } from '../support/builders.js';
import { temporaryFolder } from '../support/temp.js';

type Env = Readonly<Record<string, string>>;

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const pem = privateKey.export({ type: 'pkcs1', format: 'pem' }).toString().trim();

function load(
  env: Env,
  { file, use = 'server', cwd = temporaryFolder() }: { file?: string; use?: 'server' | 'command'; cwd?: string } = {},
) {
  if (file !== undefined) writeFileSync(join(cwd, 'fleet.config.yml'), file);
  return { cwd, ...loadConfig({ use, env, cwd }) };
}

function config(...given: Parameters<typeof load>): Config & { readonly cwd: string } {
  const loaded = load(...given);
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return { ...loaded.config, cwd: loaded.cwd };
}

function problems(...given: Parameters<typeof load>): readonly string[] {
  const loaded = load(...given);
  return 'problems' in loaded
    ? loaded.problems.map(problemLine).map((line) => line.replaceAll(loaded.cwd, '<cwd>'))
    : [];
}

const commandAgent = 'agents: [{ name: mine, dialect: command, command: [node, ./agent.mjs] }]';

describe('defaults', () => {
  test('nothing is set', () => {
    const { cwd, ...loaded } = config({});
    expect(loaded).toMatchObject({
      ...{
        source: 'discovered',
        port: 3000,
        host: '127.0.0.1',
        logLevel: 'info',
        agents: [],
        webhooks: true,
        unbuilt: [],
      },
      dataFolder: join(cwd, 'data'),
      configFile: join(cwd, 'fleet.config.yml'),
      resyncMs: 300_000,
      sandbox: { mode: 'bubblewrap', memoryBytes: 4 * 1024 ** 3, pids: 512, network: ['registry'] },
    });
    expect(loaded.github ?? loaded.gitlab ?? loaded.databaseUrl ?? loaded.redisUrl).toBeUndefined();
  });

  test.each<readonly [string, Env, string]>([
    ['XDG_DATA_HOME', { XDG_DATA_HOME: '/x', HOME: '/h' }, '/x/fleet'],
    ['HOME', { HOME: '/h' }, '/h/.local/share/fleet'],
    ['a relative XDG_DATA_HOME is ignored', { XDG_DATA_HOME: 'x', HOME: '/h' }, '/h/.local/share/fleet'],
    ['FLEET_DATA_DIR', { FLEET_DATA_DIR: '/d', HOME: '/h' }, '/d'],
  ])('a one-off command keeps its data in the person’s folder: %s', (_, env, folder) => {
    expect(config(env, { use: 'command' }).dataFolder).toBe(folder);
  });

  test('a one-off command does not ask for what only a server needs', () => {
    expect(problems({ APP_ID: '1', GITLAB_TOKEN: 't' }, { use: 'command' })).toEqual([]);
  });

  test('a file without agents: none, and none are looked for', () => {
    const { source, agents } = config({}, { file: 'limits: { runs: 1 }' });
    expect({ source, agents }).toEqual({ source: 'file', agents: [] });
  });

  test('an empty file', () => {
    expect(config({}, { file: '# nothing yet\n' }).source).toBe('file');
  });
});

describe('agents and roles', () => {
  test('every field is filled in, paths are found from the file’s folder, variables are resolved', () => {
    const cwd = temporaryFolder();
    const folder = join(cwd, 'etc');
    mkdirSync(folder);
    writeFileSync(join(folder, 'script.mjs'), '');
    writeFileSync(
      join(folder, 'fleet.yml'),
      'agents: [{ name: mine, dialect: command, command: [bin/run, script.mjs, ../x, --flag, test, /abs, a/b], env: { KEY: { fromEnv: TEAM_KEY }, LOG: quiet }, timeouts: { wall: 2h }, price: { inputPerMillion: 3, outputPerMillion: 15 } }]',
    );
    const { agents, settings } = config({ FLEET_CONFIG: 'etc/fleet.yml', TEAM_KEY: 'sk-1' }, { cwd });
    expect(agents).toEqual([
      anAgentSpec({
        name: 'mine',
        dialect: 'command',
        vendor: 'mine',
        command: [join(folder, 'bin/run'), join(folder, 'script.mjs'), join(cwd, 'x'), '--flag', 'test', '/abs', 'a/b'],
        env: { KEY: new Secret('sk-1'), LOG: 'quiet' },
        timeouts: { silenceMs: 300_000, wallMs: 7_200_000 },
        price: { inputPerMillion: 3, outputPerMillion: 15 },
      }),
    ]);
    expect((agents[0]?.env['KEY'] as Secret).reveal()).toBe('sk-1');
    expect(settings.roles.verifier).toEqual(['mine']);
  });

  test('the vendor is the written one, that of the model, or the maker', () => {
    const file = `agents:
  - { name: a, dialect: opencode, model: anthropic/opus, vendor: mine }
  - { name: b, dialect: opencode, model: anthropic/opus }
  - { name: c, dialect: kiro }`;
    expect(config({}, { file }).agents.map(({ vendor }) => vendor)).toEqual(['mine', 'anthropic', 'amazon']);
  });

  test('roles that are not listed use `default`, and without it every agent', () => {
    const agents = 'agents: [{ name: a, dialect: claude }, { name: b, dialect: codex }]\n';
    const all = config({}, { file: agents }).settings.roles;
    const some = config({}, { file: `${agents}roles: { default: [b], planner: [a, b] }` }).settings.roles;
    expect([all.planner, all.developer, some.planner, some.developer]).toEqual([
      ['a', 'b'],
      ['a', 'b'],
      ['a', 'b'],
      ['b'],
    ]);
  });

  test('withAgents fills what was discovered', () => {
    const found = withAgents(config({}), [anAgentSpec({ name: 'claude' })]);
    expect([found.agents.map(({ name }) => name), found.settings.roles.planner]).toEqual([['claude'], ['claude']]);
  });
});

describe('environment', () => {
  const app = { APP_ID: '12', PRIVATE_KEY: pem, WEBHOOK_SECRET: 's' };
  test.each<readonly [string, Env]>([
    ['as it is', app],
    ['with written line ends', { ...app, PRIVATE_KEY: pem.replaceAll('\n', '\\n') }],
    ['in base64', { ...app, PRIVATE_KEY: Buffer.from(pem).toString('base64') }],
  ])('GitHub’s private key %s', (_, env) => {
    const { github } = config(env);
    expect(github).toEqual({ appId: 12, privateKey: new Secret(''), webhookSecret: new Secret(''), protocol: 'https' });
    expect(github?.privateKey.reveal()).toBe(pem);
  });

  test('secrets from files, and Enterprise Server', () => {
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'app.pem'), `${pem}\n`);
    writeFileSync(join(cwd, 'db'), 'postgres://u:p@db/fleet\n');
    const env = {
      APP_ID: '12',
      PRIVATE_KEY_PATH: 'app.pem',
      WEBHOOK_SECRET: 's',
      GHE_HOST: '127.0.0.1:9',
      GHE_PROTOCOL: 'http',
    };
    const { github, databaseUrl } = config({ ...env, DATABASE_URL_PATH: join(cwd, 'db') }, { cwd });
    expect([github?.privateKey.reveal(), github?.host, github?.protocol]).toEqual([pem, '127.0.0.1:9', 'http']);
    expect(databaseUrl?.reveal()).toBe('postgres://u:p@db/fleet');
  });

  test('nothing of a secret is shown', () => {
    const loaded = config({
      ...app,
      DATABASE_URL: 'postgres://u:p@db/f',
      FLEET_API_TOKEN: 'tok',
      FLEET_SECRET_KEY: 'ab'.repeat(32),
    });
    expect(JSON.stringify(loaded)).not.toMatch(/BEGIN|u:p|tok"|abab/);
    expect(Buffer.from(loaded.secretKey?.reveal() ?? '', 'base64').toString('hex')).toBe('ab'.repeat(32));
  });

  test('GitLab, Sentry, and a server without webhooks that needs no secrets', () => {
    const env = {
      GITLAB_URL: 'https://git.example.com/',
      GITLAB_TOKEN: 't',
      SENTRY_TOKEN: 'x',
      APP_ID: '1',
      PRIVATE_KEY: pem,
    };
    const { gitlab, sentry, github, webhooks } = config(env, { file: 'webhooks: off' });
    expect({ gitlab, sentry, webhooks }).toEqual({
      gitlab: { url: 'https://git.example.com', token: new Secret('') },
      sentry: { url: 'https://sentry.io', token: new Secret('') },
      webhooks: false,
    });
    expect(github?.webhookSecret).toBeUndefined();
  });

  test('empty variables count as unset', () => {
    expect(config({ PORT: '', DATABASE_URL: '', APP_ID: ' ', FLEET_CONFIG: '', HOST: '' }).port).toBe(3000);
  });

  test.each<readonly [Env, readonly string[]]>([
    [{ PORT: 'x' }, ['PORT: got "x", expected a port, 0 to 65535']],
    [{ PORT: '65536' }, ['PORT: got "65536", expected a port, 0 to 65535']],
    [
      { REDIS_URL: 'redis://r' },
      [
        'DATABASE_URL: got nothing, expected the address of a PostgreSQL, because REDIS_URL is set: the queue on Redis needs it',
      ],
    ],
    [
      { DATABASE_URL: 'mysql://u:p@x' },
      ['DATABASE_URL: got [secret], expected an address such as postgres://user@host/name'],
    ],
    [
      { APP_ID: '1', WEBHOOK_SECRET: 's' },
      [
        "PRIVATE_KEY: got nothing, expected the app's private key, or its file in PRIVATE_KEY_PATH, because APP_ID is set",
      ],
    ],
    [
      { PRIVATE_KEY: pem, WEBHOOK_SECRET: 's' },
      ["APP_ID: got nothing, expected the app's numeric id, because PRIVATE_KEY is set"],
    ],
    [
      { ...app, PRIVATE_KEY: 'nonsense' },
      ["PRIVATE_KEY: got [secret], expected the app's private key in PEM, as GitHub gave it"],
    ],
    [
      { APP_ID: '1', PRIVATE_KEY: pem },
      ["WEBHOOK_SECRET: got nothing, expected the app's webhook secret, because APP_ID is set"],
    ],
    [
      { ...app, GHE_HOST: 'https://x' },
      ['GHE_HOST: got "https://x", expected a host name without https:// and without a path'],
    ],
    [{ GITLAB_URL: 'https://x' }, ['GITLAB_TOKEN: got nothing, expected an access token, because GITLAB_URL is set']],
    [{ FLEET_SECRET_KEY: 'short' }, ['FLEET_SECRET_KEY: got [secret], expected 32 bytes, in hexadecimal or base64']],
    [
      { FLEET_SECRET_KEY_PATH: '/nowhere/key' },
      ['FLEET_SECRET_KEY_PATH: got "/nowhere/key", expected the path of a file that can be read (ENOENT)'],
    ],
    [{ FLEET_CONFIG: 'other.yml' }, ['FLEET_CONFIG: got "<cwd>/other.yml", expected a file that is there']],
  ])('%j is refused', (env, lines) => {
    expect(problems(env)).toEqual(lines);
  });
});

describe('a broken file', () => {
  test('every problem of file and environment at once', async () => {
    const file = `
agents:
  - { name: A B, dialect: foo, timeouts: { wall: 5 }, env: { T: sk-123, X: { fromEnv: NOPE }, Y: 3 } }
  - { name: x, dialect: command }
  - { name: x, dialect: claude, price: 3, model: '' }
  - { name: free, dialect: openrouter }
roles: { default: [opus], planer: [x], developer: [] }
limits: { runs: 0, rnus: 2 }
notify: { slack: { token: xoxb-1 }, slak: 1 }
webhooks: maybe
apiToken: hello
publicUrl: https://me:pw@x
accounts: { a: { quiet: { at: noon } } }
sandbox: { memory: 4 }
resync: 90d
branchPrefix: ../
`;
    const env = { PORT: '-1', LOG_LEVEL: 'loud', REDIS_URL: 'redis://x' };
    await expect(`${problems(env, { file }).join('\n')}\n`).toMatchFileSnapshot('golden/problems.txt');
  });

  test.each([
    ['broken YAML', 'agents:\n  - name: [a\nlimits: 1', /^fleet\.config\.yml: line 3, column 1: got broken YAML/],
    ['a key twice', 'resync: 1m\nresync: 2m', /^fleet\.config\.yml: line 2, column 1: .*unique/],
    ['a list', '- a', /^fleet\.config\.yml: whole file: got a list, expected keys and values$/],
    ['an alias that names nothing', 'agents: *a', /^fleet\.config\.yml: .*broken YAML/],
  ])('%s', (_, file, line) => {
    expect(problems({}, { file })[0]).toMatch(line);
  });

  test('aliases that multiply without end', () => {
    const levels = Array.from(
      { length: 12 },
      (_, index) => `l${index + 1}: &l${index + 1} [${`*l${index},`.repeat(9)}]`,
    );
    expect(problems({}, { file: ['l0: &l0 [a]', ...levels].join('\n') })[0]).toMatch(/whole file: got broken YAML/);
  });

  test('a folder in its place', () => {
    const cwd = temporaryFolder();
    mkdirSync(join(cwd, 'fleet.config.yml'));
    expect(problems({}, { cwd })).toHaveLength(1);
  });

  test('a file that may not be read', ({ skip }) => {
    skip(process.getuid?.() === 0, 'root may read everything');
    const cwd = temporaryFolder();
    writeFileSync(join(cwd, 'fleet.config.yml'), commandAgent);
    chmodSync(join(cwd, 'fleet.config.yml'), 0);
    expect(problems({}, { cwd })[0]).toMatch(/EACCES/);
  });

  test('keys that a prototype has are not known keys', () => {
    expect(problems({}, { file: 'constructor: 1\n__proto__: { runs: 1 }\n' })).toHaveLength(2);
  });
});
