import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { configSchema } from '../../src/config/json-schema.js';
import { loadConfig } from '../../src/config/load.js';
import { operatorSchema, type WrittenConfig } from '../../src/config/operator-schema.js';
import { parseRepositoryConfig } from '../../src/config/repository.js';
import { repositorySchema, type WrittenRepositoryConfig } from '../../src/config/repository-schema.js';
import { unbuiltKeys, unbuiltRepositoryKeys } from '../../src/config/unbuilt.js';

type Tree = Readonly<Record<string, unknown>>;

const examples = new URL('fixtures/', import.meta.url);
const textOf = (name: string) => readFileSync(new URL(name, examples), 'utf8');
const operatorText = textOf('fleet.config.yml');
const repositoryText = textOf('repository.yml');
const operatorPage = parse(operatorText) as Tree;
const repositoryPage = parse(repositoryText) as Tree;

const secrets = { TEAM_KEY: 'k', SLACK_TOKEN: 's', TELEGRAM_TOKEN: 't', SMTP_URL: 'u', HOOK_SECRET: 'h' };

describe('the two examples of the contract page', () => {
  test('are accepted as they stand', () => {
    const env = { FLEET_CONFIG: 'fleet.config.yml', ...secrets };
    expect(loadConfig({ use: 'server', env, cwd: examples.pathname })).toHaveProperty('config');
    expect(parseRepositoryConfig(repositoryText)).toHaveProperty('value');
  });

  test('every key of the page is in the JSON Schema, and every key of the schema is on the page', () => {
    expect(Object.keys(propertiesOf(configSchema('config')))).toEqual(Object.keys(operatorPage));
    expect(Object.keys(propertiesOf(configSchema('repository')))).toEqual(Object.keys(repositoryPage));
  });

  test('the defaults of the page are the defaults of the code: operator', () => {
    // What has no default, or stands on the page as an example of what can be written.
    const page = withoutKeys(operatorPage, ['agents', 'roles', 'accounts', 'publicUrl']);
    expect(writtenDefaults(configSchema('config'))).toMatchObject({
      ...page,
      agents: [],
      accounts: {},
      notify: { events: (page['notify'] as Tree)['events'] },
    });
    const agent = (propertiesOf(configSchema('config'))['agents'] as { items: object }).items;
    expect(writtenDefaults(agent)).toEqual({
      maxConcurrent: 1,
      env: {},
      timeouts: { silence: '5m', wall: '60m' },
      events: false,
    });
  });

  test('the defaults of the page are the defaults of the code: repository', () => {
    const examplesOnly = [
      'label',
      'base',
      'setup',
      'checks',
      'tests',
      'intents',
      'audits',
      'sentry',
      'priority',
      'notify',
    ];
    const page = withoutKeys(repositoryPage, examplesOnly);
    expect(writtenDefaults(configSchema('repository'))).toEqual({
      ...page,
      intents: {},
      audits: [],
      priority: { labels: {} },
      notify: {},
      sentry: withoutKeys(repositoryPage['sentry'] as Tree, ['project']),
    });
    const audit = (propertiesOf(configSchema('repository'))['audits'] as { items: object }).items;
    expect(writtenDefaults(audit)).toMatchObject({ maxIssues: 5, label: false, timezone: 'UTC', autofix: [] });
  });

  test('the defaults that the schema prints are those that parsing gives', () => {
    expect(operatorSchema.parse(writtenDefaults(configSchema('config')))).toEqual(operatorSchema.parse({}));
    const defaults = withoutKeys(writtenDefaults(configSchema('repository')) as Tree, ['sentry']);
    expect(repositorySchema.parse(defaults)).toEqual(repositorySchema.parse({}));
  });

  test('what is not built yet is named', async () => {
    const lines = [...unbuiltKeys(operatorPage), ...unbuiltRepositoryKeys(repositoryPage)].map(
      ({ path, why }) => `${path}: ${why}`,
    );
    await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('golden/unbuilt.txt');
  });

  test('what is built is not named', () => {
    const operator: WrittenConfig = {
      agents: [
        { name: 'a', dialect: 'claude', vendor: 'them' },
        { name: 'b', dialect: 'command', command: ['b'] },
      ],
      roles: { default: ['a'], triager: ['b'], researcher: ['b'], planner: ['b'], critic: ['b'], verifier: ['b'] },
      questionDeadline: '1h',
      limits: { runs: 1 },
      webhooks: true,
      routing: 'ordered',
      forges: { github: { label: 'x' } },
    };
    const repository: WrittenRepositoryConfig = {
      label: 'x',
      base: 'main',
      setup: 'x',
      checks: {},
      checkTimeout: '1m',
      protectedPaths: [],
      parallelTasks: 3,
      planApproval: true,
      intents: { database: { roles: { developer: ['a'] }, skills: ['sql'] } },
    };
    expect([unbuiltKeys(operator), unbuiltRepositoryKeys(repository), unbuiltKeys('nonsense')]).toEqual([[], [], []]);
  });
});

test('the JSON Schemas are shown as they are', async () => {
  const page = [configSchema('config'), configSchema('repository')].map((schema) =>
    JSON.stringify(schema, undefined, 2),
  );
  await expect(`${page.join('\n')}\n`).toMatchFileSnapshot('golden/schemas.json.txt');
});

const schemaShape = z.looseObject({ properties: z.record(z.string(), z.looseObject({})).default({}) });

function propertiesOf(schema: object): Tree {
  return schemaShape.parse(schema).properties;
}

/** The defaults that a JSON Schema names, as a person would write them. */
function writtenDefaults(schema: object): unknown {
  const entries = Object.entries(schemaShape.parse(schema).properties).map(([key, value]) => {
    const inside = writtenDefaults(value);
    const isGroup = 'properties' in value && Object.keys(inside as object).length > 0;
    return [key, isGroup ? inside : value['default']] as const;
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function withoutKeys(tree: Tree, keys: readonly string[]): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !keys.includes(name)));
}
