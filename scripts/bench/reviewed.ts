import { join } from 'node:path';
import { GitHubStandIn } from '../../test/support/github/stand-in.js';
import type { RepositoryState } from '../../test/support/github/state.js';
import { GitLabStandIn } from '../../test/support/gitlab/stand-in.js';
import type { Engine } from './engine.js';
import { gitHubVariables, Ground, nowMs } from './ground.js';
import { files } from './world.js';

export const settleMs = 1_000;

/** A forge's stand-in with one repository, and a Fleet that serves it. mona does everything, and may. */
export interface Reviewed {
  readonly forge: 'GitHub' | 'GitLab';
  readonly ground: Ground;
  /** Calls of the forge's API so far; git's own requests and the minting of tokens are none. */
  calls(): readonly { readonly method: string; readonly path: string }[];
  /** Puts the label on a new issue. */
  ask(): Promise<unknown>;
  /** Reviews the first merge request: changes are asked for, in so many threads. When the last delivery was sent, in ms since 1970. */
  review(threads: number): Promise<number>;
  /** How many threads there are, answered and resolved. */
  threadsDone(): number;
  mergeRequests(): number;
  close(): Promise<void>;
}

/** Starts one; `resync` is a duration, as in fleet.config.yml. */
export type StartReviewed = (engine: Engine, resync: string) => Promise<Reviewed>;

/** GitHub, with what the same work takes by hand. */
export interface GitHubReviewed extends Reviewed {
  readonly gitHub: GitHubStandIn;
  readonly repository: RepositoryState;
}

const issue = ['A line is missing', 'Add a line to file 1.'] as const;

const seed = {
  path: 'acme/reviewed',
  files: {
    ...files,
    '.fleet/config.yml': `checks: { test: 'true' }\nreview: { settle: ${settleMs}ms, maxRounds: 100 }\n`,
  },
};

export async function gitHubReviewed(engine: Engine, resync: string): Promise<GitHubReviewed> {
  const ground = await Ground.make(engine);
  const gitHub = await GitHubStandIn.start({ folder: join(ground.folder, 'forge') });
  ground.also(() => gitHub.close());
  const { people, reviewers } = gitHub;
  const repository = gitHub.addRepository({ ...seed, people: { mona: 'write' } });
  const address = await startOn(ground, gitHubVariables(gitHub), resync);
  people.webhookUrl = `${address}/api/github/webhooks`;
  const sent = watched(people);
  const pulls = () => [...repository.issues.values()].filter(({ pull }) => pull !== undefined);
  return {
    ...{ forge: 'GitHub', ground, gitHub, repository },
    calls: () => gitHub.calls.filter(({ kind }) => kind === 'rest'),
    ask: () => people.labelIssue(repository, people.openIssue(repository, 'mona', ...issue).number, 'fleet', 'mona'),
    review: async (threads) => {
      await reviewers.review(repository, pulls()[0]?.number ?? 0, 'mona', reviewOf(threads));
      return sent.atMs;
    },
    threadsDone: () =>
      pulls()[0]?.threads.filter(({ isResolved, comments }) => isResolved && comments.length === 2).length ?? 0,
    mergeRequests: () => pulls().length,
    close: async () => {
      await ground.close();
      gitHub.assertNoSurprises();
    },
  };
}

export async function gitLabReviewed(engine: Engine, resync: string): Promise<Reviewed> {
  const ground = await Ground.make(engine);
  const gitLab = await GitLabStandIn.start({ folder: join(ground.folder, 'forge') });
  ground.also(() => gitLab.close());
  const { people } = gitLab;
  const project = gitLab.addProject({ ...seed, members: { mona: 'developer' } });
  const variables = {
    ...{ GITLAB_URL: gitLab.web.url, GITLAB_TOKEN: gitLab.token },
    GITLAB_WEBHOOK_SECRET: gitLab.webhookSecret,
  };
  people.webhookUrl = `${await startOn(ground, variables, resync)}/api/gitlab/webhooks`;
  const sent = watched(people);
  const first = () => {
    const [found] = project.mergeRequests.values();
    if (found === undefined) throw new Error('there is no merge request');
    return found;
  };
  return {
    ...{ forge: 'GitLab', ground },
    calls: () => gitLab.calls.filter(({ kind }) => kind === 'rest'),
    ask: () => people.label(project, people.openIssue(project, 'mona', ...issue), 'fleet', 'mona'),
    review: async (threads) => {
      await people.review(project, first(), 'mona', reviewOf(threads));
      return sent.atMs;
    },
    threadsDone: () => {
      const inline = first().notes.filter(({ position }) => position !== undefined);
      const answers = inline.filter(({ author }) => author.id === gitLab.state.bot.id);
      return answers.filter(({ resolvedBy }) => resolvedBy !== undefined).length;
    },
    mergeRequests: () => project.mergeRequests.size,
    close: async () => {
      await ground.close();
      gitLab.assertNoSurprises();
    },
  };
}

function startOn(ground: Ground, variables: Readonly<Record<string, string>>, resync: string): Promise<string> {
  const agent = ['/bin/sh', join(ground.folder, 'round-agent.sh'), ground.marks];
  return ground.start({ variables, agent, lines: [`resync: ${resync}`] });
}

function reviewOf(threads: number) {
  const remarks = Array.from({ length: threads }, (_, index) => ({
    ...{ path: 'folder-1/file-1.txt', line: 41, text: `This is not enough yet (${index + 1}): add a line.` },
  }));
  return { verdict: 'requestChanges', remarks } as const;
}

/** Remembers when a delivery was sent last. */
function watched(people: { deliver: (...args: never[]) => Promise<unknown> }): { readonly atMs: number } {
  const sent = { atMs: 0 };
  const deliver = people.deliver.bind(people);
  people.deliver = (...args) => {
    sent.atMs = nowMs();
    return deliver(...args);
  };
  return sent;
}
