import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Person } from '../../src/domain/forge.js';
import { Secret } from '../../src/domain/secret.js';
import { examineGitLab } from '../../src/forge/gitlab/examine.js';
import type { MarkedComment, MergeRequestOrder } from '../../src/ports/forge.js';
import { addNote, addThread, accountOf } from '../support/gitlab/state.js';
import { temporaryFolder } from '../support/temp.js';
import { gitLabWorld, type GitLabWorld, type GitLabWorldOptions } from './gitlab-world.js';

let world: GitLabWorld;
let ada: Person;
let number: number;

async function begin(options?: GitLabWorldOptions): Promise<void> {
  world = await gitLabWorld(options);
  ada = await world.person('ada', 'write');
  number = await world.openIssue({ title: 'Digits', body: '', by: ada });
}

beforeEach(() => begin());

afterEach(async () => {
  await world.close();
});

const find = '<!-- fleet:v1 kind=status ';
const comment: MarkedComment = { marker: `${find}run=r1 phase=queued -->`, find, body: 'Queued.', mayExist: false };
const order: MergeRequestOrder = {
  ...{ branch: 'fleet/1-digits', base: 'trunk', title: 'Digits', body: 'Closes #1', draft: false, reviewers: [] },
};

const calls = (): readonly string[] =>
  world.standIn.calls.map(({ method, path }) => `${method} ${path.replace(`/projects/${world.project.id}`, '')}`);

test('from label to open merge request it takes few calls', async () => {
  const { forge, repository } = world;
  await world.branch(order.branch);
  await forge.react(repository, { kind: 'issue', number });
  await forge.canWrite(repository, ada);
  await forge.comments(repository, number);
  const { id: knownId } = await forge.ensureComment(repository, number, comment);
  await forge.ensureComment(repository, number, { ...comment, body: 'Working.', knownId });
  await forge.remote(repository, 'fetch');
  await forge.ensureMergeRequest(repository, { ...order, reviewers: [ada] });
  expect(calls()).toEqual([
    'POST /issues/1/award_emoji',
    `GET /members/all/${ada.id}`,
    'GET /user',
    'GET /issues/1/notes',
    'POST /issues/1/notes',
    `PUT /${knownId}`,
    'GET ',
    'GET /merge_requests',
    'POST /merge_requests',
  ]);
});

describe('comments', () => {
  test('are read page by page, no more than 500 of them, without what GitLab itself notes', async () => {
    const { state } = world.standIn;
    const issue = world.project.issues.get(number);
    if (issue === undefined) throw new Error('no issue');
    addNote(state, issue, { author: accountOf(state, 'ada'), body: 'added ~fleet label', system: true });
    for (let count = 0; count < 512; count += 1) await world.comment(number, ada, `comment ${count}`);
    const comments = await world.forge.comments(world.repository, number);
    expect(comments).toHaveLength(499);
    expect([comments[0]?.body, comments[498]?.body]).toEqual(['comment 0', 'comment 498']);
    expect(calls().filter((call) => call.endsWith('/notes'))).toHaveLength(5);
  });

  test('that say the same already are not written', async () => {
    await world.forge.ensureComment(world.repository, number, comment);
    await world.forge.ensureComment(world.repository, number, { ...comment, mayExist: true });
    expect(calls().filter((call) => call.startsWith('PUT'))).toEqual([]);
  });

  test('go to the merge request of the same number when they are meant for it', async () => {
    const author = accountOf(world.standIn.state, 'ada');
    const merge = { source: 'patch', target: 'trunk', reviewers: [] };
    const thread = addThread(world.standIn.state, world.project, { title: 'Mine', description: '', author, merge });
    expect(thread.iid).toBe(number);
    const ensure = (body: string): Promise<{ readonly id: string }> =>
      world.forge.ensureComment(world.repository, number, { ...comment, body, mayExist: true, isMergeRequest: true });
    const { id } = await ensure('one');
    expect(await ensure('two')).toEqual({ id });
    await world.forge.react(world.repository, { kind: 'issue', number, isMergeRequest: true });
    for (let times = 0; times < 2; times += 1) await world.forge.react(world.repository, { kind: 'comment', id });
    expect(thread.notes.map(({ body, emojis }) => [body, emojis.length])).toEqual([[`${comment.marker}\ntwo`, 1]]);
    expect(thread.emojis).toHaveLength(1);
    expect(await world.seenComments(number)).toEqual([]);
  });
});

describe('who may write', () => {
  test.each([
    ['maintainer', true],
    ['developer', true],
    ['reporter', false],
    ['none', false],
  ] as const)('%s: %s', async (level, may) => {
    world.project.members.set('ada', level);
    expect(await world.forge.canWrite(world.repository, ada)).toBe(may);
  });

  test('somebody who took over the login may not', async () => {
    expect(await world.forge.canWrite(world.repository, { ...ada, id: '31337' })).toBe(false);
  });
});

describe('a merge request', () => {
  beforeEach(() => world.branch(order.branch));

  test('whose title begins like a draft’s is none', async () => {
    await world.forge.ensureMergeRequest(world.repository, { ...order, title: 'Draft: mails are lost' });
    expect(await world.seenMergeRequests()).toMatchObject([{ draft: false }]);
  });

  test('that was a draft is ready once it is ordered so', async () => {
    await world.forge.ensureMergeRequest(world.repository, { ...order, draft: true });
    await world.forge.ensureMergeRequest(world.repository, order);
    expect(await world.seenMergeRequests()).toMatchObject([{ draft: false, title: 'Digits' }]);
  });

  test('that is known costs one call, and a search only where it is not open any more', async () => {
    const { forge, repository } = world;
    const { number: knownNumber } = await forge.ensureMergeRequest(repository, order);
    const ensure = async (): Promise<readonly string[]> => {
      world.standIn.calls.length = 0;
      await forge.ensureMergeRequest(repository, { ...order, title: 'All digits', knownNumber });
      return calls();
    };
    const edit = `PUT /merge_requests/${knownNumber}`;
    expect(await ensure()).toEqual([edit]);
    await world.end(knownNumber, 'merged');
    expect(await ensure()).toEqual([edit, 'GET /merge_requests', 'POST /merge_requests']);
    world.project.mergeRequests.delete(knownNumber);
    expect(await ensure()).toEqual([edit, 'GET /merge_requests']);
    expect(await world.seenMergeRequests()).toMatchObject([{ title: 'All digits', state: 'open' }]);
  });

  test('that is known is asked for the review of who is missing', async () => {
    const { number: knownNumber } = await world.forge.ensureMergeRequest(world.repository, order);
    await world.forge.ensureMergeRequest(world.repository, { ...order, knownNumber, reviewers: [ada] });
    expect(await world.seenMergeRequests()).toMatchObject([{ reviewers: ['ada'] }]);
  });

  test('keeps the reviewers that people asked', async () => {
    const { state } = world.standIn;
    await world.person('rita', 'read');
    const { number: made } = await world.forge.ensureMergeRequest(world.repository, order);
    world.project.mergeRequests.get(made)?.merge?.reviewers.push(accountOf(state, 'rita'));
    await world.forge.ensureMergeRequest(world.repository, { ...order, reviewers: [ada] });
    expect(await world.seenMergeRequests()).toMatchObject([{ reviewers: ['ada', 'rita'] }]);
  });
});

test('a project that was moved is found by its id, and another in its old place is left alone', async () => {
  world.project.path = 'acme/moved';
  world.standIn.addProject({ path: 'acme/sample' });
  const { url } = await world.forge.remote(world.repository, 'push');
  expect(url).toBe(`${world.standIn.web.url}/acme/moved.git`);
  expect(await world.forge.issue(world.repository, number)).toMatchObject({ title: 'Digits' });
});

test('the token is not seen when a remote is printed', async () => {
  const remote = await world.forge.remote(world.repository, 'push');
  expect(JSON.stringify(remote)).toBe(`{"url":"${world.standIn.web.url}/acme/sample.git","authorization":"[secret]"}`);
});

test('GitLab is reached with a slash too many in its address', async () => {
  await world.close();
  await begin({ urlSuffix: '/' });
  expect(await world.forge.canWrite(world.repository, ada)).toBe(true);
});

test('Fleet’s own account is asked for once', async () => {
  const bot = { id: '900', login: 'project_1_bot_fleet', kind: 'bot' };
  expect([await world.gitLab.identity(), await world.gitLab.identity()]).toEqual([bot, bot]);
  expect(calls()).toEqual(['GET /user']);
});

describe('the stand-in itself', () => {
  /** What the stand-in says of a request with Fleet's token, after which a fresh world takes its place. */
  async function verdict(method: string, path: string, body?: object, token = world.standIn.token): Promise<string> {
    const authorized = path === '/graphql' ? { authorization: `Bearer ${token}` } : { 'private-token': token };
    const headers = { ...authorized, 'content-type': 'application/json' };
    await fetch(`${world.standIn.web.url}${path === '/graphql' ? '/api' : '/api/v4'}${path}`, {
      ...{ method, headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
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

  test('is surprised by what GitLab’s specification does not know', async () => {
    const project = `/projects/${world.project.id}`;
    expect(await verdict('GET', '/search')).toContain('no such route: GET /search');
    const made = { source_branch: 'a', target_branch: 'b', title: 7, head: 'x' };
    const said = await verdict('POST', `${project}/merge_requests`, made);
    expect(said).toContain('the field title is no string, unknown field head');
    expect(await verdict('GET', `${project}/merge_requests?state=open`)).toContain('state is none of opened|');
    expect(await verdict('GET', `${project}/repository/files/a`)).toContain('the parameter ref is missing');
  });

  test('is surprised by what GitLab’s schema does not know', async () => {
    const asked = async (query: string, token?: string): Promise<string> =>
      verdict('POST', '/graphql', { query }, token);
    const toggle = (id: string): string =>
      `mutation { discussionToggleResolve(input: { id: "${id}", resolve: true }) { errors } }`;
    expect(await asked('mutation { discussionResolve { errors } }')).toContain(
      'Cannot query field "discussionResolve"',
    );
    expect(await asked(toggle('gid://gitlab/Note/1'))).toContain('does not represent an instance of Discussion');
    expect(await asked(toggle('a'.repeat(10_000)))).toContain('Query too large');
    expect(await asked(toggle('gid://gitlab/Discussion/1'))).toBe('nothing');
    expect(await asked(toggle('gid://gitlab/Discussion/1'), 'glpat-made-up')).toContain('unknown token: POST GraphQL');
  });

  test('is surprised by an unknown token, a quick action and a fault that never hit', async () => {
    const notes = `/projects/${world.project.id}/issues/1/notes`;
    expect(await verdict('GET', '/user', undefined, 'glpat-made-up')).toContain('unknown token: GET /user');
    expect(await verdict('POST', notes, { body: 'Well.\n/close' })).toContain('a quick action: /close');
    world.standIn.fail({ method: 'GET', path: /never/, effect: { answer: 500 } });
    expect(await verdict('GET', '/user')).toContain('fault never hit: GET never');
  });

  test('takes pushes from Developers only', async () => {
    const run = promisify(execFile);
    const { url, authorization } = await world.forge.remote(world.repository, 'push');
    const push = async (secret: string): Promise<string> => {
      const configured = { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: 'http.extraHeader' };
      const quiet = { GIT_TERMINAL_PROMPT: '0', GIT_CONFIG_GLOBAL: '/dev/null' };
      const env = { ...process.env, ...configured, ...quiet, GIT_CONFIG_VALUE_0: `Authorization: ${secret}` };
      const clone = temporaryFolder();
      return run('git', ['clone', '--quiet', url, clone], { env })
        .then(() => run('git', ['-C', clone, 'push', '--quiet', url, 'HEAD:refs/heads/fleet/9'], { env }))
        .then(
          () => 'pushed',
          (error: unknown) => String(error),
        );
    };
    const refused = /Authentication failed|could not read Username/;
    expect(await push('basic bm9ib2R5OnNlY3JldA==')).toMatch(refused);
    world.project.members.set(world.fleet, 'reporter');
    expect(await push(authorization?.reveal() ?? '')).toMatch(refused);
    world.project.members.set(world.fleet, 'developer');
    expect(await push(authorization?.reveal() ?? '')).toBe('pushed');
  });
});

test('a webhook that does not tell of all that Fleet needs is reported', async () => {
  const { project, standIn, fleet } = world;
  const { web, token } = standIn;
  const examine = async () => {
    const options = { url: web.url, token: new Secret(token), clock: { nowMs: () => 0 }, log: world.log };
    return (await examineGitLab(options)).projects;
  };
  expect(await examine()).toEqual([{ path: 'acme/sample', webhook: 'unseen', untold: [] }]);
  project.members.set(fleet, 'maintainer');
  const events = ['issues_events', 'note_events', 'merge_requests_events'];
  const url = 'https://fleet.example.com/api/gitlab/webhooks';
  project.hooks.push({ id: 1, url, token: '', alertStatus: 'executable', events });
  expect(await examine()).toEqual([{ path: 'acme/sample', webhook: 'well', untold: ['pipeline_events'] }]);
  project.hooks[0]!.events = [...events, 'pipeline_events'];
  expect(await examine()).toEqual([{ path: 'acme/sample', webhook: 'well', untold: [] }]);
});
