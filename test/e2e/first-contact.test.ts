import { renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { issueJson, labelJson, userJson, type Json } from '../support/github/shapes.js';
import { accountOf, type RepositoryState } from '../support/github/state.js';
import { agentWorks, becomes, kindsOf, mergeRequestsOf, processesOf, reached, runsOf, statusOf, told } from './look.js';
import { anIssueIn, aRepositoryFor, gitHubFleet, labelled, namedRepository, type GitHubFleet } from './world.js';

let world: GitHubFleet;
beforeAll(async () => {
  world = await gitHubFleet();
}, 60_000);
afterAll(() => world.close());
afterEach(() => world.gitHub.assertNoSurprises());

/** A delivery about the installation, which names repositories shortly or not at all. */
function aboutInstallation(event: string, more: Json): Promise<{ readonly status: number }> {
  const { people, state, web } = world.gitHub;
  const sender = userJson(web, accountOf(state, 'mona'));
  return people.deliver(event, { installation: { id: state.installation }, sender, ...more });
}

const shortly = ({ id, owner, name }: RepositoryState): Json => ({ id, name, full_name: `${owner.login}/${name}` });

describe('the label of a repository', () => {
  it('is the one that its .fleet/config.yml names; the usual one says so and ends', async () => {
    const config = 'label: robot\nchecks: { test: node slug.test.js }\n';
    const repository = aRepositoryFor(world, { ...namedRepository, '.fleet/config.yml': config });
    const usual = await labelled(world, repository);
    await reached(world, repository, (run) => run.phase.name === 'cancelled' && run.status.state === 'shown');
    expect(statusOf(usual)).toMatch(
      /^\*\*Stopped\.\*\* This repository starts Fleet with another label, named in its `\.fleet\/config\.yml`\. Nothing more is done\.\n/,
    );
    const own = anIssueIn(world, repository);
    await world.gitHub.people.labelIssue(repository, own.number, 'robot', 'mona');
    const { issue } = await told(world, repository, 'inReview');
    expect(issue).toBe(own);
    // Known by now: the usual label does nothing any more.
    await world.gitHub.people.unlabelIssue(repository, usual.number, 'fleet', 'mona');
    await world.gitHub.people.labelIssue(repository, usual.number, 'fleet', 'mona');
    await world.gitHub.people.comment(repository, own.number, 'mona', '/fleet status');
    await becomes(() => kindsOf(own).includes('reply'));
    expect(await runsOf(world, repository)).toHaveLength(2);
    expect(kindsOf(usual)).toEqual(['status']);
  });

  it('works at the first sight of the repository', async () => {
    const config = 'label: robot\nchecks: { test: node slug.test.js }\n';
    const repository = aRepositoryFor(world, { ...namedRepository, '.fleet/config.yml': config });
    const issue = anIssueIn(world, repository);
    await world.gitHub.people.labelIssue(repository, issue.number, 'bug', 'mona');
    await world.gitHub.people.labelIssue(repository, issue.number, 'robot', 'mona');
    const { run } = await told(world, repository, 'inReview');
    expect(run.label).toBe('robot');
    expect(await runsOf(world, repository)).toHaveLength(1);
  });
});

describe('a repository that Fleet may not write to any more', () => {
  const losses = [
    ['app suspended', () => aboutInstallation('installation', { action: 'suspend' })],
    [
      'app uninstalled',
      (it: RepositoryState) => aboutInstallation('installation', { action: 'deleted', repositories: [shortly(it)] }),
    ],
    [
      'repository removed',
      (it: RepositoryState) =>
        aboutInstallation('installation_repositories', {
          action: 'removed',
          repositories_added: [],
          repositories_removed: [shortly(it)],
        }),
    ],
  ] as const;
  it.each(losses)('%s: its run is cancelled, the agent is gone, and nothing is written there', async (_, lose) => {
    const repository = aRepositoryFor(world);
    const issue = await labelled(world, repository, '[[developer: ends never]]');
    const run = await agentWorks(world, repository, 'developer');
    await reached(world, repository, (each) => each.status.state === 'shown');
    const calls = world.gitHub.calls.length;
    const before = issue.comments.map(({ body }) => body);
    expect(await lose(repository)).toMatchObject({ status: 202 });
    const { phase } = await reached(world, repository, 'cancelled');
    expect(phase).toEqual({ name: 'cancelled', why: 'repositoryLost' });
    await becomes(() => processesOf(run).length === 0, 5_000);
    expect(issue.comments.map(({ body }) => body)).toEqual(before);
    expect(world.gitHub.calls.slice(calls).filter(({ path }) => path.includes(repository.name))).toEqual([]);
  });

  it('is served again once the app is back', async () => {
    const repository = aRepositoryFor(world);
    const issue = await labelled(world, repository, '[[planner: none]]');
    await told(world, repository, 'blocked');
    await aboutInstallation('installation', { action: 'suspend' });
    const { id } = await reached(world, repository, 'cancelled');
    await aboutInstallation('installation', { action: 'unsuspend' });
    await world.gitHub.people.labelIssue(repository, issue.number, 'fleet', 'mona');
    await reached(world, repository, (run) => run.id !== id && run.phase.name === 'blocked');
  });
});

it('a repository that is renamed while its run is open goes on under the new name', async () => {
  const repository = aRepositoryFor(world);
  const issue = await labelled(world, repository, '[[developer: waits]]');
  await agentWorks(world, repository, 'developer');
  const git = join(world.folder, 'github/acme');
  renameSync(join(git, `${repository.name}.git`), join(git, 'renamed.git'));
  repository.name = 'renamed';
  const { people } = world.gitHub;
  await people.deliver('repository', { ...people.shared(repository, 'mona'), action: 'renamed' });
  await reached(world, repository, (run) => run.repository.path === 'acme/renamed');
  writeFileSync(join(world.folder, 'gates/developer'), '');
  const { run } = await told(world, repository, 'inReview');
  expect(run.mergeRequest?.url).toMatch(/\/acme\/renamed\/pull\/2$/);
  expect(kindsOf(issue)).toEqual(['status', 'ready']);
});

it('the same delivery a hundred times at once is one run, one status comment and one merge request', async () => {
  const repository = aRepositoryFor(world);
  const issue = anIssueIn(world, repository);
  issue.labels.push('fleet');
  const { people, web } = world.gitHub;
  const payload = {
    ...people.shared(repository, 'mona'),
    action: 'labeled',
    issue: issueJson(web, repository, issue),
    label: labelJson(web, 'fleet'),
  };
  const hundred = Array.from({ length: 100 }, () => people.deliver('issues', payload, { delivery: 'the-same' }));
  for (const { status } of await Promise.all(hundred)) expect(status).toBe(202);
  await told(world, repository, 'inReview');
  expect(await runsOf(world, repository)).toHaveLength(1);
  expect(kindsOf(issue)).toEqual(['status', 'ready']);
  expect(mergeRequestsOf(repository)).toHaveLength(1);
});
