import { afterAll, beforeAll, expect, it } from 'vitest';
import { mergeRequestsOf, told } from './look.js';
import { aRepositoryFor, detectedRepository, gitHubFleet, labelled, type GitHubFleet } from './world.js';
import { conversation } from './conversation.js';

let world: GitHubFleet;
beforeAll(async () => {
  world = await gitHubFleet();
}, 60_000);
afterAll(() => world.close());

it('a labelled issue becomes a merge request, and the talk about it reads like this', async () => {
  const repository = aRepositoryFor(world, detectedRepository);
  await labelled(world, repository);
  const { run } = await told(world, repository, 'inReview');
  expect(world.gitHub.git.read(`acme/${repository.name}`, run.branch, 'slug.js')).toContain('[^a-z0-9]');
  expect(mergeRequestsOf(repository).map(({ pull }) => pull)).toEqual([
    { head: 'fleet/1-slug-drops-digits', base: 'main', draft: false, reviewers: ['mona'] },
  ]);
  await expect(conversation(world, repository, run)).toMatchFileSnapshot('golden/conversation.md');
  world.gitHub.assertNoSurprises();
});
