import type { Run } from '../../src/domain/run.js';
import { pullJson } from '../../test/support/github/pull-shapes.js';
import { commentJson, issueJson } from '../../test/support/github/shapes.js';
import type { GitHubStandIn } from '../../test/support/github/stand-in.js';
import type { IssueState, RepositoryState } from '../../test/support/github/state.js';
import { pathOf } from './world.js';

/** One repository of the busy hour: people at work on it. mona and ada may write; eve and olga may not. */
export interface Desk {
  readonly gitHub: GitHubStandIn;
  readonly repository: RepositoryState;
}

/** A part of the hour: what people do, and how the runs of a repository are when Fleet has answered it. */
export interface Part {
  readonly name: string;
  act(desk: Desk, index: number): Promise<unknown>;
  isAnswered(runs: readonly Run[], index: number): boolean;
}

/** How many repositories there are. */
export const desks = 8;

const at = { path: 'slug.js', line: 1 } as const;

/** In which repository what happens at the end. */
const ends = { merged: 0, closed: 1, issueClosed: 2, unlabelled: 3, stopped: 4 } as const;
const redAlone = 6;
const commanded = 7;

/** The hour. Each part begins when people can see the answer to the one before. */
export const hour: readonly Part[] = [
  {
    name: 'labels',
    async act({ gitHub: { people }, repository }, index) {
      const text = '`Area 51` should give `area-51`.';
      const issue = people.openIssue(repository, 'olga', 'slug drops digits', text);
      await people.comment(repository, issue.number, 'ada', 'The README may say so, too.');
      await people.labelIssue(repository, issue.number, 'bug', 'ada');
      await people.labelIssue(repository, issue.number, 'fleet', 'mona');
      const other = people.openIssue(repository, 'eve', 'Something else', 'Mine coins.');
      await people.comment(repository, other.number, 'eve', '/fleet help');
      if (index < 2) await people.labelIssue(repository, other.number, 'fleet', 'eve');
    },
    isAnswered: (runs, index) => reviewed(runs, 1) && (index >= 2 || isShown(runs.at(-1)) || isShown(runs[0])),
  },
  {
    name: 'reviews',
    async act({ gitHub, repository }, index) {
      const { reviewers, people } = gitHub;
      const pull = pullOf({ gitHub, repository });
      if (index === redAlone) return turnsRed({ gitHub, repository }, 'replace Sample with Slug in README.md');
      await reviewers.review(repository, pull.number, 'mona', {
        verdict: 'requestChanges',
        text: 'disagree: this file should go',
        remarks: [
          { ...at, text: 'nit: replace text with title in slug.js' },
          { ...at, text: 'Why lower case?' },
          { ...at, text: '', suggestion: suggested },
        ],
      });
      await reviewers.review(repository, pull.number, 'eve', { remarks: [{ ...at, text: 'Mine coins here.' }] });
      await people.comment(repository, pull.number, 'ada', 'out of scope: should digits of other scripts stay?');
    },
    isAnswered: (runs) => reviewed(runs, 2),
  },
  {
    name: 'answers',
    async act({ gitHub, repository }, index) {
      const { reviewers, people } = gitHub;
      const pull = pullOf({ gitHub, repository });
      const order = 'replace Sample with Slug in README.md';
      if (index === redAlone) return turnsRed({ gitHub, repository }, 'replace Slug with Sample in README.md');
      if (index === commanded) {
        await people.comment(repository, 1, 'mona', `/fleet ${order}`);
        return;
      }
      const question = pull.threads.find(({ comments }) => comments[0]?.body === 'Why lower case?');
      await reviewers.reply(repository, pull.number, question?.id ?? 0, { by: 'mona', text: order });
      await people.comment(repository, pull.number, 'ada', '/fleet replace title with words in slug.js');
    },
    isAnswered: (runs) => reviewed(runs, 3),
  },
  {
    name: 'ends',
    async act({ gitHub, repository }, index) {
      const { reviewers, people } = gitHub;
      const pull = pullOf({ gitHub, repository });
      await reviewers.review(repository, pull.number, 'ada', { verdict: 'approve' });
      if (index === ends.merged) {
        await people.endPull(repository, pull.number, 'merged', 'mona');
        await people.closeIssue(repository, 1, 'mona');
      }
      if (index === ends.closed) await people.endPull(repository, pull.number, 'closed', 'mona');
      if (index === ends.issueClosed) await people.closeIssue(repository, 1, 'ada');
      if (index === ends.unlabelled) await people.unlabelIssue(repository, 1, 'fleet', 'mona');
      if (index === ends.stopped) await people.comment(repository, 1, 'mona', '/fleet stop');
    },
    isAnswered(runs, index) {
      const phase = endPhases[index];
      return phase === undefined ? isApproved(runs) : current(runs)?.phase.name === phase && isShown(current(runs));
    },
  },
  {
    name: 'new starts',
    async act({ gitHub, repository }, index) {
      const { reviewers, people } = gitHub;
      if (index === ends.closed) await reviewers.reopen(repository, pullOf({ gitHub, repository }).number, 'mona');
      if (index === ends.unlabelled) await people.labelIssue(repository, 1, 'fleet', 'mona');
      if (index === ends.stopped) await people.comment(repository, 1, 'mona', '/fleet retry');
    },
    isAnswered(runs, index) {
      const startsAgain = index === ends.closed || index === ends.unlabelled || index === ends.stopped;
      return !startsAgain || (ofIssue(runs).length === 2 && isAtRest(current(runs)));
    },
  },
];

const suggested = "export const slug = (text) => text.trim().toLowerCase().replace(/[^a-z0-9]+/g, '-');";

const endPhases: readonly (Run['phase']['name'] | undefined)[] = [
  'merged',
  'closed',
  'cancelled',
  'cancelled',
  'cancelled',
];

/** Newest first. */
function ofIssue(runs: readonly Run[]): readonly Run[] {
  return runs.filter(({ issue }) => issue.number === 1);
}

function current(runs: readonly Run[]): Run | undefined {
  return ofIssue(runs)[0];
}

function reviewed(runs: readonly Run[], round: number): boolean {
  const run = current(runs);
  return run?.round === round && isAtRest(run);
}

function isApproved(runs: readonly Run[]): boolean {
  return isAtRest(current(runs)) && current(runs)?.review?.verdicts.some(({ kind }) => kind === 'approved') === true;
}

/** In review, with nothing left to read or to say. */
export function isAtRest(run: Run | undefined): boolean {
  return run?.phase.name === 'inReview' && run.phase.settling === undefined && isShown(run);
}

function isShown(run: Run | undefined): boolean {
  return run?.status.state === 'shown';
}

/** The first one of Fleet's. */
function pullOf({ repository }: Desk): IssueState {
  const found = [...repository.issues.values()].find(({ pull }) => pull !== undefined);
  if (found === undefined) throw new Error(`there is no pull request in ${repository.name}`);
  return found;
}

/** CI fails on the head of the merge request, and says what would mend it. */
async function turnsRed({ gitHub, repository }: Desk, description: string): Promise<void> {
  const branch = pullOf({ gitHub, repository }).pull?.head ?? '';
  const sha = gitHub.git.head(pathOf(repository), branch) ?? '';
  await gitHub.reviewers.status(repository, { sha, context: 'docs', state: 'failure', description, targetUrl: null });
}

/** What comes in all day beside that and means nothing to Fleet: strangers, other labels, pushes, green CI, Fleet's own words. */
export function noise({ gitHub, repository }: Desk): readonly (() => Promise<unknown>)[] {
  const { people, web, git, state, reviewers } = gitHub;
  const shared = (by: string) => people.shared(repository, by);
  const [issue, pull] = [
    repository.issues.get(1),
    [...repository.issues.values()].find((each) => each.pull !== undefined),
  ];
  if (issue === undefined) return [];
  const own = (on: IssueState) => on.comments.find(({ viaApp }) => viaApp);
  const echo = (on: IssueState, action: string) => async (): Promise<void> => {
    const comment = own(on);
    if (comment === undefined) return;
    const about = { issue: issueJson(web, repository, on), comment: commentJson(web, repository, on, comment) };
    await people.deliver('issue_comment', { ...shared(state.bot.login), action, ...about });
  };
  const main = git.head(pathOf(repository), 'main') ?? '';
  return [
    () => people.comment(repository, 1, 'eve', 'Any news? /fleet stop'),
    echo(issue, 'created'),
    echo(issue, 'edited'),
    () => people.labelIssue(repository, 1, 'bug', 'ada'),
    () => people.deliver('push', { ...shared('mona'), ref: 'refs/heads/main', commits: [] }),
    () => people.deliver('issues', { ...shared('olga'), action: 'edited', issue: issueJson(web, repository, issue) }),
    () => reviewers.ci(repository, main, [{ name: 'docs', state: 'green' }]),
    ...(pull?.state !== 'open'
      ? []
      : [
          () => people.comment(repository, pull.number, 'eve', 'Looks good to me.'),
          () =>
            people.deliver('pull_request', {
              ...{ ...shared(state.bot.login), action: 'synchronize', number: pull.number },
              pull_request: pullJson({ web, git, repository, issue: pull }),
            }),
        ]),
  ];
}
