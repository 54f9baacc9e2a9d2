import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/github/faults.js';
import { commentOf, kindsOf, mergeRequestsOf, reached, statusOf, told } from './look.js';
import { masked } from './conversation.js';
import { aRepositoryFor, gitHubFleet, labelled, type GitHubFleet } from './world.js';

let world: GitHubFleet;
beforeAll(async () => {
  world = await gitHubFleet();
}, 60_000);
afterAll(() => world.close());
afterEach(() => world.gitHub.assertNoSurprises());

const writes = { reaction: 'issues/1/reactions', comment: 'issues/1/comments', mergeRequest: 'pulls' } as const;
type Write = keyof typeof writes;

function fail(repository: { readonly name: string }, what: Write, effect: Fault['effect'], times = 1): void {
  world.gitHub.fail({ method: 'POST', path: new RegExp(`/${repository.name}/${writes[what]}$`), times, effect });
}

describe('trouble that passes, at the reaction, the first comment and the merge request', () => {
  const troubles: readonly (readonly [string, Fault['effect']])[] = [
    ['401', { answer: 401, message: 'Bad credentials' }],
    ['403 with retry-after', { answer: 403, headers: { 'retry-after': '1' }, message: 'secondary rate limit' }],
    ['404 of what is too new', { answer: 404 }],
    ['500', { answer: 500 }],
    ['502 after doing the work', { doneBut: 502 }],
    ['hanging up before the work', { hangUp: 'before' }],
    ['hanging up after the work', { hangUp: 'after' }],
  ];
  it.each(troubles)('%s: one reaction, one comment of each kind and one merge request remain', async (name, effect) => {
    const repository = aRepositoryFor(world);
    const hit = (Object.keys(writes) as Write[]).filter((what) => what !== 'mergeRequest' || !name.startsWith('404'));
    for (const what of hit) fail(repository, what, effect);
    await labelled(world, repository);
    const { run, issue } = await told(world, repository, 'inReview');
    expect(issue.reactions).toHaveLength(1);
    expect([...kindsOf(issue)].sort()).toEqual(['ready', 'status']);
    expect(mergeRequestsOf(repository)).toHaveLength(1);
    expect(run.attempts).toHaveLength(4);
  });

  it('tokens that GitHub revoked in the middle of a run are asked for anew', async () => {
    const repository = aRepositoryFor(world);
    await labelled(world, repository);
    await reached(world, repository, 'working');
    world.gitHub.revokeTokens();
    const { issue } = await told(world, repository, 'inReview');
    expect([...kindsOf(issue)].sort()).toEqual(['ready', 'status']);
  });
});

describe('a refusal', () => {
  it.each([403, 404, 422])('%s of reaction and first comment: the run does without and tells later', async (status) => {
    const repository = aRepositoryFor(world);
    for (const what of ['reaction', 'comment'] as const)
      fail(repository, what, { answer: status }, status === 404 ? 2 : 1);
    await labelled(world, repository);
    const { issue } = await told(world, repository, 'inReview');
    expect(issue.reactions).toEqual([]);
    expect([...kindsOf(issue)].sort()).toEqual(['ready', 'status']);
    expect(mergeRequestsOf(repository)).toHaveLength(1);
  });

  const refusals = [
    [403, 'Resource not accessible by integration'],
    [404, 'Not Found'],
    [422, 'Validation Failed'],
  ] as const;
  it.each(refusals)(
    '%s of the merge request: the run is blocked with GitHub’s words, and /fleet retry delivers',
    async (status, message) => {
      const repository = aRepositoryFor(world);
      fail(repository, 'mergeRequest', { answer: status, message });
      await labelled(world, repository);
      const { run, issue } = await told(world, repository, 'blocked');
      await expect(`${masked(commentOf(issue, 'blocked'), world, run)}\n`).toMatchFileSnapshot(
        `golden/blocked/merge-request-${status}.md`,
      );
      await world.gitHub.people.comment(repository, issue.number, 'mona', '/fleet retry');
      const { run: delivered } = await told(world, repository, 'inReview');
      expect(delivered.attempts).toEqual(run.attempts);
      expect(mergeRequestsOf(repository)).toHaveLength(1);
      expect(kindsOf(issue)).toEqual(['status', 'blocked', 'ready']);
    },
  );
});

it('a push that the forge refuses blocks the run with the remote’s words; after that is mended /fleet retry delivers without the agents', async () => {
  const repository = aRepositoryFor(world);
  const path = `acme/${repository.name}`;
  world.gitHub.git.refusePushes(path, 'only on weekdays, says the hook');
  await labelled(world, repository);
  const { run, issue, status } = await told(world, repository, 'blocked');
  const comment = masked(commentOf(issue, 'blocked'), world, run);
  await expect(`${comment}\n`).toMatchFileSnapshot('golden/blocked/push.md');
  expect(status).toContain('only on weekdays, says the hook');
  expect(mergeRequestsOf(repository)).toEqual([]);
  world.gitHub.git.refusePushes(path, undefined);
  await world.gitHub.people.comment(repository, issue.number, 'mona', '/fleet retry');
  const { run: delivered } = await told(world, repository, 'inReview');
  expect(delivered.attempts).toEqual(run.attempts);
  expect(kindsOf(issue)).toEqual(['status', 'blocked', 'ready']);
  expect(statusOf(issue)).toMatch(/^✅/);
});
