import { afterAll, beforeAll, describe, it } from 'vitest';
import type { Run } from '../../src/domain/run.js';
import { masked } from './conversation.js';
import { commentOf, commitsOf, kindsOf, mergeRequestsOf, processesOf, promptsOf, reached, told } from './look.js';
import { aRepositoryFor, gitHubFleet, labelled, namedRepository, type GitHubFleet } from './world.js';

let world: GitHubFleet;
beforeAll(async () => {
  world = await gitHubFleet({ timeouts: '{ silence: 6s, wall: 60s }' });
}, 60_000);
afterAll(async () => {
  await world.close();
  world.gitHub.assertNoSurprises();
});

/** Roles and outcomes of a run's attempts, e.g. `planner finished`. */
function attemptsOf(run: Run): readonly string[] {
  return run.attempts.map(
    ({ role, outcome }) => `${role} ${outcome.kind === 'failed' ? outcome.failure : outcome.kind}`,
  );
}

const times = (count: number, text: string): readonly string[] => Array.from({ length: count }, () => text);

const triaged = 'triager finished';
const planned = [triaged, 'planner finished'];

/** Three goes at the task, the last in a fresh session, and the same after each of two new plans. */
const everyRung = ['planner finished', ...times(3, 'developer finished')];
const everyPlan = [triaged, ...everyRung, ...everyRung, ...everyRung];
const onePlan = [triaged, ...everyRung];

/** One plan is enough to see how a task ends. */
const withoutReplans = {
  ...namedRepository,
  '.fleet/config.yml': 'checks: { test: node slug.test.js }\nbudgets: { replans: 0 }\n',
};

describe.concurrent(
  'a run that its agents do not bring to an end is blocked, and one comment says what failed and what to do',
  () => {
    const cases: readonly {
      readonly behaviour: string;
      readonly attempts: readonly string[];
      readonly files?: typeof namedRepository;
    }[] = [
      { behaviour: 'developer: ends never', attempts: [...planned, ...times(3, 'developer stalled')] },
      { behaviour: 'developer: gigabyte', attempts: [...planned, ...times(3, 'developer flood')] },
      { behaviour: 'planner: none', attempts: [triaged, ...times(3, 'planner finished')] },
      { behaviour: 'planner: garbage', attempts: [triaged, ...times(3, 'planner finished')] },
      { behaviour: 'planner: invalid', attempts: [triaged, ...times(3, 'planner finished')] },
      { behaviour: 'planner: crash', attempts: [triaged, ...times(3, 'planner crash')] },
      { behaviour: 'developer: nothing', attempts: onePlan, files: withoutReplans },
      { behaviour: 'developer: everything', attempts: onePlan, files: withoutReplans },
      { behaviour: 'developer: red', attempts: everyPlan },
      { behaviour: 'developer: workflow', attempts: onePlan, files: withoutReplans },
    ];
    for (const { behaviour, attempts, files } of cases)
      it(
        behaviour,
        async ({ expect }) => {
          const repository = aRepositoryFor(world, files);
          await labelled(world, repository, `[[${behaviour}]]`);
          const { run, issue } = await told(world, repository, 'blocked');
          expect(attemptsOf(run)).toEqual(attempts);
          expect(kindsOf(issue)).toEqual(['status', 'blocked']);
          const comment = masked(commentOf(issue, 'blocked'), world, run);
          await expect(`${comment}\n`).toMatchFileSnapshot(`golden/blocked/${behaviour.replaceAll(/\W+/g, '-')}.md`);
          expect(processesOf(run)).toEqual([]);
          expect(mergeRequestsOf(repository)).toEqual([]);
        },
        60_000,
      );
  },
);

describe.concurrent('a run goes on', () => {
  it('after a plan that was not valid, with its problems in the next prompt', async ({ expect }) => {
    const repository = aRepositoryFor(world);
    await labelled(world, repository, '[[planner: invalid once]]');
    const { run } = await told(world, repository, 'inReview');
    expect(attemptsOf(run)).toEqual([...planned, 'planner finished', 'developer finished', 'verifier finished']);
    expect(promptsOf(world, run, 'planner')[1]).toContain(
      '## What was wrong last time\n\nYour last answer could not be used. Mend exactly this:\n\n- task T1: criteria names AC9',
    );
  }, 60_000);

  it('after red checks, with their output in the next prompt', async ({ expect }) => {
    const repository = aRepositoryFor(world);
    await labelled(world, repository, '[[developer: late]]');
    const { run } = await told(world, repository, 'inReview');
    expect(attemptsOf(run)).toEqual([...planned, 'developer finished', 'developer finished', 'verifier finished']);
    expect(promptsOf(world, run, 'developer')[1]).toContain(
      '### test: `node slug.test.js` failed (exit 1)\n\n```\n./slug.test.js: expected area-51, got -51\n```',
    );
    expect(commitsOf(world, repository, run.branch)).toHaveLength(1);
  }, 60_000);

  it('and no child that an agent left behind lives on', async ({ expect }) => {
    const repository = aRepositoryFor(world);
    await labelled(world, repository, '[[developer: children]]');
    const checking = await reached(world, repository, (run) => run.attempts.length === 3);
    expect(processesOf(checking)).toEqual([]);
    await told(world, repository, 'inReview');
  }, 60_000);
});

describe.concurrent('a repository that cannot be worked on yet blocks the run until a person has mended it', () => {
  it('has no commit', async ({ expect }) => {
    const repository = aRepositoryFor(world, {});
    const issue = await labelled(world, repository);
    const { run } = await told(world, repository, 'blocked');
    await expect(`${masked(commentOf(issue, 'blocked'), world, run)}\n`).toMatchFileSnapshot(
      'golden/blocked/no-commit.md',
    );
    world.gitHub.git.commit(`acme/${repository.name}`, 'main', namedRepository);
    await world.gitHub.people.comment(repository, issue.number, 'mona', '/fleet retry');
    await told(world, repository, 'inReview');
  }, 60_000);

  it('has a broken .fleet/config.yml: every problem stands in one comment, with path and expectation', async ({
    expect,
  }) => {
    const broken =
      'label: [two, words]\nbase: 7\ncheckTimeout: soon\nchekcs: { test: ls }\nreview: { maxRounds: none }\n';
    const repository = aRepositoryFor(world, { ...namedRepository, '.fleet/config.yml': broken });
    const issue = await labelled(world, repository);
    const { run } = await told(world, repository, 'blocked');
    expect(kindsOf(issue)).toEqual(['status', 'blocked']);
    await expect(`${masked(commentOf(issue, 'blocked'), world, run)}\n`).toMatchFileSnapshot(
      'golden/blocked/configuration.md',
    );
    world.gitHub.git.commit(`acme/${repository.name}`, 'main', namedRepository);
    await world.gitHub.people.comment(repository, issue.number, 'mona', '/fleet retry');
    await told(world, repository, 'inReview');
  }, 60_000);
});
