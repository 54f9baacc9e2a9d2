import { afterAll, beforeAll, expect, it } from 'vitest';
import { aRepositoryFor, gitHubFleet, labelled, reached, type GitHubFleet } from './world.js';

let world: GitHubFleet;
beforeAll(async () => {
  world = await gitHubFleet();
}, 60_000);
afterAll(() => world.close());

it('a labelled issue becomes a merge request', async () => {
  const repository = aRepositoryFor(world);
  const issue = await labelled(world, repository);
  const run = await reached(world, repository, (each) => each.phase.name === 'inReview' && each.status.state === 'shown');
  expect(run.mergeRequest).toMatchObject({ number: 2, state: 'open' });
  expect(world.gitHub.git.read('acme/sample-1', run.branch, 'slug.js')).toContain('[^a-z0-9]');
  expect(issue.comments.map(({ body }) => /kind=(\w+)/.exec(body)?.[1])).toEqual(['status', 'ready']);
  world.gitHub.assertNoSurprises();
});
