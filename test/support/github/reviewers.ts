import type { CiJob, Remark } from '../../forge/reviews-world.js';
import { checkOf } from './ci-jobs.js';
import type { Files } from './git-host.js';
import type { Delivered } from './people.js';
import { checkSuiteJson, pullJson, remarkJson, reviewJson, statusJson, type PullPlace } from './pull-shapes.js';
import type { Json } from './shapes.js';
import type { GitHubStandIn } from './stand-in.js';
import {
  accountOf,
  addRemark,
  addReview,
  nextId,
  type CheckState,
  type IssueState,
  type RemarkState,
  type RepositoryState,
  type StatusState,
  type ThreadState,
} from './state.js';
import { headOf } from './thread-lines.js';

/** A review in one go; without a verdict it only comments. */
export interface GivenReview {
  readonly verdict?: 'approve' | 'requestChanges';
  readonly text?: string;
  readonly remarks?: readonly Remark[];
}

const states = { approve: 'APPROVED', requestChanges: 'CHANGES_REQUESTED', comment: 'COMMENTED' } as const;

/** What people and CI do to a pull request; each changes the state, and delivers what GitHub would. */
export class Reviewers {
  readonly #gitHub: GitHubStandIn;

  constructor(gitHub: GitHubStandIn) {
    this.#gitHub = gitHub;
  }

  /** One delivery for the review, and one for each of its comments. */
  async review(
    repository: RepositoryState,
    number: number,
    by: string,
    { verdict, text = '', remarks = [] }: GivenReview,
  ): Promise<readonly ThreadState[]> {
    const { state, git } = this.#gitHub;
    const { issue } = this.#place(repository, number);
    const user = accountOf(state, by);
    const commit = headOf(git, repository, issue);
    const review = addReview(state, issue, { user, body: text, state: states[verdict ?? 'comment'], commit });
    const threads = remarks.map((remark) => {
      const thread = { id: nextId(state), ...placeOf(remark, commit), isResolved: false, comments: [] };
      issue.threads.push(thread);
      addRemark(state, issue, thread, { user, body: bodyOf(remark), review: review.id });
      return thread;
    });
    await this.#tellReview(repository, issue, by, review.id);
    for (const thread of threads) await this.#tellRemark(repository, issue, thread, { by, action: 'created' });
    return threads;
  }

  async reply(
    repository: RepositoryState,
    number: number,
    thread: number,
    { by, text }: { readonly by: string; readonly text: string },
  ): Promise<void> {
    const { state } = this.#gitHub;
    const { issue } = this.#place(repository, number);
    const found = threadOf(issue, thread);
    const remark = addRemark(state, issue, found, { user: accountOf(state, by), body: text });
    await this.#tellReview(repository, issue, by, remark.review);
    await this.#tellRemark(repository, issue, found, { by, action: 'created' });
  }

  /** Fleet is told of it by nobody: the app does not ask for `pull_request_review_thread`. */
  resolve(repository: RepositoryState, number: number, thread: number, isResolved: boolean): void {
    threadOf(this.#place(repository, number).issue, thread).isResolved = isResolved;
  }

  /** Deletes every comment of a thread, which ends it. */
  async deleteThread(repository: RepositoryState, number: number, thread: number, by: string): Promise<void> {
    const { issue } = this.#place(repository, number);
    const found = threadOf(issue, thread);
    while (found.comments.length > 0) {
      const told = this.#remarkDelivery(repository, issue, found, { by, action: 'deleted' });
      found.comments.pop();
      await this.#gitHub.people.deliver('pull_request_review_comment', told);
    }
  }

  /** A person's commit on a branch, with real git. */
  async push(repository: RepositoryState, branch: string, files: Files, by = 'ada'): Promise<string> {
    const { git } = this.#gitHub;
    const path = `${repository.owner.login}/${repository.name}`;
    const before = git.head(path, branch);
    const after = git.commit(path, branch, files, before === undefined ? repository.defaultBranch : branch);
    for (const issue of repository.issues.values()) {
      if (issue.state !== 'open' || issue.pull?.head !== branch) continue;
      await this.#tellPull(repository, issue, by, { action: 'synchronize', before, after });
    }
    return after;
  }

  async reopen(repository: RepositoryState, number: number, by: string): Promise<Delivered> {
    const { issue } = this.#place(repository, number);
    issue.state = 'open';
    return this.#tellPull(repository, issue, by, { action: 'reopened' });
  }

  /** What the jobs of GitHub Actions say of a commit, instead of what they said before; told once none runs any more. */
  async ci(repository: RepositoryState, sha: string, jobs: readonly CiJob[]): Promise<readonly CheckState[]> {
    const { state } = this.#gitHub;
    const run = nextId(state);
    const others = repository.checks.filter((each) => each.sha !== sha || each.run === undefined);
    const checks = jobs.map((job): CheckState => ({ id: nextId(state), sha, run, ...checkOf(job) }));
    repository.checks.splice(0, repository.checks.length, ...others, ...checks);
    if (jobs.some((job) => job.state === 'pending')) return checks;
    const conclusion = jobs.some((job) => job.state === 'red') ? 'failure' : 'success';
    const [branch = null] = this.#branchesAt(repository, sha);
    const suite = checkSuiteJson({ web: this.#gitHub.web, repository }, { sha, branch, conclusion });
    await this.#tell('check_suite', repository, state.bot.login, { action: 'completed', check_suite: suite });
    return checks;
  }

  /** What CI of another kind says of a commit. */
  async status(repository: RepositoryState, status: Omit<StatusState, 'id'>): Promise<StatusState> {
    const { state, web } = this.#gitHub;
    const added = { ...status, id: nextId(state) };
    repository.statuses.push(added);
    const branches = this.#branchesAt(repository, status.sha);
    await this.#tell('status', repository, 'ci-service', statusJson({ web, repository }, added, branches));
    return added;
  }

  #branchesAt(repository: RepositoryState, sha: string): readonly string[] {
    const path = `${repository.owner.login}/${repository.name}`;
    const branches = [...repository.issues.values()].flatMap(({ pull }) => (pull === undefined ? [] : [pull.head]));
    return [...new Set(branches)].filter((branch) => this.#gitHub.git.head(path, branch) === sha);
  }

  #place(repository: RepositoryState, number: number): PullPlace {
    const { web, git } = this.#gitHub;
    const issue = repository.issues.get(number);
    if (issue?.pull === undefined) throw new Error(`no pull request #${number} in ${repository.name}`);
    return { web, git, repository, issue };
  }

  async #tellReview(repository: RepositoryState, issue: IssueState, by: string, id: number): Promise<void> {
    const place = this.#place(repository, issue.number);
    const review = issue.reviews.find((each) => each.id === id);
    if (review === undefined) throw new Error(`no review ${id}`);
    const told = { action: 'submitted', review: reviewJson(place, review), pull_request: pullJson(place, true) };
    await this.#tell('pull_request_review', repository, by, told);
  }

  async #tellRemark(
    repository: RepositoryState,
    issue: IssueState,
    thread: ThreadState,
    told: { readonly by: string; readonly action: 'created' },
  ): Promise<void> {
    const payload = this.#remarkDelivery(repository, issue, thread, told);
    await this.#gitHub.people.deliver('pull_request_review_comment', payload);
  }

  /** About the last comment of the thread. */
  #remarkDelivery(
    repository: RepositoryState,
    issue: IssueState,
    thread: ThreadState,
    { by, action }: { readonly by: string; readonly action: 'created' | 'deleted' },
  ): Json {
    const place = this.#place(repository, issue.number);
    const remark = thread.comments.at(-1) as RemarkState;
    return {
      ...this.#gitHub.people.shared(repository, by),
      ...{ action, comment: remarkJson(place, thread, remark), pull_request: pullJson(place, true) },
    };
  }

  #tellPull(repository: RepositoryState, issue: IssueState, by: string, more: Json): Promise<Delivered> {
    const place = this.#place(repository, issue.number);
    return this.#tell('pull_request', repository, by, { number: issue.number, pull_request: pullJson(place), ...more });
  }

  #tell(event: string, repository: RepositoryState, by: string, more: Json): Promise<Delivered> {
    const { people } = this.#gitHub;
    return people.deliver(event, { ...people.shared(repository, by), ...more });
  }
}

function threadOf({ threads }: IssueState, id: number): ThreadState {
  const thread = threads.find((each) => each.id === id);
  if (thread === undefined) throw new Error(`no thread ${id}`);
  return thread;
}

function placeOf({ path, line, fromLine: startLine, side }: Remark, commit: string) {
  return { path, line, startLine, side: side === 'old' ? ('LEFT' as const) : ('RIGHT' as const), commit };
}

/** The form in the browser sends lines that end in CRLF. */
function bodyOf({ text, suggestion }: Remark): string {
  if (suggestion === undefined) return text;
  const lines = suggestion === '' ? [] : suggestion.split('\n');
  return [...(text === '' ? [] : [text]), '```suggestion', ...lines, '```'].join('\r\n');
}
