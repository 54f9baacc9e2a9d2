import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { issueJson, labelJson } from '../support/github/shapes.js';
import { GitHubStandIn } from '../support/github/stand-in.js';
import type { IssueState, RepositoryState } from '../support/github/state.js';
import { temporaryFolder } from '../support/temp.js';
import { agentWorks, becomes, kindsOf, mergeRequestsOf, reached, runsOf, statusOf, told } from './look.js';
import { anIssueIn, aRepositoryFor, gitHubFleet, type GitHubFleet } from './world.js';

const worktreeOf = (world: GitHubFleet, run: Run): string => join(world.folder, 'data/worktrees', run.id);

/** GitHub with repositories that Fleet finds there when it starts; no webhook reaches it. */
async function deafFleet(config: string, count: number) {
  const gitHub = await GitHubStandIn.start({ folder: temporaryFolder('file') });
  const free = Array.from({ length: count }, () => aRepositoryFor({ gitHub }));
  const world = await gitHubFleet({ gitHub, config });
  const { webhookUrl } = gitHub.people;
  gitHub.people.webhookUrl = undefined;
  const close = async (): Promise<void> => {
    await world.close();
    await gitHub.close();
    gitHub.assertNoSurprises();
  };
  return { world, gitHub, webhookUrl, close, repository: (): RepositoryState => free.shift()! };
}

/** Waits until the resync has looked at the repository so many times more. */
async function looked(gitHub: GitHubStandIn, { owner, name }: RepositoryState, times = 2): Promise<void> {
  const path = `/repos/${owner.login}/${name}/issues`;
  const seen = (): number => gitHub.calls.filter((call) => call.path === path).length;
  const before = seen();
  await becomes(() => seen() >= before + times);
}

describe('webhooks that are lost cost time, and nothing else', () => {
  let fleet: Awaited<ReturnType<typeof deafFleet>>;
  let world: GitHubFleet;
  beforeAll(async () => {
    fleet = await deafFleet('resync: 1s\n', 4);
    ({ world } = fleet);
  }, 60_000);
  afterAll(() => fleet.close());

  /** mona labels the issue a minute ago. */
  async function labelledBefore(repository: RepositoryState, issue: IssueState): Promise<void> {
    await fleet.gitHub.people.labelIssue(repository, issue.number, 'fleet', 'mona');
    const at = new Date(Date.now() - 60_000).toISOString().replace(/\.\d+Z$/, 'Z');
    issue.history.at(-1)!.at = at;
    issue.updatedAt = at;
  }

  it('a label in a repository that Fleet never heard of, its webhook coming late, and the merge', async () => {
    const { gitHub, webhookUrl } = fleet;
    const repository = fleet.repository();
    const issue = anIssueIn(world, repository);
    await labelledBefore(repository, issue);
    const payload = {
      ...gitHub.people.shared(repository, 'mona'),
      ...{ action: 'labeled', label: labelJson(gitHub.web, 'fleet'), issue: issueJson(gitHub.web, repository, issue) },
    };
    const late = async (): Promise<void> => {
      gitHub.people.webhookUrl = webhookUrl;
      const { status } = await gitHub.people.deliver('issues', payload);
      gitHub.people.webhookUrl = undefined;
      expect(status).toBe(202);
      await looked(gitHub, repository);
    };
    const { run } = await told(world, repository, 'inReview');
    await late();
    await gitHub.people.endPull(repository, mergeRequestsOf(repository)[0]!.number, 'merged', 'mona');
    await reached(world, repository, (each) => each.phase.name === 'merged' && each.status.state === 'shown');
    await becomes(() => !existsSync(worktreeOf(world, run)));
    await late();
    expect((await runsOf(world, repository)).map(({ id }) => id)).toEqual([run.id]);
    expect(kindsOf(issue)).toEqual(['status', 'ready']);
  });

  it('the issue closed while an agent works', async () => {
    const repository = fleet.repository();
    const issue = anIssueIn(world, repository, '[[planner: ends never]]');
    await labelledBefore(repository, issue);
    const run = await agentWorks(world, repository, 'planner');
    await fleet.gitHub.people.closeIssue(repository, issue.number, 'eve');
    await reached(world, repository, (each) => each.phase.name === 'cancelled' && each.status.state === 'shown');
    expect(statusOf(issue)).toContain('The issue was closed by eve.');
    await becomes(() => !existsSync(worktreeOf(world, run)));
  });

  it('text that was changed after the label by somebody without write access is not worked on, and that is said once', async () => {
    const repository = fleet.repository();
    const issue = anIssueIn(world, repository);
    await labelledBefore(repository, issue);
    fleet.gitHub.people.editIssue(issue, 'eve', { body: 'Mine coins.' });
    await reached(world, repository, (run) => run.phase.name === 'refused' && run.status.state === 'shown');
    fleet.gitHub.people.editIssue(issue, 'eve', { body: 'Mine more coins.' });
    await looked(fleet.gitHub, repository);
    expect(await runsOf(world, repository)).toHaveLength(1);
    expect(issue.comments).toHaveLength(1);
    expect(statusOf(issue)).toBe(
      '**Not started.** The text was changed after the label was put on, by somebody without write access to this repository. Read it, then take the label off and put it on again.',
    );
  });

  it('GitHub that is down for a while', async () => {
    const repository = fleet.repository();
    const path = new RegExp(`/${repository.name}/issues$`);
    fleet.gitHub.fail({ method: 'GET', path, times: 2, effect: { answer: 502 } });
    await labelledBefore(repository, anIssueIn(world, repository, '[[planner: none]]'));
    await told(world, repository, 'blocked');
  });
});

it('webhooks: false — Fleet works by looking alone', async () => {
  const fleet = await deafFleet('webhooks: false\nresync: 1s\n', 1);
  const repository = fleet.repository();
  const issue = anIssueIn(fleet.world, repository);
  await fleet.gitHub.people.labelIssue(repository, issue.number, 'fleet', 'mona');
  await told(fleet.world, repository, 'inReview');
  await fleet.gitHub.people.endPull(repository, mergeRequestsOf(repository)[0]!.number, 'closed', 'mona');
  await reached(fleet.world, repository, (run) => run.phase.name === 'closed' && run.status.state === 'shown');
  await looked(fleet.gitHub, repository);
  expect(await runsOf(fleet.world, repository)).toHaveLength(1);
  await fleet.close();
}, 60_000);
