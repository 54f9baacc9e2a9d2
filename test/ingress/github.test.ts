import { request } from 'node:http';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { retryLater } from '../../src/domain/failure.js';
import type { Json } from '../support/github/shapes.js';
import type { DeliverOptions } from '../support/github/people.js';
import { testServer, type TestServer } from './server.js';

let server: TestServer;

beforeEach(async () => {
  server = await testServer();
});

afterEach(async () => {
  await server.close();
});

const deliver = async (event: string, payload: Json, options: DeliverOptions = {}): Promise<unknown> => {
  const { status, body } = await server.standIn.people.deliver(event, payload, options);
  return { status, ...(JSON.parse(body) as object) };
};

describe('what people do on GitHub', () => {
  test('comes in as Fleet’s own words, under the delivery’s id', async () => {
    const { people } = server.standIn;
    const { number } = people.openIssue(server.repository, 'ada', 'Keep digits', null);
    const { status, body } = await people.labelIssue(server.repository, number, 'fleet', 'ada');
    expect([status, body]).toEqual([202, '{"accepted":1}']);
    const ada = { id: expect.any(String) as string, login: 'ada', kind: 'person' };
    const atMs = Date.UTC(2026, 0, 1);
    expect(server.kept).toEqual([
      {
        source: 'github',
        delivery: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
        atMs,
        event: {
          type: 'issueLabelled',
          label: 'fleet',
          by: ada,
          atMs: expect.any(Number) as number,
          repository: {
            forge: 'github',
            id: String(server.repository.id),
            path: 'acme/sample',
            defaultBranch: 'main',
            installation: '77',
          },
          issue: {
            number,
            title: 'Keep digits',
            body: '',
            url: `${server.standIn.web.url}/acme/sample/issues/${number}`,
            author: ada,
          },
        },
      },
    ]);
  });

  test('is told one by one', async () => {
    const { people } = server.standIn;
    const { number } = people.openIssue(server.repository, 'ada', 'Keep digits', 'They are lost.');
    await people.labelIssue(server.repository, number, 'fleet', 'ada');
    await people.comment(server.repository, number, 'ada', '/fleet status');
    await people.unlabelIssue(server.repository, number, 'fleet', 'ada');
    await people.closeIssue(server.repository, number, 'ada');
    expect(server.kept.map(({ event }) => event.type)).toEqual([
      'issueLabelled',
      'issueCommented',
      'issueUnlabelled',
      'issueClosed',
    ]);
  });

  test('with many repositories at once gives each its own id', async () => {
    const repositories = [1, 2, 3].map((id) => ({ id, full_name: `acme/r${id}` }));
    const payload = { ...server.standIn.people.shared(server.repository, 'ada'), action: 'created', repositories };
    expect(await deliver('installation', payload, { delivery: 'd1' })).toEqual({ status: 202, accepted: 3 });
    expect(server.kept.map(({ delivery }) => delivery)).toEqual(['d1', 'd1.1', 'd1.2']);
  });

  test('comes in at the address that probot’s set-up registers, too', async () => {
    server.standIn.people.webhookUrl = `${server.url}/`;
    const { number } = server.standIn.people.openIssue(server.repository, 'ada', 'Keep digits', null);
    const { status } = await server.standIn.people.labelIssue(server.repository, number, 'fleet', 'ada');
    expect([status, server.kept.length]).toEqual([202, 1]);
  });
});

describe('bad input', () => {
  const labelled = (): Json => {
    const { people } = server.standIn;
    const shared = people.shared(server.repository, 'ada');
    const issue = { number: 1, title: 't', body: null, html_url: 'http://x', updated_at: '2026-01-01T00:00:00Z' };
    return { ...shared, action: 'labeled', issue, label: { name: 'fleet' } };
  };

  afterEach(() => {
    expect(server.kept).toEqual([]);
  });

  const unsigned = { 'x-hub-signature': '', 'x-hub-signature-256': '' };
  const sign = `sha256=${'0'.repeat(64)}`;

  test.each([
    ['unsigned', unsigned],
    ['signed with sha1 only', { 'x-hub-signature-256': '' }],
    ['signed with another secret', { 'x-hub-signature-256': sign }],
    ['a sha1 value in the sha256 header', { 'x-hub-signature-256': `sha1=${'0'.repeat(40)}` }],
    ['a signature that is none', { 'x-hub-signature-256': 'sha256=' }],
    ['a signature of another length', { 'x-hub-signature-256': `${sign}0` }],
  ])('%s: 401', async (_name, headers) => {
    expect(await deliver('issues', labelled(), { headers })).toMatchObject({ status: 401 });
  });

  test('a body that was changed after signing: 401', async () => {
    const headers = { 'x-hub-signature-256': sign };
    expect(await deliver('issues', labelled(), { headers, raw: 'changed' })).toMatchObject({ status: 401 });
  });

  test('an empty body, though signed: 401', async () => {
    expect(await deliver('issues', {}, { raw: '' })).toMatchObject({ status: 401 });
  });

  test.each([
    ['not JSON', 'payload=%7B%7D'],
    ['truncated', '{"action":"labeled","issue":{"num'],
    ['null', 'null'],
  ])('%s: 400', async (_name, raw) => {
    expect(await deliver('issues', {}, { raw })).toMatchObject({ status: 400 });
  });

  test.each(['x-github-event', 'x-github-delivery'])('no %s: 400', async (header) => {
    expect(await deliver('issues', labelled(), { headers: { [header]: '' } })).toMatchObject({ status: 400 });
  });

  test('26 MB: 413, and 24 MB are taken', async () => {
    const big = (sizeBytes: number): string => `{"pad":"${'x'.repeat(sizeBytes)}"}`;
    const answer = await deliver('star', {}, { raw: big(26 * 1024 * 1024) });
    expect(answer).toEqual({ status: 413, error: 'the body is larger than 25 MB' });
    expect(await deliver('star', {}, { raw: big(24 * 1024 * 1024) })).toEqual({ status: 202, accepted: 0 });
  });

  test('compressed: 415', async () => {
    const headers = { 'content-encoding': 'gzip' };
    expect(await deliver('star', {}, { headers, raw: 'x' })).toMatchObject({ status: 415 });
  });

  test.each([
    ['an event that Fleet does not know', 'star'],
    ['an event that GitHub does not know', '__proto__'],
    ['an action that means nothing to Fleet', 'repository'],
  ])('%s: 202, and nothing happens', async (_name, event) => {
    const payload = { ...labelled(), action: 'archived' };
    expect(await deliver(event, payload)).toEqual({ status: 202, accepted: 0 });
    expect(server.log.kept).toEqual([]);
  });

  test.each([
    ['without its issue', (): Json => ({ ...labelled(), issue: undefined })],
    ['with a list in the place of an issue', (): Json => ({ ...labelled(), issue: [] })],
    ['that is a list', (): Json => [] as unknown as Json],
  ])('an authentic delivery %s: 202, nothing happens, and the log says why', async (_name, payload) => {
    expect(await deliver('issues', payload())).toEqual({ status: 202, accepted: 0 });
    expect(server.log.kept.map(({ level, message }) => `${level}: ${message}`)).toEqual([
      'warn: delivery not understood',
    ]);
  });

  test('a connection that breaks in the middle of the body harms nobody', async () => {
    const { port, hostname } = new URL(server.url);
    await new Promise<void>((resolve) => {
      const headers = { 'content-length': 1000, 'x-hub-signature-256': sign };
      const sending = request({ host: hostname, port, path: '/api/github/webhooks', method: 'POST', headers });
      sending.on('error', () => resolve());
      sending.write('{"half', () => sending.destroy(new Error('gone')));
    });
    expect(await deliver('star', {})).toEqual({ status: 202, accepted: 0 });
    expect(server.log.kept.filter(({ level }) => level === 'error')).toEqual([]);
  });
});

describe('when the store is down', () => {
  test.each([
    ['warn', retryLater('no database')],
    ['error', new TypeError('a bug')],
  ])('GitHub is told 503, and the log says so at %s', async (level, error) => {
    const down = await testServer({ sink: () => Promise.reject(error) });
    const { number } = down.standIn.people.openIssue(down.repository, 'ada', 'Keep digits', null);
    const { status, body } = await down.standIn.people.labelIssue(down.repository, number, 'fleet', 'ada');
    expect([status, JSON.parse(body)]).toEqual([503, { error: expect.stringContaining('redeliver') as string }]);
    expect(down.log.kept.map((line) => `${line.level}: ${line.message}`)).toEqual([`${level}: delivery not kept`]);
    await down.close();
  });
});

test('a suspension loses the repositories that Fleet knows of that installation', async () => {
  const known = ['77', '78'].map((installation) => ({
    ...{ forge: 'github' as const, id: installation, path: `acme/r${installation}` },
    ...{ defaultBranch: 'trunk', installation },
  }));
  const knowing = await testServer({ known });
  const { sender, installation } = knowing.standIn.people.shared(knowing.repository, 'ada');
  const payload = { sender, installation, action: 'suspend' };
  await knowing.standIn.people.deliver('installation', payload);
  expect(knowing.kept.map(({ event }) => event)).toEqual([
    {
      type: 'repositoryLost',
      why: 'suspended',
      repository: known[0],
      by: { id: expect.any(String) as string, login: 'ada', kind: 'person' },
      atMs: Date.UTC(2026, 0, 1),
    },
  ]);
  await knowing.close();
});

test('an acknowledgement takes at most 50 ms', async () => {
  const { people } = server.standIn;
  const { number } = people.openIssue(server.repository, 'ada', 'Keep digits', 'x'.repeat(60_000));
  const tookMs: number[] = [];
  for (let round = 0; round < 50; round += 1) {
    tookMs.push((await people.labelIssue(server.repository, number, 'fleet', 'ada')).ms);
  }
  // The median, for other tests run at the same time; `npm run bench` shows the p99.
  expect(tookMs.sort((one, other) => one - other)[25]).toBeLessThan(50);
});
