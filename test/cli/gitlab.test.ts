import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { GitLabStandIn } from '../support/gitlab/stand-in.js';
import type { ProjectState } from '../support/gitlab/state.js';
import { temporaryFolder } from '../support/temp.js';
import { commandLine, type Surroundings } from './world.js';

let gitLab: GitLabStandIn;
let shop: ProjectState;

beforeEach(async () => {
  gitLab = await GitLabStandIn.start({ folder: temporaryFolder() });
  shop = gitLab.addProject({ path: 'acme/shop' });
});

afterEach(async () => {
  await gitLab.close();
  gitLab.assertNoSurprises();
});

function commands(more: Partial<Surroundings> = {}): ReturnType<typeof commandLine> {
  const cwd = temporaryFolder();
  const agents = [{ name: 'own', dialect: 'command', command: [process.execPath, 'agent.mjs'] }];
  writeFileSync(join(cwd, 'fleet.config.yml'), JSON.stringify({ agents, publicUrl: 'https://fleet.example.com/' }));
  const access = { GITLAB_URL: gitLab.web.url, GITLAB_TOKEN: gitLab.token, GITLAB_WEBHOOK_SECRET: 'shared' };
  return commandLine({ cwd, ...more, env: { PORT: '0', ...access, ...more.env } });
}

const forgotten = 'The token is not kept: revoke it if it was made for this.\n';

describe('fleet gitlab connect', () => {
  test('makes webhook and label with a token from standard input, and brings them up to date', async () => {
    const fleet = commands({ input: `${gitLab.maintainerToken}\n` });
    expect(await fleet('gitlab', 'connect', 'acme/shop')).toEqual({
      ...{ code: 0, err: '' },
      out: `acme/shop: webhook created, label fleet created.\n${forgotten}`,
    });
    const events = ['issues', 'confidential_issues', 'note', 'confidential_note', 'merge_requests', 'pipeline'];
    const hook = {
      ...{ id: expect.any(Number) as number, token: 'shared', alertStatus: 'executable' },
      ...{ url: 'https://fleet.example.com/api/gitlab/webhooks', events: events.map((name) => `${name}_events`) },
    };
    expect([shop.hooks, shop.labels]).toEqual([[hook], ['fleet']]);
    const [made] = shop.hooks;
    if (made !== undefined) made.alertStatus = 'disabled';
    expect(await fleet('gitlab', 'connect', String(shop.id))).toMatchObject({
      out: `acme/shop: webhook renewed, label fleet was there.\n${forgotten}`,
    });
    expect(shop.hooks).toEqual([hook]);
  });

  test('takes the token from its variable, too, and asks for Fleet’s account to be let in: 4', async () => {
    shop.members.delete(gitLab.state.bot.username);
    const fleet = commands({ env: { GITLAB_CONNECT_TOKEN: gitLab.maintainerToken } });
    const { code, out } = await fleet('gitlab', 'connect', 'acme/shop');
    expect([code, out]).toEqual([4, expect.stringContaining("Fleet's own account is no Developer of acme/shop yet")]);
  });

  test('a token that may not do it is refused by GitLab: 4', async () => {
    const { code, err } = await commands({ input: gitLab.token })('gitlab', 'connect', 'acme/shop');
    expect([code, err]).toEqual([4, expect.stringContaining('GitLab answered 403 to the webhook of acme/shop')]);
    expect([shop.hooks, shop.labels]).toEqual([[], []]);
  });

  test('without a token, or what GitLab is to be told: 2', async () => {
    expect(await commands()('gitlab', 'connect', 'acme/shop')).toMatchObject({ code: 2 });
    const bare = await commandLine({ input: gitLab.maintainerToken })('gitlab', 'connect', 'acme/shop');
    expect(bare.code).toBe(2);
    expect(bare.err).toContain('GITLAB_TOKEN');
    expect(bare.err).toContain('publicUrl');
  });
});

describe('fleet doctor', () => {
  const gitLabLines = async (): Promise<readonly string[]> => {
    const { out } = await commands()('doctor', '--json');
    const findings = out.trim().split('\n');
    return findings
      .map((line) => JSON.parse(line) as { name: string; state: string; says: string })
      .flatMap(({ name, state, says }) => (name === 'gitlab' ? [`${state}: ${says}`] : []));
  };
  const well = 'ok: project_1_bot_fleet answers, Developer of 1, its token ends on 2027-01-01';

  test('cannot see webhooks as a Developer, and says so', async () => {
    expect(await gitLabLines()).toEqual([well, 'warn: cannot see the webhook of acme/shop']);
  });

  test('as a Maintainer sees that a webhook is missing, well, and switched off', async () => {
    shop.members.set(gitLab.state.bot.username, 'maintainer');
    expect(await gitLabLines()).toEqual([well, 'warn: acme/shop has no webhook for Fleet']);
    await commands({ input: gitLab.maintainerToken })('gitlab', 'connect', 'acme/shop');
    expect(await gitLabLines()).toEqual([well]);
    const [hook] = shop.hooks;
    if (hook !== undefined) hook.alertStatus = 'temporarily_disabled';
    expect(await gitLabLines()).toEqual([well, 'wrong: GitLab has switched off the webhook of acme/shop']);
  });

  test('tells of a token that is revoked', async () => {
    const token = gitLab.state.tokens.get(gitLab.token);
    if (token !== undefined) token.revoked = true;
    expect(await gitLabLines()).toEqual([expect.stringContaining('wrong: GitLab answered 401 to who Fleet is')]);
  });
});
