import { Secret } from '../../src/domain/secret.js';
import type { Repository } from '../../src/domain/forge.js';
import { createGitLab, type GitLab } from '../../src/forge/gitlab/gitlab.js';
import { noteId, placeOf } from '../../src/forge/gitlab/shapes.js';
import { isDraft } from '../support/gitlab/shapes.js';
import { GitLabStandIn } from '../support/gitlab/stand-in.js';
import { accountOf, addNote, type Emoji, type ProjectState, type ThreadState } from '../support/gitlab/state.js';
import { temporaryFolder } from '../support/temp.js';
import type { SeenMergeRequest, World } from './contract.js';
import { keepLog, type KeptLog } from './github-world.js';

/** The contract's world on GitLab, with what GitLab's own tests look at besides. */
export interface GitLabWorld extends World {
  readonly standIn: GitLabStandIn;
  readonly gitLab: GitLab;
  readonly log: KeptLog;
  readonly project: ProjectState;
}

export interface GitLabWorldOptions {
  readonly timeoutMs?: number;
  readonly urlSuffix?: string;
}

export async function gitLabWorld({ urlSuffix = '', ...more }: GitLabWorldOptions = {}): Promise<GitLabWorld> {
  const standIn = await GitLabStandIn.start({ folder: temporaryFolder() });
  const log = keepLog();
  const gitLab = createGitLab({
    url: `${standIn.web.url}${urlSuffix}`,
    token: new Secret(standIn.token),
    webhookSecret: new Secret(standIn.webhookSecret),
    webhookSigningKey: new Secret(standIn.signingKey),
    clock: { nowMs: () => Date.now() },
    log,
    ...more,
  });
  const { state } = standIn;
  const project = standIn.addProject({
    path: 'acme/sample',
    defaultBranch: 'trunk',
    files: { 'README.md': '# Sample\n', 'docs/über uns.md': 'grüße\n' },
  });
  const repository: Repository = {
    forge: 'gitlab',
    id: String(project.id),
    path: 'acme/sample',
    defaultBranch: 'trunk',
  };
  const issueOf = (number: number): ThreadState => found(project.issues.get(number), `issue #${number}`);
  return {
    ...{ standIn, gitLab, log, project, repository },
    forge: gitLab.forge,
    fleet: state.bot.username,
    person: (login, access) => {
      const { id } = accountOf(state, login);
      project.members.set(login, access === 'write' ? 'developer' : 'reporter');
      return Promise.resolve({ id: String(id), login, kind: 'person' });
    },
    openIssue: ({ title, body, by }) =>
      // GitLab keeps no empty descriptions.
      Promise.resolve(standIn.people.openIssue(project, by.login, title, body === '' ? null : body).iid),
    comment: (issue, by, body) => {
      const author = by === 'fleet' ? state.bot : accountOf(state, by.login);
      const { id } = addNote(state, issueOf(issue), { author, body });
      return Promise.resolve(noteId({ kind: 'issues', number: issue, note: id }));
    },
    deleteComment: (issue, id) => {
      const { notes } = issueOf(issue);
      notes.splice(
        notes.findIndex((each) => each.id === placeOf(id)?.note),
        1,
      );
      return Promise.resolve();
    },
    branch: (name) => {
      standIn.git.commit('acme/sample', name, { 'new.txt': 'new\n' }, 'trunk');
      return Promise.resolve();
    },
    end: async (number, how) => {
      await standIn.people.end(project, found(project.mergeRequests.get(number), `!${number}`), how, 'ada');
    },
    seenComments: (number) =>
      Promise.resolve(
        issueOf(number).notes.map(({ id, author, body }) => ({
          ...{ id: noteId({ kind: 'issues', number, note: id }), author: author.username, body },
        })),
      ),
    seenReactions: (target) => {
      const notes = [...project.issues.values()].flatMap((issue) => issue.notes);
      const emojis: readonly Emoji[] =
        target.kind === 'issue'
          ? issueOf(target.number).emojis
          : (notes.find(({ id }) => id === placeOf(target.id)?.note)?.emojis ?? []);
      return Promise.resolve(emojis.map(({ name }) => name));
    },
    seenMergeRequests: () => Promise.resolve([...project.mergeRequests.values()].flatMap(seen)),
    close: async () => {
      await standIn.close();
      standIn.assertNoSurprises();
    },
  };
}

function found<T>(thing: T | undefined, name: string): T {
  if (thing === undefined) throw new Error(`no ${name}`);
  return thing;
}

function seen(thread: ThreadState): readonly SeenMergeRequest[] {
  const { iid: number, title, description, state, merge } = thread;
  if (merge === undefined) return [];
  return [
    {
      ...{
        number,
        title: title.replace(/^Draft: /, ''),
        body: description ?? '',
        head: merge.source,
        base: merge.target,
      },
      ...{ draft: isDraft(thread), reviewers: merge.reviewers.map(({ username }) => username) },
      state: state === 'opened' ? 'open' : state,
    },
  ];
}
