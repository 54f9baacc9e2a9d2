import type { Run } from '../../src/domain/run.js';
import type { IssueState, RepositoryState } from '../support/github/state.js';
import { commitsOf } from './look.js';
import { withoutTimes } from './story.js';
import type { GitHubFleet } from './world.js';

/** All that people can read about a run: issues and merge requests with their comments, and the commits; what differs from run to run is masked. */
export function conversation(world: GitHubFleet, repository: RepositoryState, run: Run): string {
  const threads = [...repository.issues.values()].map(thread);
  const commits = commitsOf(world, repository, run.branch).map(
    (text) => `# Commit on ${run.branch}\n\n${indented(text)}`,
  );
  return `${masked([...threads, ...commits].join('\n\n'), world, run)}\n`;
}

function thread({ number, title, body, user, labels, state, comments, reactions, pull }: IssueState): string {
  const kind =
    pull === undefined
      ? 'Issue'
      : `Merge request ${pull.head} → ${pull.base}, review asked of ${pull.reviewers.join(', ')}:`;
  const about = [`by ${user.login}`, state, ...labels.map((label) => `label ${label}`)].join(', ');
  const parts = comments.map((one) => `## ${one.user.login}${seenBy(one.reactions)}\n\n${indented(one.body)}`);
  return [`# ${kind} #${number} ${title} (${about})${seenBy(reactions)}`, indented(body ?? '(nothing)'), ...parts].join(
    '\n\n',
  );
}

function seenBy(reactions: IssueState['reactions']): string {
  return reactions.map(({ login, content }) => ` · ${content} of ${login}`).join('');
}

function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}

/** Text without what differs from run to run. */
export function masked(text: string, { gitHub }: GitHubFleet, run: Run): string {
  return (
    withoutTimes(text)
      .replaceAll(run.id, 'RUN')
      .replaceAll(gitHub.host, 'github.test')
      .replace(/\bsample-\d+/g, 'sample')
      .replace(/\b[0-9a-f]{7,40}\b/g, 'SHA')
      .replace(/(?<=key=RUN)[.\d]+/g, '.N')
      // The forge numbers accounts, tokens and all else in the order in which they come.
      .replace(/(?<=<)\d+(?=\+\w+@)/g, 'ID')
      .trim()
  );
}
