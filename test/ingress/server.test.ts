import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { setUpPages } from '../../src/ingress/set-up.js';
import { keepLog } from '../forge/github-world.js';
import { appPrivateKey } from '../support/github/app-key.js';
import { temporaryFolder } from '../support/temp.js';
import { testServer, type TestServer, type TestServerOptions } from './server.js';

async function started(options?: TestServerOptions): Promise<TestServer> {
  const server = await testServer(options);
  onTestFinished(() => server.close());
  return server;
}

describe('health', () => {
  test('is alive, and ready when every part is', async () => {
    const { url } = await started({ readiness: { store: () => Promise.resolve(true) } });
    const [alive, ready] = await Promise.all(['/healthz', '/readyz'].map((path) => fetch(url + path)));
    expect([alive?.status, await alive?.json()]).toEqual([200, { status: 'ok' }]);
    expect([ready?.status, await ready?.json()]).toEqual([200, { status: 'ready' }]);
  });

  test('names what is not ready', async () => {
    const never = new Promise<boolean>(() => undefined);
    const { url } = await started({
      readiness: {
        fine: () => Promise.resolve(true),
        store: () => Promise.reject(new Error('down')),
        workers: () => Promise.resolve(false),
        queue: () => never,
      },
    });
    const response = await fetch(`${url}/readyz`);
    const expected = { status: 'not ready', notReady: ['store', 'workers', 'queue'] };
    expect([response.status, await response.json()]).toEqual([503, expected]);
  });
});

describe('every answer', () => {
  test('has the security headers, and does not say what made it', async () => {
    const { url } = await started();
    for (const path of ['/healthz', '/nothing-here']) {
      const { headers } = await fetch(url + path);
      expect(Object.fromEntries(headers)).toMatchObject({
        'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
        'x-content-type-options': 'nosniff',
        'x-frame-options': 'DENY',
        'referrer-policy': 'no-referrer',
      });
      expect(headers.has('x-powered-by')).toBe(false);
    }
  });

  test.each([
    ['POST', '/api/gitlab/webhooks', 404, 'GitLab is not set up: set GITLAB_TOKEN'],
    ['POST', '/api/sentry/webhooks', 404, 'not built yet'],
    ['GET', '/', 404, 'not found'],
    ['GET', '/%E0%A4%A', 404, 'not found'],
  ])('%s %s is %i: %s', async (method, path, status, error) => {
    const { url } = await started();
    const response = await fetch(url + path, { method });
    expect([response.status, await response.json()]).toEqual([status, { error }]);
  });

  test('says where to set GitHub up while it is not', async () => {
    const { url } = await started({ withGitHub: false });
    const response = await fetch(`${url}/api/github/webhooks`, { method: 'POST', body: '{}' });
    const expected = { error: 'GitHub is not set up: open / to set it up' };
    expect([response.status, await response.json()]).toEqual([404, expected]);
  });

  test('hides a bug behind a 500 without its stack', async () => {
    const { url, log } = await started({
      setUp: () => {
        throw new Error('secret words');
      },
    });
    const response = await fetch(`${url}/probot`);
    expect([response.status, await response.text()]).toEqual([500, '{"error":"internal error"}']);
    expect(log.kept.map(({ level, message }) => `${level}: ${message}`)).toEqual(['error: request failed']);
  });
});

describe('the set-up of the GitHub App', () => {
  async function withSetUp(): Promise<{ url: string; envFile: string; done: () => number }> {
    const envFile = join(temporaryFolder(), '.env');
    let times = 0;
    const done = (): void => {
      times += 1;
    };
    const setUp = await setUpPages({ envFile, log: keepLog(), done });
    const { url } = await started({ withGitHub: false, setUp });
    return { url, envFile, done: () => times };
  }

  const existing = { appId: '4711', pem: appPrivateKey, webhook_secret: 'shared' };
  const importing = (url: string, body: unknown): Promise<Response> =>
    fetch(`${url}/probot/import`, { method: 'POST', body: JSON.stringify(body) });

  test('begins at / with probot’s page, whose manifest is app.yml', async () => {
    const { url } = await withSetUp();
    const response = await fetch(url);
    expect([response.status, response.url]).toEqual([200, `${url}/probot`]);
    const page = await response.text();
    const manifest = JSON.parse(/value='([^']*)'/.exec(page)?.[1] ?? '') as unknown;
    expect(manifest).toEqual({
      name: 'fleet',
      description: 'Put the label fleet on an issue, and coding agents open a checked pull request.',
      url: 'https://probot.github.io',
      public: false,
      version: 'v1',
      redirect_url: `${url}/probot/setup`,
      hook_attributes: { url: `${url}/` },
      default_permissions: {
        metadata: 'read',
        contents: 'write',
        issues: 'write',
        pull_requests: 'write',
        checks: 'read',
        statuses: 'read',
      },
      default_events: [
        'issues',
        'issue_comment',
        'pull_request',
        'pull_request_review',
        'pull_request_review_comment',
        'check_suite',
        'status',
        'repository',
      ],
    });
    expect((await fetch(`${url}/probot/static/primer.css`)).status).toBe(200);
  });

  test('keeps the credentials for the owner alone, beside what was there, and is gone then', async () => {
    const { url, envFile, done } = await withSetUp();
    writeFileSync(envFile, '# mine\nPORT=4000\nAPP_ID=1\n');
    expect((await importing(url, existing)).status).toBe(200);
    expect(parseEnv(readFileSync(envFile, 'utf8'))).toEqual({
      PORT: '4000',
      APP_ID: '4711',
      PRIVATE_KEY: appPrivateKey,
      WEBHOOK_SECRET: 'shared',
    });
    expect(readFileSync(envFile, 'utf8')).toMatch(/^# mine\n/);
    expect(statSync(envFile).mode & 0o777).toBe(0o600);
    expect(done()).toBe(1);
    expect((await importing(url, { ...existing, appId: '666' })).status).toBe(404);
    expect((await fetch(url)).status).toBe(404);
    expect((await fetch(`${url}/probot/success`)).status).toBe(200);
  });

  test('takes what GitHub hands out when people come back from there', async () => {
    const gitHub = await started();
    const { host, webhookSecret, appId } = gitHub.standIn;
    // Probot reads these by itself.
    vi.stubEnv('GHE_HOST', host);
    vi.stubEnv('GHE_PROTOCOL', 'http');
    onTestFinished(() => void vi.unstubAllEnvs());
    const { url, envFile } = await withSetUp();
    const refused = await fetch(`${url}/probot/setup?code=spent`, { redirect: 'manual' });
    expect(refused.status).toBe(400);
    const response = await fetch(`${url}/probot/setup?code=good-code`, { redirect: 'manual' });
    const installing = `http://${host}/apps/fleet-test/installations/new`;
    expect([response.status, response.headers.get('location')]).toEqual([302, installing]);
    expect(parseEnv(readFileSync(envFile, 'utf8'))).toEqual({
      APP_ID: String(appId),
      PRIVATE_KEY: appPrivateKey,
      WEBHOOK_SECRET: webhookSecret,
      GITHUB_CLIENT_ID: 'Iv1.abc',
      GITHUB_CLIENT_SECRET: 'shh',
    });
  });

  test.each([
    ['nothing', {}, 400],
    ['what is no JSON', undefined, 400],
    ['far too much', { ...existing, pem: 'x'.repeat(200_000) }, 413],
  ])('answers %s with a 4xx', async (_name, body, status) => {
    const { url, done } = await withSetUp();
    expect((await importing(url, body)).status).toBe(status);
    expect(done()).toBe(0);
  });

  test('answers a return from GitHub without a code with 400', async () => {
    const { url } = await withSetUp();
    expect((await fetch(`${url}/probot/setup`)).status).toBe(400);
  });
});
