import { expect } from 'vitest';
import { createGitHub, type GitHub } from '../../src/forge/github/github.js';
import { Secret } from '../../src/domain/secret.js';
import type { Repository } from '../../src/domain/forge.js';
import type { Log } from '../../src/ports.js';
import { GitHubStandIn } from '../support/github/stand-in.js';
import { accountOf, addComment, type IssueState, type RepositoryState } from '../support/github/state.js';
import { deliveryProblems, exchangeProblems } from '../support/github/specification.js';
import { temporaryFolder } from '../support/temp.js';
import type { SeenMergeRequest, World } from './contract.js';

/** A log that keeps what Fleet said at `info` and above. */
export interface KeptLog extends Log {
  readonly kept: { readonly level: string; readonly fields: object; readonly message: string }[];
}

export function keepLog(): KeptLog {
  const kept: KeptLog['kept'] = [];
  const at =
    (level: string) =>
    (fields: object, message: string): void => {
      kept.push({ level, fields, message });
    };
  const log: KeptLog = {
    kept,
    debug: () => undefined,
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => log,
  };
  return log;
}

/** The contract's world on GitHub, with what GitHub's own tests look at besides. */
export interface GitHubWorld extends World {
  readonly standIn: GitHubStandIn;
  readonly gitHub: GitHub;
  /** Another one, as after a restart. */
  readonly again: () => Promise<GitHub>;
  readonly log: KeptLog;
  readonly seeded: RepositoryState;
}

export interface GitHubWorldOptions {
  readonly timeoutMs?: number;
  readonly spacing?: 'probot' | 'off';
  readonly hostSuffix?: string;
  /** What the app was granted beyond app.yml; `none` takes something away. */
  readonly permissions?: Readonly<Record<string, 'read' | 'write' | 'none'>>;
}

export async function gitHubWorld(options: GitHubWorldOptions = {}): Promise<GitHubWorld> {
  const { hostSuffix = '', permissions = {}, ...more } = options;
  const standIn = await GitHubStandIn.start({ folder: temporaryFolder(), permissions });
  const log = keepLog();
  const again = (): Promise<GitHub> =>
    createGitHub({
      appId: standIn.appId,
      privateKey: new Secret(standIn.privateKey),
      webhookSecret: new Secret(standIn.webhookSecret),
      host: `${standIn.host}${hostSuffix}`,
      protocol: 'http',
      spacing: 'off',
      clock: { nowMs: () => Date.now() },
      log,
      ...more,
    });
  const gitHub = await again();
  const { state } = standIn;
  const seeded = standIn.addRepository({
    path: 'acme/sample',
    defaultBranch: 'trunk',
    files: { 'README.md': '# Sample\n', 'docs/über uns.md': 'grüße\n' },
  });
  const repository: Repository = {
    forge: 'github',
    id: String(seeded.id),
    path: 'acme/sample',
    defaultBranch: 'trunk',
    installation: String(state.installation),
  };
  const issueOf = (number: number): IssueState => {
    const issue = seeded.issues.get(number);
    if (issue === undefined) throw new Error(`no issue #${number}`);
    return issue;
  };
  return {
    standIn,
    gitHub,
    again,
    log,
    seeded,
    forge: gitHub.forge,
    repository,
    fleet: state.bot.login,
    person: (login, access) => {
      const { id } = accountOf(state, login);
      seeded.permissions.set(login, access);
      return Promise.resolve({ id: String(id), login, kind: 'person' });
    },
    openIssue: ({ title, body, by }) =>
      // GitHub keeps no empty bodies.
      Promise.resolve(standIn.people.openIssue(seeded, by.login, title, body === '' ? null : body).number),
    comment: (issue, by, body) => {
      const user = by === 'fleet' ? state.bot : accountOf(state, by.login);
      return Promise.resolve(String(addComment(state, issueOf(issue), user, body).id));
    },
    deleteComment: (issue, id) => {
      const { comments } = issueOf(issue);
      comments.splice(
        comments.findIndex((each) => String(each.id) === id),
        1,
      );
      return Promise.resolve();
    },
    branch: (name) => {
      standIn.git.commit('acme/sample', name, { 'new.txt': 'new\n' }, 'trunk');
      return Promise.resolve();
    },
    end: async (number, how) => {
      await standIn.people.endPull(seeded, number, how, 'ada');
    },
    seenComments: (issue) =>
      Promise.resolve(
        issueOf(issue).comments.map(({ id, user, body }) => ({ id: String(id), author: user.login, body })),
      ),
    seenReactions: (target) => {
      const comments = [...seeded.issues.values()].flatMap((issue) => issue.comments);
      const on = target.kind === 'issue' ? issueOf(target.number) : comments.find(({ id }) => String(id) === target.id);
      return Promise.resolve((on?.reactions ?? []).map(({ content }) => content));
    },
    seenMergeRequests: () => Promise.resolve([...seeded.issues.values()].flatMap(seen)),
    close: async () => {
      await standIn.close();
      standIn.assertNoSurprises();
      const { exchanges, people } = standIn;
      const problems = [...exchanges.flatMap(exchangeProblems), ...people.sent.flatMap(deliveryProblems)];
      expect([...new Set(problems)]).toEqual([]);
    },
  };
}

function seen({ number, title, body, state, pull }: IssueState): readonly SeenMergeRequest[] {
  if (pull === undefined) return [];
  const { head, base, draft, reviewers, mergedAt } = pull;
  const ended = mergedAt === undefined ? 'closed' : 'merged';
  return [{ number, title, body: body ?? '', head, base, draft, reviewers, state: state === 'open' ? 'open' : ended }];
}
