import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Lookout } from '../../src/ports/lookout.js';
import { accountOf, addIssue, type IssueState } from '../support/github/state.js';
import { gitHubWorld, type GitHubWorld } from './github-world.js';
import { lookoutContract } from './lookout-contract.js';

lookoutContract('GitHub', async () => {
  const world = await gitHubWorld();
  const { seeded, repository, standIn, gitHub } = world;
  const { people } = standIn;
  return {
    lookout: gitHub.lookout,
    repository,
    ada: await world.person('ada', 'write'),
    openIssue: async (title) => people.openIssue(seeded, 'ada', title, 'They are lost.').number,
    label: async (number, label) => {
      await people.labelIssue(seeded, number, label, 'ada');
    },
    unlabel: async (number, label) => {
      await people.unlabelIssue(seeded, number, label, 'ada');
    },
    closeIssue: async (number) => {
      await people.closeIssue(seeded, number, 'ada');
    },
    openMergeRequest: async (branch) => aPull(world, branch).number,
    endMergeRequest: (number, how) => world.end(number, how),
    close: () => world.close(),
  };
});

function aPull({ standIn, seeded }: GitHubWorld, head: string): IssueState {
  const pull = { head, base: 'trunk', draft: false, reviewers: [] };
  return addIssue(standIn.state, seeded, { title: head, body: '', user: standIn.state.bot, pull });
}

describe('GitHub, looked at', () => {
  let world: GitHubWorld;
  let lookout: Lookout;
  beforeEach(async () => {
    world = await gitHubWorld();
    ({ lookout } = world.gitHub);
    await world.person('ada', 'write');
  });
  afterEach(() => world.close());

  const labelledIssue = async (): Promise<IssueState> => {
    const issue = world.standIn.people.openIssue(world.seeded, 'ada', 'Keep digits', 'They are lost.');
    await world.standIn.people.labelIssue(world.seeded, issue.number, 'fleet', 'ada');
    return issue;
  };
  const callsSince = (before: number): readonly string[] =>
    world.standIn.calls.slice(before).map(({ method, path, status }) => `${method} ${path} ${status}`);

  it.each([0, 1, 50, 200])('costs two calls when nothing changed, with %i merge requests open', async (count) => {
    const issues = await Promise.all(Array.from({ length: Math.min(count, 90) }, labelledIssue));
    const pulls = Array.from({ length: count }, (_, index) => aPull(world, `fleet/${index}`));
    const order = {
      label: 'fleet',
      issues: issues.map(({ number }) => number),
      mergeRequests: pulls.map(({ number }) => number),
    };
    const { memo } = await lookout.look(world.repository, order, undefined);
    const before = world.standIn.calls.length;
    const seen = await lookout.look(world.repository, order, memo);
    expect(seen).toEqual({ labelled: undefined, endings: [], glances: seen.glances, memo });
    expect(seen.glances.map((each) => each.number)).toEqual(order.mergeRequests);
    expect(callsSince(before)).toEqual([
      'GET /repos/acme/sample/issues 304',
      ...(count === 0 ? [] : ['POST /graphql 200']),
    ]);
  });

  it('reads three pages of labelled issues and no more', async () => {
    for (let count = 0; count < 301; count += 1) await labelledIssue();
    const before = world.standIn.calls.length;
    const { labelled } = await lookout.look(
      world.repository,
      { label: 'fleet', issues: [], mergeRequests: [] },
      undefined,
    );
    expect(labelled).toHaveLength(300);
    expect(callsSince(before).filter((call) => call.startsWith('GET'))).toHaveLength(3);
  });

  it('leaves pull requests with the label out', async () => {
    const pull = aPull(world, 'patch');
    await world.standIn.people.labelIssue(world.seeded, pull.number, 'fleet', 'ada');
    const { labelled } = await lookout.look(
      world.repository,
      { label: 'fleet', issues: [], mergeRequests: [] },
      undefined,
    );
    expect(labelled).toEqual([]);
  });

  it('tells that the label was taken off, and by whom', async () => {
    const issue = await labelledIssue();
    await world.standIn.people.unlabelIssue(world.seeded, issue.number, 'fleet', 'ada');
    const order = { label: 'fleet', issues: [issue.number], mergeRequests: [] };
    const by = { id: String(accountOf(world.standIn.state, 'ada').id), login: 'ada', kind: 'person' };
    const { endings } = await lookout.look(world.repository, order, undefined);
    expect(endings).toEqual([{ kind: 'issueUnlabelled', number: issue.number, by, atMs: expect.any(Number) }]);
    await world.standIn.people.labelIssue(world.seeded, issue.number, 'fleet', 'ada');
    expect((await lookout.look(world.repository, order, undefined)).endings).toEqual([]);
  });

  it('tells the last edits of text and title, and a bot by the login that it has elsewhere', async () => {
    const issue = await labelledIssue();
    accountOf(world.standIn.state, 'helper[bot]', 'Bot');
    world.standIn.people.editIssue(issue, 'ada', { body: 'first' });
    world.standIn.people.editIssue(issue, 'eve', { body: 'then' });
    world.standIn.people.editIssue(issue, 'helper[bot]', { title: 'Keep all digits' });
    const labelling = await lookout.labelling(world.repository, issue.number, 'fleet');
    expect(labelling?.edits.map(({ by }) => [by.login, by.kind])).toEqual([
      ['eve', 'person'],
      ['helper[bot]', 'bot'],
    ]);
    expect(labelling?.issue).toMatchObject({ title: 'Keep all digits', body: 'then' });
  });

  it.each([
    ['RATE_LIMITED', { kind: 'retryLater', retryAfterMs: 60_000 }],
    ['FORBIDDEN', { kind: 'needsPerson', obstacle: { kind: 'forgeRefused' } }],
  ])('is told of %s, which GraphQL says with a 200', async (type, reason) => {
    const body = { data: null, errors: [{ type, message: 'as told by the test' }] };
    world.standIn.fail({ method: 'POST', path: /^\/graphql$/, effect: { answer: 200, body } });
    await expect(lookout.labelling(world.repository, 1, 'fleet')).rejects.toMatchObject({ reason });
  });
});
