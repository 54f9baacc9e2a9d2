import { needsPerson } from '../../domain/failure.js';
import { Secret } from '../../domain/secret.js';
import { problemLine } from '../../config/problem.js';
import type { Config } from '../../config/config.js';
import { exit, type Exit } from '../exit.js';
import { harmless } from '../terminal.js';
import type { World } from '../world.js';

/** Makes the webhook and the label of a GitLab project, with a Maintainer's token that is kept nowhere. */
export async function gitLabConnect(world: World, project: string): Promise<Exit> {
  const { gitlab, publicUrl, label } = settingsOf(world);
  const token = gitlab.connectToken ?? (await readToken(world));
  if (token.reveal() === '') {
    throw needsPerson('configurationBroken', [
      "a Maintainer's token with the scope api is needed: on standard input, or in GITLAB_CONNECT_TOKEN",
    ]);
  }
  const { connectGitLab } = await world.main();
  const { path, webhook, ...made } = await connectGitLab(gitlab, {
    ...{ project, token, label, webhookSecret: gitlab.webhookSecret.reveal() },
    webhookUrl: `${publicUrl.replace(/\/+$/, '')}/api/gitlab/webhooks`,
  });
  const said = [
    `${path}: webhook ${webhook}, label ${label} ${made.label === 'there' ? 'was there' : 'created'}.`,
    'The token is not kept: revoke it if it was made for this.',
    ...(made.fleetMayWrite ? [] : [`Fleet's own account is no Developer of ${path} yet: add it as one.`]),
  ];
  world.terminal.out(`${said.map(harmless).join('\n')}\n`);
  return made.fleetMayWrite ? exit.done : exit.needsPerson;
}

async function readToken({ terminal, readInput }: World): Promise<Secret> {
  if (terminal.live) terminal.err("A Maintainer's token, then Enter and Ctrl-D: ");
  return new Secret((await readInput()).trim());
}

function settingsOf(world: World) {
  const read = world.configure('server');
  if ('problems' in read) throw needsPerson('configurationBroken', read.problems.map(problemLine));
  const { gitlab, settings }: Config = read.config;
  const { webhookSecret } = gitlab ?? {};
  const { publicUrl } = settings;
  if (gitlab === undefined || webhookSecret === undefined || publicUrl === undefined) {
    const missing = [
      ...(gitlab === undefined ? ['GITLAB_TOKEN, the token of Fleet’s own account'] : []),
      ...(webhookSecret === undefined ? ['GITLAB_WEBHOOK_SECRET, which deliveries will show'] : []),
      ...(publicUrl === undefined ? ['publicUrl in fleet.config.yml, where GitLab reaches Fleet'] : []),
    ];
    throw needsPerson(
      'configurationBroken',
      missing.map((what) => `set ${what}`),
    );
  }
  return { gitlab: { ...gitlab, webhookSecret }, publicUrl, label: settings.labels.gitlab };
}
