import { checkPage } from './check-nodes.js';
import type { GitHost } from './git-host.js';
import {
  addresses,
  appJson,
  begun,
  issueJson,
  issuePage,
  reactionsJson,
  repositoryAddress,
  repositoryJson,
  userJson,
} from './shapes.js';
import type { Json, Web } from './shapes.js';
import { accountOf, type CheckState, type IssueState, type RemarkState, type RepositoryState } from './state.js';
import type { ReviewState, StatusState, ThreadState } from './state.js';
import { headOf, lineOf } from './thread-lines.js';

/** What is told of, and where it is. */
export interface PullPlace {
  readonly web: Web;
  readonly git: GitHost;
  readonly repository: RepositoryState;
  readonly issue: IssueState;
}

const ofPulls = 'commits review_comments review_comment comments statuses diff patch issue';

/** `listed`: GitHub leaves much out of lists and of most deliveries. */
export function pullJson(place: PullPlace, listed = false): Json {
  const { web, repository, issue } = place;
  const { pull } = issue;
  if (pull === undefined) throw new Error(`#${issue.number} is no pull request`);
  const notInPulls = [
    'pull_request',
    'performed_via_github_app',
    'reactions',
    'repository_url',
    'comments',
    'events_url',
  ];
  const fields = Object.entries(issueJson(web, repository, issue));
  const address = `${repositoryAddress(web, repository)}/pulls/${issue.number}`;
  const links = 'comments commits html issue review_comment review_comments self statuses'.split(' ');
  const counts = { additions: 1, deletions: 0, changed_files: 1, commits: 1, review_comments: issue.threads.length };
  const merged = pull.mergedAt !== undefined;
  return {
    ...Object.fromEntries(fields.filter(([name]) => !notInPulls.includes(name))),
    ...{ url: address, ...addresses(address, ofPulls), html_url: issuePage(web, repository, issue) },
    _links: Object.fromEntries(links.map((name) => [name, { href: `${address}/${name}` }])),
    ...{ draft: pull.draft, head: sideOf(place, pull.head), base: sideOf(place, pull.base) },
    ...{ merged_at: pull.mergedAt ?? null, merge_commit_sha: null, auto_merge: null },
    requested_reviewers: pull.reviewers.map((login) => userJson(web, accountOf(web.state, login))),
    requested_teams: [],
    ...(listed
      ? {}
      : {
          ...{ merged, mergeable: null, rebaseable: null, mergeable_state: 'unknown', maintainer_can_modify: false },
          ...{ merged_by: null, comments: issue.comments.length, ...counts },
        }),
  };
}

function sideOf({ web, git, repository }: PullPlace, ref: string): Json {
  const { owner, name } = repository;
  return {
    ...{ label: `${owner.login}:${ref}`, ref, sha: git.head(`${owner.login}/${name}`, ref) ?? '0'.repeat(40) },
    ...{ user: userJson(web, owner), repo: repositoryJson(web, repository) },
  };
}

/** `inDelivery`: deliveries write states in small letters. */
export function reviewJson({ web, repository, issue }: PullPlace, review: ReviewState): Json {
  const { id, user, body, commit, state, at } = review;
  const address = `${repositoryAddress(web, repository)}/pulls/${issue.number}`;
  const page = `${issuePage(web, repository, issue)}#pullrequestreview-${id}`;
  return {
    ...{ id, node_id: `PRR_${id}`, user: userJson(web, user), body: body === '' ? null : body, commit_id: commit },
    ...{ state: state.toLowerCase(), submitted_at: at, updated_at: at, author_association: 'NONE' },
    ...{ html_url: page, pull_request_url: address },
    _links: { html: { href: page }, pull_request: { href: address } },
  };
}

export function remarkJson(place: PullPlace, thread: ThreadState, remark: RemarkState): Json {
  const { web, git, repository, issue } = place;
  const { id, user, body, review, createdAt, updatedAt } = remark;
  const address = `${repositoryAddress(web, repository)}/pulls/comments/${id}`;
  const pull = `${repositoryAddress(web, repository)}/pulls/${issue.number}`;
  const page = `${issuePage(web, repository, issue)}#discussion_r${id}`;
  const { lines } = lineOf(git, repository, issue, thread);
  const [first] = thread.comments;
  return {
    ...{
      id,
      node_id: `PRRC_${id}`,
      url: address,
      html_url: page,
      pull_request_url: pull,
      pull_request_review_id: review,
    },
    ...{ user: userJson(web, user), body, created_at: createdAt, updated_at: updatedAt, author_association: 'NONE' },
    ...{ path: thread.path, diff_hunk: '@@ -0,0 +1 @@', commit_id: headOf(git, repository, issue) },
    ...{ original_commit_id: thread.commit, position: lines === undefined ? null : 1, original_position: 1 },
    ...{ line: lines?.last ?? null, start_line: lines?.first ?? null, side: thread.side },
    ...{ start_side: thread.startLine === undefined ? null : thread.side, original_line: thread.line ?? 1 },
    ...{ original_start_line: thread.startLine ?? null, subject_type: thread.line === undefined ? 'file' : 'line' },
    ...(first === undefined || first.id === id ? {} : { in_reply_to_id: first.id }),
    reactions: reactionsJson(address),
    _links: { self: { href: address }, html: { href: page }, pull_request: { href: pull } },
  };
}

/** All jobs of GitHub Actions for a commit, as one suite. */
export function checkSuiteJson(
  { web, repository }: Pick<PullPlace, 'web' | 'repository'>,
  { sha, branch, conclusion }: { readonly sha: string; readonly branch: string | null; readonly conclusion: string },
): Json {
  const address = `${repositoryAddress(web, repository)}/check-suites/1`;
  return {
    ...{ id: 1, node_id: 'CS_1', head_branch: branch, head_sha: sha, status: 'completed', conclusion, url: address },
    ...{ before: null, after: sha, pull_requests: [], created_at: begun, updated_at: begun },
    app: { ...appJson(web), id: 15_368, slug: 'github-actions', name: 'GitHub Actions', permissions: {}, events: [] },
    ...{ latest_check_runs_count: 1, check_runs_url: `${address}/check-runs` },
    ...{ rerequestable: true, runs_rerequestable: true, head_commit: commitJson(sha) },
  };
}

function commitJson(sha: string): Json {
  const who = { name: 'Ada', email: 'ada@example.com' };
  return { id: sha, tree_id: sha, message: 'Seed', timestamp: begun, author: who, committer: who };
}

/** What a `status` delivery holds of its own. */
export function statusJson(
  { web, repository }: Pick<PullPlace, 'web' | 'repository'>,
  { id, sha, context, state, description, targetUrl }: StatusState,
  branches: readonly string[],
): Json {
  const address = `${repositoryAddress(web, repository)}/commits/${sha}`;
  const who = { name: 'Ada', email: 'ada@example.com', date: begun };
  const verification = { verified: false, reason: 'unsigned', signature: null, payload: null, verified_at: null };
  const inner = {
    ...{ author: who, committer: who, message: 'Seed', tree: { sha, url: address }, url: address, comment_count: 0 },
    verification,
  };
  return {
    ...{
      id,
      sha,
      name: `${repository.owner.login}/${repository.name}`,
      target_url: targetUrl,
      context,
      description,
      state,
    },
    avatar_url: null,
    commit: {
      ...{
        sha,
        node_id: `C_${sha}`,
        commit: inner,
        url: address,
        html_url: address,
        comments_url: `${address}/comments`,
      },
      ...{ author: userJson(web, repository.owner), committer: userJson(web, repository.owner), parents: [] },
    },
    branches: branches.map((name) => ({ name, commit: { sha, url: address }, protected: false })),
    ...{ created_at: begun, updated_at: begun },
  };
}

/** A run of a workflow with all its jobs. */
export function runJson(
  { web, repository }: Pick<PullPlace, 'web' | 'repository'>,
  run: number,
  checks: readonly CheckState[],
): Json {
  const address = `${repositoryAddress(web, repository)}/actions/runs/${run}`;
  const [check] = checks;
  const isRunning = checks.some(({ conclusion }) => conclusion === undefined);
  return {
    ...{ id: run, node_id: `WFR_${run}`, head_branch: null, run_number: 1, display_title: 'ci', event: 'push' },
    ...{ status: isRunning ? 'in_progress' : 'completed', conclusion: isRunning ? null : 'failure' },
    ...{ head_sha: check?.sha, path: '.github/workflows/ci.yml', workflow_id: 1, url: address },
    ...{ html_url: check === undefined ? address : checkPage(web, check), created_at: begun, updated_at: begun },
    ...{ head_commit: commitJson(check?.sha ?? ''), repository: repositoryJson(web, repository), pull_requests: [] },
    head_repository: repositoryJson(web, repository),
    ...addresses(address, 'jobs logs check_suite cancel rerun artifacts workflow'),
  };
}
