import { ok, warn, wrong, type Check, type Finding } from './check.js';
import type { GitLabFinding } from '../fleet-port.js';

type Found = Omit<Finding, 'name'>;

export const gitLabCheck: Check = {
  name: 'gitlab',
  look: async ({ config, probes }) => {
    if (config.gitlab === undefined) return ok('not set up (GITLAB_TOKEN is not set)');
    const found = await probes.gitlab();
    const { account, missing, projects, expiresOn } = found;
    if (missing.length > 0) {
      return wrong(
        `the token of ${account} lacks the scope ${missing.join(', ')}`,
        'make another one, with that scope',
      );
    }
    if (projects.length === 0) {
      return warn(
        `${account} is a Developer of no project`,
        'add it to one, then run `fleet gitlab connect <project>`',
      );
    }
    const until = expiresOn === undefined ? '' : `, its token ends on ${expiresOn}`;
    return [...ok(`${account} answers, Developer of ${projects.length}${until}`), ...webhooksOf(found)];
  },
};

function webhooksOf({ projects }: GitLabFinding): readonly Found[] {
  const unseen = projects.filter(({ webhook }) => webhook === 'unseen').map(({ path }) => path);
  return [
    ...projects.flatMap(({ path, webhook }) => findingsOf(path, webhook)),
    ...projects.flatMap(({ path, untold = [] }) =>
      untold.length === 0
        ? []
        : warn(`the webhook of ${path} does not tell of ${untold.join(', ')}`, `run \`fleet gitlab connect ${path}\``),
    ),
    ...(unseen.length === 0
      ? []
      : warn(
          `cannot see the webhook of ${unseen.join(', ')}`,
          'a Maintainer can: Settings → Webhooks, or run `fleet gitlab connect` again',
        )),
  ];
}

function findingsOf(path: string, webhook: GitLabFinding['projects'][number]['webhook']): readonly Found[] {
  const connect = `run \`fleet gitlab connect ${path}\``;
  switch (webhook) {
    case 'well':
    case 'unseen':
      return [];
    case 'missing':
      return warn(`${path} has no webhook for Fleet`, connect);
    case 'switchedOff':
      return wrong(
        `GitLab has switched off the webhook of ${path}`,
        `see that GitLab can reach Fleet, then ${connect}`,
      );
    default:
      return webhook satisfies never;
  }
}
