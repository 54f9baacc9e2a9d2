import { accountOf } from '../support/github/state.js';
import { githubScene } from './github-scene.js';
import { gitlabScene } from './gitlab-scene.js';
import { reviewedRepository, type Stage } from './stage.js';
import { gitHubFleet, gitLabFleet, type FleetOptions, type GitHubFleetOptions } from './world.js';

const text = '`Area 51` should give `area-51`.';
let scenes = 0;

/** A Fleet, served by the GitHub stand-in. */
async function githubStage(options: GitHubFleetOptions = {}): Promise<Stage> {
  const world = await gitHubFleet({ permissions: { actions: 'write' }, ...options });
  const { gitHub } = world;
  const { people } = gitHub;
  accountOf(gitHub.state, 'helper[bot]', 'Bot');
  return Object.assign(world, {
    ...{ git: gitHub.git, host: gitHub.web.url, bot: gitHub.state.bot.login, calls: gitHub.calls },
    scene: ({ behaviour = '', review } = {}) => {
      scenes += 1;
      const repository = gitHub.addRepository({
        ...{ path: `acme/sample-${scenes}`, files: reviewedRepository(review) },
        people: { mona: 'write', ada: 'write', 'helper[bot]': 'write', eve: 'read', olga: 'read' },
      });
      const issue = people.openIssue(repository, 'olga', 'slug drops digits', `${text} ${behaviour}`.trim());
      return githubScene(world, repository, issue);
    },
    fail: (fault) => gitHub.fail(fault),
    deaf: (work) => deaf(people, work),
    revoke: (isRevoked) => {
      gitHub.state.isKeyRevoked = isRevoked;
      gitHub.revokeTokens();
    },
    assertNoSurprises: () => gitHub.assertNoSurprises(),
  } satisfies Omit<Stage, keyof typeof world>);
}

/** A Fleet, served by the GitLab stand-in. */
async function gitlabStage(options: FleetOptions = {}): Promise<Stage> {
  const world = await gitLabFleet(options);
  const { gitLab } = world;
  const { people } = gitLab;
  return Object.assign(world, {
    ...{ git: gitLab.git, host: gitLab.web.url, bot: gitLab.state.bot.username, calls: gitLab.calls },
    scene: ({ behaviour = '', review } = {}) => {
      scenes += 1;
      const project = gitLab.addProject({
        ...{ path: `acme/sample-${scenes}`, files: reviewedRepository(review) },
        members: { mona: 'developer', ada: 'developer', eve: 'reporter', olga: 'reporter' },
      });
      const issue = people.openIssue(project, 'olga', 'slug drops digits', `${text} ${behaviour}`.trim());
      return gitlabScene(world, project, issue);
    },
    fail: (fault) => gitLab.fail(fault),
    deaf: (work) => deaf(people, work),
    revoke: (isRevoked) => {
      for (const token of gitLab.state.tokens.values()) token.revoked = isRevoked;
    },
    assertNoSurprises: () => gitLab.assertNoSurprises(),
  } satisfies Omit<Stage, keyof typeof world>);
}

/** All forges, for tests that hold on each. */
export const stages = [
  ['github', githubStage],
  ['gitlab', gitlabStage],
] as const;

async function deaf<T>(people: { webhookUrl: string | undefined }, work: () => T | Promise<T>): Promise<T> {
  const { webhookUrl } = people;
  people.webhookUrl = undefined;
  try {
    return await work();
  } finally {
    people.webhookUrl = webhookUrl;
  }
}
