import { renameSync } from 'node:fs';
import { join } from 'node:path';
import { commentJson, issueJson } from '../support/github/shapes.js';
import type { GitHubStandIn } from '../support/github/stand-in.js';
import { now, type CommentState, type IssueState, type RepositoryState } from '../support/github/state.js';
import { headOf } from '../support/github/thread-lines.js';
import { commentItems, deleteBranch, held, rerunItems, restoreBranch, threadItems } from './stage.js';
import type { Place, Said, Scene, SeenThread } from './stage.js';
import type { Item } from './story.js';

/** The scene of an issue on the GitHub stand-in. */
export function githubScene(
  { gitHub, folder }: { readonly gitHub: GitHubStandIn; readonly folder: string },
  repository: RepositoryState,
  issue: IssueState,
): Scene {
  const { people, reviewers, git } = gitHub;
  const path = (): string => `${repository.owner.login}/${repository.name}`;
  const gitDir = (): string => join(folder, 'github', `${path()}.git`);
  const pulls = (): readonly IssueState[] =>
    [...repository.issues.values()].filter(({ pull, user }) => pull !== undefined && user.id === gitHub.state.bot.id);
  const pull = (): IssueState => {
    const [found] = pulls();
    if (found === undefined) throw new Error(`Fleet has no pull request in ${path()}`);
    return found;
  };
  const at = (where: Place): IssueState => (where === 'issue' ? issue : pull());
  const { number } = issue;
  return {
    id: repository.id,
    get path() {
      return path();
    },
    get gitDir() {
      return gitDir();
    },
    label: (by, label = 'fleet') => people.labelIssue(repository, number, label, by),
    say: (where, by, text) => people.comment(repository, at(where).number, by, text),
    async edit(where, text, to) {
      const comment = at(where).comments.find(({ body }) => body === text);
      if (comment === undefined) throw new Error(`nobody said ${text}`);
      Object.assign(comment, { body: to, updatedAt: now() });
      await people.deliver('issue_comment', {
        ...{ ...people.shared(repository, comment.user.login), action: 'edited' },
        changes: { body: { from: text } },
        issue: issueJson(gitHub.web, repository, at(where)),
        comment: commentJson(gitHub.web, repository, at(where), comment),
      });
    },
    editIssue: async (by, body) => people.editIssue(issue, by, { body }),
    review: (by, review) => reviewers.review(repository, pull().number, by, review),
    reply: (thread, by, text) => reviewers.reply(repository, pull().number, Number(thread), { by, text }),
    resolve: async (thread) => reviewers.resolve(repository, pull().number, Number(thread), true),
    deleteThread: (thread) => reviewers.deleteThread(repository, pull().number, Number(thread), 'mona'),
    async ci(jobs) {
      await reviewers.ci(repository, git.head(path(), pull().pull?.head ?? '') ?? '', jobs);
    },
    push: (branch, files) => reviewers.push(repository, branch, files, 'mona'),
    async rewrite(branch, files) {
      git.commit(path(), branch, files, repository.defaultBranch);
      await reviewers.push(repository, branch, {}, 'mona');
    },
    async deleteBranch(branch) {
      headOf(git, repository, pull());
      deleteBranch(gitDir(), branch);
      await people.endPull(repository, pull().number, 'closed', 'mona');
    },
    async rename(name) {
      const from = gitDir();
      const before = repository.name;
      repository.name = name;
      renameSync(from, gitDir());
      const changes = { repository: { name: { from: before } } };
      await people.deliver('repository', { ...people.shared(repository, 'mona'), action: 'renamed', changes });
    },
    archive(isArchived) {
      repository.isArchived = isArchived;
    },
    letIn(isIn) {
      repository.isInstalled = isIn;
    },
    held: (work) => held(people.held, repository.id, work),
    async end(how, by) {
      await people.endPull(repository, pull().number, how, by);
      if (how === 'merged') await people.closeIssue(repository, number, by);
    },
    reopen(by) {
      const { head = '', lastHead = '' } = pull().pull ?? {};
      if (git.head(path(), head) === undefined) restoreBranch(gitDir(), head, lastHead);
      return reviewers.reopen(repository, pull().number, by);
    },
    comments: (where) => saidOn(at(where)),
    threads: () => threadsOf(pull()),
    mergeRequests: () =>
      pulls().map((each) => ({ title: each.title, body: each.body ?? '', branch: each.pull?.head ?? '' })),
    reviewers: () => pull().pull?.reviewers ?? [],
    reruns: () => repository.reruns.length,
    items: () => [...issueItems(issue), ...pulls().flatMap(pullItems), ...rerunItems(repository.reruns.length)],
  };
}

function issueItems(issue: IssueState): readonly Item[] {
  const { title, body, user, state, labels } = issue;
  const seen = reactionsOf(issue).map((each) => `, ${each}`);
  const about = [state, ...labels.map((label) => `label ${label}`)].join(', ');
  return [
    { id: 'issue', title: `Issue “${title}” by ${user.login} (${about}${seen.join('')})`, text: body ?? '(nothing)' },
    ...commentItems('on the issue', saidOn(issue)),
  ];
}

function pullItems(issue: IssueState): readonly Item[] {
  const { title, body, pull, state } = issue;
  const reviewers = pull?.reviewers.join(', ') ?? '';
  const ended = pull?.mergedAt === undefined ? state : 'merged';
  const about = `${ended}, review asked of ${reviewers === '' ? 'nobody' : reviewers}`;
  return [
    {
      id: 'merge request',
      title: `Merge request “${title}”, ${pull?.head ?? ''} → ${pull?.base ?? ''} (${about})`,
      text: body ?? '',
    },
    ...threadItems(threadsOf(issue)),
    ...commentItems('on the merge request', saidOn(issue)),
  ];
}

function saidOn({ comments }: IssueState): readonly Said[] {
  return comments.map(said);
}

function threadsOf({ threads }: IssueState): readonly SeenThread[] {
  const there = threads.filter(({ comments }) => comments.length > 0);
  return there.map(({ id, path, line, isResolved, comments }) => ({
    ...{ id: String(id), place: `${path}:${line ?? 'gone'}`, isResolved, comments: comments.map(said) },
  }));
}

function said(comment: CommentState): Said {
  return { by: comment.user.login, body: comment.body, reactions: reactionsOf(comment) };
}

function reactionsOf({ reactions }: Pick<CommentState, 'reactions'>): readonly string[] {
  return reactions.map(({ login, content }) => `${content} of ${login}`);
}
