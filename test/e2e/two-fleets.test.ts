import { randomBytes } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { onServer, postgresUrl } from '../support/databases.js';
import { issueJson, labelJson, type Json } from '../support/github/shapes.js';
import { commitsOf, kindsOf, mergeRequestsOf, runsOf, told } from './look.js';
import { anIssueIn, aRepositoryFor, gitHubFleet, type GitHubFleet } from './world.js';

const skipped = postgresUrl === undefined;

describe.skipIf(skipped)(
  `two Fleets on one PostgreSQL${skipped ? ' (SKIPPED: FLEET_TEST_DATABASE_URL is not set)' : ''}`,
  () => {
    const name = `fleet_test_${randomBytes(6).toString('hex')}`;
    let first: GitHubFleet;
    let second: GitHubFleet;

    beforeAll(async () => {
      await onServer(`create database ${name}`);
      const url = new URL(postgresUrl ?? '');
      url.pathname = `/${name}`;
      first = await gitHubFleet({ env: { DATABASE_URL: url.href } });
      // On the same machine, so that both find the worktrees.
      const { DATABASE_URL = '', FLEET_DATA_DIR = '' } = first.env;
      second = await gitHubFleet({ gitHub: first.gitHub, env: { DATABASE_URL, FLEET_DATA_DIR } });
    }, 60_000);
    afterAll(async () => {
      await second.close();
      await first.close();
      await onServer(`drop database ${name} with (force)`);
    });
    afterEach(() => first.gitHub.assertNoSurprises());

    /** The same delivery to both, many times, all at once. */
    async function deliverToBoth(event: string, payload: Json, delivery: string): Promise<void> {
      const { people } = first.gitHub;
      const sent = [first, second, first, second, second, first].map(({ fleet }) => {
        people.webhookUrl = `${fleet.address ?? ''}/api/github/webhooks`;
        return people.deliver(event, payload, { delivery });
      });
      for (const { status } of await Promise.all(sent)) expect(status).toBe(202);
    }

    it('that receive the same deliveries make one run, one status comment, one merge request', async () => {
      const { people, web } = first.gitHub;
      const repositories = Array.from({ length: 4 }, () => aRepositoryFor(first));
      for (const repository of repositories) {
        const issue = anIssueIn(first, repository);
        issue.labels.push('fleet');
        const shared = people.shared(repository, 'mona');
        const payload = {
          ...shared,
          action: 'labeled',
          issue: issueJson(web, repository, issue),
          label: labelJson(web, 'fleet'),
        };
        await deliverToBoth('issues', payload, `labelled-${repository.id}`);
      }
      for (const repository of repositories) {
        const { run, issue } = await told(first, repository, 'inReview');
        expect(await runsOf(second, repository)).toEqual([run]);
        expect(kindsOf(issue).toSorted()).toEqual(['ready', 'status']);
        expect(issue.reactions).toHaveLength(1);
        expect(mergeRequestsOf(repository)).toHaveLength(1);
        expect(commitsOf(first, repository, run.branch)).toHaveLength(1);
        expect(run.attempts).toHaveLength(4);
      }
    }, 60_000);
  },
);
