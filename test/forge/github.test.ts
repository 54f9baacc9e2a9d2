import { execFile } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Secret } from '../../src/domain/secret.js';
import type { Person } from '../../src/domain/forge.js';
import { createGitHub } from '../../src/forge/github/github.js';
import type { MarkedComment, MergeRequestOrder } from '../../src/ports/forge.js';
import { temporaryFolder } from '../support/temp.js';
import { gitHubWorld, type GitHubWorld, type GitHubWorldOptions } from './github-world.js';

let world: GitHubWorld;
let ada: Person;
let number: number;

async function begin(options?: GitHubWorldOptions): Promise<void> {
  world = await gitHubWorld(options);
  ada = await world.person('ada', 'write');
  number = await world.openIssue({ title: 'Digits', body: '', by: ada });
}

beforeEach(() => begin());

afterEach(async () => {
  await world.close();
});

const find = '<!-- fleet:v1 kind=status ';
const comment: MarkedComment = { marker: `${find}run=r1 phase=queued -->`, find, body: 'Queued.', mayExist: false };

const calls = (): readonly string[] =>
  world.standIn.calls.map(({ kind, method, path }) =>
    kind === 'token' ? 'token' : `${method} ${path.replace('/repos/acme/sample', '')}`,
  );

test('from label to open merge request it takes few calls', async () => {
  const { forge, repository } = world;
  const order: MergeRequestOrder = {
    ...{ branch: 'fleet/1-digits', base: 'trunk', title: 'Digits', body: 'Closes #1', draft: false },
    reviewers: [ada],
  };
  await world.branch(order.branch);
  await forge.react(repository, { kind: 'issue', number });
  await forge.canWrite(repository, ada);
  await forge.comments(repository, number);
  const { id: knownId } = await forge.ensureComment(repository, number, comment);
  await forge.ensureComment(repository, number, { ...comment, body: 'Working.', knownId });
  await forge.remote(repository, 'fetch');
  await forge.remote(repository, 'push');
  await forge.ensureMergeRequest(repository, order);
  expect(calls()).toEqual([
    'token',
    'POST /issues/1/reactions',
    'GET /collaborators/ada/permission',
    'GET /issues/1/comments',
    'POST /issues/1/comments',
    `PATCH /issues/comments/${knownId}`,
    'token',
    'token',
    'GET /pulls',
    'POST /pulls',
    'POST /pulls/2/requested_reviewers',
  ]);
});

describe('comments', () => {
  test('are read page by page, and no more than 500 of them', async () => {
    for (let count = 0; count < 512; count += 1) await world.comment(number, ada, `comment ${count}`);
    const comments = await world.forge.comments(world.repository, number);
    expect(comments).toHaveLength(500);
    expect([comments[0]?.body, comments[499]?.body]).toEqual(['comment 0', 'comment 499']);
    expect(calls().filter((call) => call.startsWith('GET'))).toHaveLength(5);
  });

  test('that say the same already are not written', async () => {
    await world.forge.ensureComment(world.repository, number, comment);
    await world.forge.ensureComment(world.repository, number, { ...comment, mayExist: true });
    expect(calls().filter((call) => call.startsWith('PATCH'))).toEqual([]);
  });

  test('on a merge request are found as well, but it is no issue', async () => {
    await world.branch('fleet/1-digits');
    const { number: pull } = await world.forge.ensureMergeRequest(world.repository, {
      ...{ branch: 'fleet/1-digits', base: 'trunk', title: 'Digits', body: '', draft: false, reviewers: [] },
    });
    const { id } = await world.forge.ensureComment(world.repository, pull, comment);
    expect((await world.forge.comments(world.repository, pull)).map((each) => each.id)).toEqual([id]);
    expect(await world.forge.issue(world.repository, pull)).toBeUndefined();
  });
});

describe('who may write', () => {
  test.each(['admin', 'write'] as const)('%s may', async (permission) => {
    world.seeded.permissions.set('ada', permission);
    expect(await world.forge.canWrite(world.repository, ada)).toBe(true);
  });

  test.each(['read', 'none'] as const)('%s may not', async (permission) => {
    world.seeded.permissions.set('ada', permission);
    expect(await world.forge.canWrite(world.repository, ada)).toBe(false);
  });

  test('somebody who took over the login may not', async () => {
    expect(await world.forge.canWrite(world.repository, { ...ada, id: '31337' })).toBe(false);
  });
});

describe('the app', () => {
  test('is asked once who it is', async () => {
    const identities = [await world.gitHub.identity(), await world.gitHub.identity()];
    const { permissions } = world.standIn.state.app;
    const identity = { mention: 'fleet-test', botId: '900', permissions };
    expect(identities).toEqual([identity, identity]);
    expect(calls()).toEqual(['GET /app', 'GET /app/installations', 'token', 'GET /users/fleet-test%5Bbot%5D']);
  });

  test('leaves out what its own account did, once it knows it', async () => {
    const { people } = world.standIn;
    const payload = { ...people.shared(world.seeded, 'fleet-test[bot]'), action: 'edited' };
    const delivery = { event: 'repository', payload, receivedAtMs: 0, known: [] };
    expect(world.gitHub.parse(delivery)).toHaveLength(1);
    await world.gitHub.identity();
    expect(world.gitHub.parse(delivery)).toEqual([]);
  });

  test('finds its installation for a repository that does not name it', async () => {
    const { forge, id, path, defaultBranch } = world.repository;
    expect(await world.forge.canWrite({ forge, id, path, defaultBranch }, ada)).toBe(true);
  });

  test('is reached with a slash too many in its host', async () => {
    await world.close();
    await begin({ hostSuffix: '/' });
    expect(await world.forge.canWrite(world.repository, ada)).toBe(true);
  });

  const options = {
    ...{ appId: 1, spacing: 'off' as const, clock: { nowMs: () => 0 } },
  };

  test('needs a private key that is one', async () => {
    const broken = createGitHub({ ...options, privateKey: new Secret('-----BEGIN'), log: world.log });
    await expect(broken).rejects.toMatchObject({
      reason: { kind: 'needsPerson', obstacle: { kind: 'configurationBroken' } },
    });
  });

  test('without a webhook secret takes no delivery, also not with the one that probot falls back to', async () => {
    const gitHub = await createGitHub({ ...options, privateKey: new Secret(world.standIn.privateKey), log: world.log });
    const body = Buffer.from('{}');
    const signature = `sha256=${createHmac('sha256', 'development').update(body).digest('hex')}`;
    expect(await gitHub.verify(body, signature)).toBe(false);
  });
});

test('writes are spaced as probot does it, unless that is switched off', async () => {
  const { id } = await world.forge.ensureComment(world.repository, number, comment);
  const threeEdits = async (): Promise<number> => {
    const startedMs = performance.now();
    for (const body of ['1', '2', '3']) {
      await world.forge.ensureComment(world.repository, number, { ...comment, body, knownId: id });
    }
    return performance.now() - startedMs;
  };
  expect(await threeEdits()).toBeLessThan(1000);
  await world.close();
  await begin({ spacing: 'probot' });
  const known = await world.comment(number, 'fleet', 'old');
  const startedMs = performance.now();
  for (const body of ['1', '2']) {
    await world.forge.ensureComment(world.repository, number, { ...comment, body, knownId: known });
  }
  expect(performance.now() - startedMs).toBeGreaterThan(900);
});

describe('the stand-in itself', () => {
  const run = promisify(execFile);

  /** The stand-in's verdict, after which a fresh world takes its place. */
  async function verdict(): Promise<string> {
    await world.standIn.close();
    let said = 'nothing';
    try {
      world.standIn.assertNoSurprises();
    } catch (error) {
      said = String(error);
    }
    await begin();
    return said;
  }

  test('is surprised by a route that Fleet should not ask', async () => {
    await fetch(`${world.standIn.web.url}/api/v3/search/issues`);
    expect(await verdict()).toContain('no such route: GET /search/issues');
  });

  test.each([
    ['without a token', {}],
    ['with a token that it never gave', { authorization: 'token ghs_made_up' }],
  ])('is surprised by a call %s', async (_name, headers) => {
    const response = await fetch(`${world.standIn.web.url}/api/v3/repos/acme/sample/issues/1`, { headers });
    expect(response.status).toBe(401);
    expect(await verdict()).toContain('unknown token: GET /repos/acme/sample/issues/1');
  });

  test('is surprised by a fault that never hit', async () => {
    world.standIn.fail({ method: 'GET', path: /never/, effect: { answer: 500 } });
    expect(await verdict()).toContain('fault never hit: GET never');
  });

  test('refuses a push without the right token, with one for reading, and with its own hook', async () => {
    const push = async (authorization: string): Promise<string> => {
      const clone = temporaryFolder();
      const configured = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader' };
      const env = {
        ...{ ...process.env, ...configured, GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null' },
        GIT_CONFIG_VALUE_0: `Authorization: ${authorization}`,
      };
      const { url } = await world.forge.remote(world.repository, 'push');
      const source = await world.forge.remote(world.repository, 'fetch');
      const reading = { ...env, GIT_CONFIG_VALUE_0: `Authorization: ${source.authorization?.reveal() ?? ''}` };
      await run('git', ['clone', '--quiet', url, clone], { env: reading });
      return run('git', ['-C', clone, 'push', '--quiet', url, 'HEAD:refs/heads/fleet/9'], { env }).then(
        () => 'pushed',
        (error: unknown) => String(error),
      );
    };
    const token = async (purpose: 'fetch' | 'push'): Promise<string> =>
      (await world.forge.remote(world.repository, purpose)).authorization?.reveal() ?? '';
    expect(await push('basic bm9ib2R5OnNlY3JldA==')).toMatch(/Authentication failed|could not read Username/);
    expect(await push(await token('fetch'))).toMatch(/Authentication failed|could not read Username/);
    world.standIn.git.refusePushes('acme/sample', 'branch names must be green');
    expect(await push(await token('push'))).toContain('branch names must be green');
    world.standIn.git.refusePushes('acme/sample', undefined);
    expect(await push(await token('push'))).toBe('pushed');
  });
});
