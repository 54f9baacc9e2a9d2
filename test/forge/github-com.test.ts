import nock from 'nock';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGitHub } from '../../src/forge/github/github.js';
import { Secret } from '../../src/domain/secret.js';
import { aPerson, aRepository } from '../support/builders.js';
import { appPrivateKey } from '../support/github/app-key.js';
import { keepLog } from './github-world.js';

// The stand-in is an Enterprise Server on loopback; what goes to github.com itself is seen here, and nothing leaves the machine.
beforeEach(() => nock.disableNetConnect());
afterEach(() => {
  const unused = nock.pendingMocks();
  nock.cleanAll();
  nock.enableNetConnect();
  nock.restore();
  nock.activate();
  expect(unused).toEqual([]);
});

it('asks api.github.com, as the installation, whether a person may write', async () => {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  const api = nock('https://api.github.com', { reqheaders: { 'user-agent': /probot/ } });
  api
    .post('/app/installations/77/access_tokens')
    .matchHeader('authorization', /^bearer ey/)
    .reply(201, {
      token: 'ghs_short',
      expires_at: expiresAt,
      permissions: { contents: 'write', issues: 'write', metadata: 'read', pull_requests: 'write' },
      repository_selection: 'all',
    });
  const mona = aPerson('mona');
  api
    .get('/repos/acme/shop/collaborators/mona/permission')
    .matchHeader('authorization', 'token ghs_short')
    .reply(200, { permission: 'write', role_name: 'write', user: { login: 'mona', id: Number(mona.id) } });
  const gitHub = await createGitHub({
    appId: 4711,
    privateKey: new Secret(appPrivateKey),
    spacing: 'off',
    clock: { nowMs: () => Date.now() },
    log: keepLog(),
  });
  expect(await gitHub.forge.canWrite(aRepository(), mona)).toBe(true);
});

it('hands git an address at github.com, and the token by a header only', async () => {
  nock('https://api.github.com')
    .post('/app/installations/77/access_tokens', { repository_ids: [9001], permissions: { contents: 'read' } })
    .reply(201, {
      token: 'ghs_read',
      expires_at: new Date(Date.now() + 3_600_000).toISOString(),
      permissions: { contents: 'read' },
    });
  const gitHub = await createGitHub({
    appId: 4711,
    privateKey: new Secret(appPrivateKey),
    spacing: 'off',
    clock: { nowMs: () => Date.now() },
    log: keepLog(),
  });
  const remote = await gitHub.forge.remote(aRepository(), 'fetch');
  expect(remote.url).toBe('https://github.com/acme/shop.git');
  const [scheme = '', basic = ''] = (remote.authorization?.reveal() ?? '').split(' ');
  expect([scheme.toLowerCase(), Buffer.from(basic, 'base64').toString()]).toEqual(['basic', 'x-access-token:ghs_read']);
});
