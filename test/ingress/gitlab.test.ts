import { createHash } from 'node:crypto';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retryLater } from '../../src/domain/failure.js';
import type { Repository } from '../../src/domain/forge.js';
import { createServer, listen } from '../../src/ingress/server.js';
import type { Delivery } from '../../src/ports/store.js';
import { gitLabWorld, type GitLabWorld } from '../forge/gitlab-world.js';
import type { DeliverOptions } from '../support/gitlab/people.js';
import type { Json } from '../support/gitlab/shapes.js';
import type { ThreadState } from '../support/gitlab/state.js';

let world: GitLabWorld;
let server: Server;
let kept: Delivery[];
let known: Repository[];
let sink: (deliveries: readonly Delivery[]) => Promise<void>;
let issue: ThreadState;

beforeEach(async () => {
  world = await gitLabWorld();
  await world.person('ada', 'write');
  [kept, known] = [[], []];
  sink = (deliveries) => {
    kept.push(...deliveries);
    return Promise.resolve();
  };
  const { gitLab, log, standIn, project } = world;
  const app = createServer({
    ...{ log, readiness: {} },
    gitlab: {
      ...{ clock: { nowMs: () => Date.UTC(2026, 0, 1) }, log, verify: gitLab.verify, parse: gitLab.parse },
      known: () => Promise.resolve(known),
      sink: (deliveries) => sink(deliveries),
    },
  });
  server = await listen(app, { port: 0, host: '127.0.0.1' });
  standIn.people.webhookUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/gitlab/webhooks`;
  issue = standIn.people.openIssue(project, 'ada', 'Keep digits', null);
});

afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await world.close();
});

const deliver = async (event: string, payload: Json, options: DeliverOptions = {}): Promise<unknown> => {
  const { status, body } = await world.standIn.people.deliver(event, payload, options);
  return { status, ...(JSON.parse(body) as object) };
};
const note = (): Json => ({
  ...world.standIn.people.shared('note', world.project, 'ada'),
  issue: { iid: 1 },
  object_attributes: {
    ...{ id: 5, note: '/fleet status', noteable_type: 'Issue', action: 'create' },
    ...{ created_at: '2026-01-01T00:00:00Z', updated_at: '2026-01-01T00:00:00Z' },
  },
});
const accepted = { status: 202, accepted: 1 };

describe('what people do on GitLab', () => {
  test('comes in as Fleet’s own words, under the delivery’s id', async () => {
    const { status, body } = await world.standIn.people.label(world.project, issue, 'fleet', 'ada');
    expect([status, body]).toEqual([202, '{"accepted":1}']);
    const ada = { id: expect.any(String) as string, login: 'ada', kind: 'person' };
    expect(kept).toEqual([
      {
        source: 'gitlab',
        delivery: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        atMs: Date.UTC(2026, 0, 1),
        event: {
          ...{ type: 'issueLabelled', label: 'fleet', by: ada, atMs: Date.parse(issue.updatedAt) },
          repository: world.repository,
          issue: {
            ...{ number: 1, title: 'Keep digits', body: '', author: ada },
            url: `${world.standIn.web.url}/acme/sample/-/issues/1`,
          },
        },
      },
    ]);
  });

  test('is told one by one', async () => {
    const { people } = world.standIn;
    await people.label(world.project, issue, 'fleet', 'ada');
    await people.comment(world.project, issue, 'ada', '/fleet status');
    await people.unlabel(world.project, issue, 'fleet', 'ada');
    await people.end(world.project, issue, 'closed', 'ada');
    expect(kept.map(({ event }) => event.type)).toEqual([
      ...['issueLabelled', 'issueCommented', 'issueUnlabelled', 'issueClosed'],
    ]);
  });

  test('several things in one delivery have each their own id', async () => {
    const { people } = world.standIn;
    const payload = {
      ...people.shared('issue', world.project, 'ada'),
      object_attributes: {
        ...{ iid: 1, title: 'Keep digits', description: null, url: 'http://x', author_id: 1 },
        ...{ action: 'update', updated_at: '2026-01-01T00:00:00Z' },
      },
      changes: { labels: { previous: [], current: [{ title: 'fleet' }, { title: 'bug' }] } },
    };
    await deliver('Issue Hook', payload, { headers: { 'idempotency-key': 'k1' } });
    expect(kept.map(({ delivery }) => delivery)).toEqual(['k1', 'k1.1']);
  });

  test('a project that was moved is told of by a hook of the instance, when Fleet knows it', async () => {
    const moved = { event_name: 'project_transfer', project_id: world.project.id, path_with_namespace: 'new/home' };
    expect(await deliver('System Hook', moved)).toEqual({ status: 202, accepted: 0 });
    known = [world.repository];
    expect(await deliver('System Hook', moved)).toEqual(accepted);
    expect(kept.map(({ event }) => [event.type, event.repository])).toEqual([
      ['repositoryServed', { ...world.repository, path: 'new/home' }],
    ]);
  });
});

describe('a delivery that comes again', () => {
  test.each([
    ['Idempotency-Key', { 'idempotency-key': 'a', 'webhook-id': 'b', 'x-gitlab-event-uuid': 'c' }, 'a'],
    ['webhook-id', { 'idempotency-key': '', 'webhook-id': 'b', 'x-gitlab-event-uuid': 'c' }, 'b'],
    ['X-Gitlab-Event-UUID', { 'idempotency-key': '', 'x-gitlab-event-uuid': 'c' }, 'c'],
  ])('is known by its %s', async (_name, headers, id) => {
    await deliver('Note Hook', note(), { headers });
    expect(kept.map(({ delivery }) => delivery)).toEqual([id]);
  });

  test('is known by its very bytes where no header names it', async () => {
    const headers = { 'idempotency-key': '', 'x-gitlab-event-uuid': '' };
    const raw = JSON.stringify(note());
    for (let times = 0; times < 2; times += 1) await deliver('Note Hook', {}, { headers, raw });
    const hash = createHash('sha256').update(raw).digest('hex');
    expect(kept.map(({ delivery }) => delivery)).toEqual([hash, hash]);
  });
});

describe('a signed delivery', () => {
  const minutes = (count: number): number => Date.now() + count * 60_000;

  test.each([
    ['now', 0, 202],
    ['four minutes ago', -4, 202],
    ['six minutes ago', -6, 401],
    ['six minutes from now', 6, 401],
  ])('of %s', async (_name, ago, status) => {
    expect(await deliver('Note Hook', note(), { signed: { atMs: minutes(ago) } })).toMatchObject({ status });
  });

  test('with another key, another body, or another id: 401, also where it shows the right token', async () => {
    const signed = { atMs: minutes(0) };
    const token = { 'x-gitlab-token': world.standIn.webhookSecret };
    const key = `whsec_${Buffer.from('another').toString('base64')}`;
    const refused = [
      { signed: { ...signed, key } },
      { signed, headers: { 'webhook-id': 'another' } },
      { signed, headers: { 'webhook-timestamp': 'now' } },
      { signed, headers: { 'webhook-signature': 'v1,' } },
      { signed: { ...signed, key }, headers: token },
    ];
    for (const options of refused) expect(await deliver('Note Hook', note(), options)).toMatchObject({ status: 401 });
    expect(kept).toEqual([]);
  });

  test('with several signatures, while keys change', async () => {
    const [body, atMs] = [JSON.stringify(note()), minutes(0)];
    const { 'webhook-signature': signature = '', ...signed } = world.standIn.people.signature(body, { atMs });
    const headers = { ...signed, 'webhook-signature': `v1,b2xk v1a,bmV3 ${signature}` };
    expect(await deliver('Note Hook', {}, { headers, raw: body })).toEqual(accepted);
  });
});

describe('bad input', () => {
  test.each([
    ['no token', { 'x-gitlab-token': '' }],
    ['another token', { 'x-gitlab-token': 'another' }],
    ['the token and more', { 'x-gitlab-token': 'a webhook secret x' }],
  ])('%s: 401', async (_name, headers) => {
    expect(await deliver('Note Hook', note(), { headers })).toMatchObject({ status: 401 });
    expect(kept).toEqual([]);
  });

  test.each([
    ['what is no JSON', 'payload=%7B%7D'],
    ['what is cut off', '{"object_kind":"issue","obj'],
    ['null', 'null'],
    ['a list', '[]'],
    ['nothing', ''],
    ['an issue without itself', '{"object_kind":"issue"}'],
  ])('%s is acknowledged, and the log says that it was not understood', async (_name, raw) => {
    expect(await deliver('Issue Hook', {}, { raw })).toEqual({ status: 202, accepted: 0 });
    expect(world.log.kept.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: delivery not understood',
    ]);
  });

  test.each(['wiki_page', 'a kind of next year', '__proto__'])('a delivery about %s is acknowledged', async (kind) => {
    expect(await deliver('Some Hook', { object_kind: kind })).toEqual({ status: 202, accepted: 0 });
    expect(world.log.kept).toEqual([]);
  });

  test('26 MB: 413, and 24 MB are taken', async () => {
    const big = (sizeBytes: number): string => `{"object_kind":"push","pad":"${'x'.repeat(sizeBytes)}"}`;
    const answer = await deliver('Push Hook', {}, { raw: big(26 * 1024 * 1024) });
    expect(answer).toEqual({ status: 413, error: 'the body is larger than 25 MB' });
    expect(await deliver('Push Hook', {}, { raw: big(24 * 1024 * 1024) })).toEqual({ status: 202, accepted: 0 });
  });
});

test.each([
  ['warn', retryLater('no database')],
  ['error', new TypeError('a bug')],
])('what could not be kept is told with 503, and the log says so at %s', async (level, error) => {
  sink = () => Promise.reject(error);
  expect(await deliver('Note Hook', note())).toMatchObject({ status: 503 });
  expect(world.log.kept.map((line) => `${line.level}: ${line.message}`)).toEqual([`${level}: delivery not kept`]);
});
