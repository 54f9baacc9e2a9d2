import type { z } from 'zod';
import { besideLabel, type ForgeEvent, type Repository, type Sighting } from '../../domain/forge.js';
import { isOwn } from './comments.js';
import {
  actionSchema,
  checkSuiteSchema,
  installationRepositoriesSchema,
  installationSchema,
  issueCommentSchema,
  issuesSchema,
  pullRequestSchema,
  repositorySchema,
  reviewCommentSchema,
  reviewSchema,
  statusSchema,
} from './schema.js';
import { toPerson } from './shapes.js';
import { inlineCommentId, reviewCommentId } from './threads.js';

/** An authentic delivery. */
export interface GitHubDelivery {
  /** The `X-GitHub-Event` header. */
  readonly event: string;
  readonly payload: unknown;
  readonly receivedAtMs: number;
  /** What Fleet knows of already: a suspension names no repositories, only the installation. */
  readonly known: readonly Repository[];
}

/** By what Fleet knows its own doing; ids, for logins can be taken by others. */
export interface OwnIds {
  readonly appId: number;
  /** Id of the app's bot account, where it is known. */
  readonly botId: string | undefined;
}

type Reader = (action: string, delivery: GitHubDelivery, own: OwnIds) => readonly ForgeEvent[];

/**
 * Fleet's words for a delivery: none for events and actions that mean nothing to it, and for what the app itself did.
 * Throws a `ZodError` when a known event does not have GitHub's shape.
 */
export function parseGitHub(delivery: GitHubDelivery, own: OwnIds): readonly ForgeEvent[] {
  if (delivery.event === 'status') return readStatus(delivery);
  const reader = readers.get(delivery.event);
  if (reader === undefined) return [];
  const { action } = actionSchema.parse(delivery.payload);
  return reader(action, delivery, own).filter(({ type, by }) => type === 'ciReported' || by.id !== own.botId);
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['issues', readIssues],
  ['issue_comment', readIssueComment],
  ['pull_request', readPullRequest],
  ['pull_request_review', readReview],
  ['pull_request_review_comment', readReviewComment],
  ['check_suite', readCheckSuite],
  ['installation', readInstallation],
  ['installation_repositories', readInstallationRepositories],
  ['repository', readRepository],
]);

function readIssues(action: string, { payload }: GitHubDelivery): readonly ForgeEvent[] {
  const ends = ['closed', 'transferred', 'deleted'].includes(action);
  if (!ends && action !== 'labeled' && action !== 'unlabeled') return [];
  const read = issuesSchema.parse(payload);
  const { number, title, body, html_url: url, user, updated_at: atMs } = read.issue;
  const seen = sighting(read, atMs);
  if (ends) return [{ ...seen, type: 'issueClosed', issueNumber: number }];
  if (read.label === undefined) return [];
  const label = read.label.name;
  if (action === 'unlabeled') return [{ ...seen, type: 'issueUnlabelled', issueNumber: number, label }];
  const others = besideLabel(read.issue.labels?.map(({ name }) => name) ?? [], label);
  const issue = { number, title, body: body ?? '', url, author: toPerson(user), ...others };
  return [{ ...seen, type: 'issueLabelled', issue, label }];
}

/** A comment that becomes a command by an edit starts nothing: only new ones count. */
function readIssueComment(action: string, { payload }: GitHubDelivery, { appId }: OwnIds): readonly ForgeEvent[] {
  if (action !== 'created') return [];
  const read = issueCommentSchema.parse(payload);
  const { comment, issue } = read;
  if (isOwn(appId, comment) || read.sender.type === 'Bot') return [];
  return [
    {
      ...sighting(read, comment.created_at),
      type: 'issueCommented',
      issueNumber: issue.number,
      onMergeRequest: issue.pull_request !== undefined,
      commentId: String(comment.id),
      body: comment.body,
    },
  ];
}

function readPullRequest(action: string, { payload }: GitHubDelivery): readonly ForgeEvent[] {
  if (action !== 'labeled' && action !== 'closed' && action !== 'reopened') return [];
  const read = pullRequestSchema.parse(payload);
  const { number, merged, updated_at: atMs } = read.pull_request;
  const seen = sighting(read, atMs);
  if (action === 'closed') return [{ ...seen, type: 'mergeRequestClosed', number, merged: merged === true }];
  if (action === 'reopened') return [{ ...seen, type: 'mergeRequestReopened', number }];
  return read.label === undefined ? [] : [{ ...seen, type: 'mergeRequestLabelled', number, label: read.label.name }];
}

/** A reply in a thread comes with a review of its own that has no text; Fleet's do as well. */
function readReview(action: string, { payload }: GitHubDelivery): readonly ForgeEvent[] {
  if (action !== 'submitted') return [];
  const read = reviewSchema.parse(payload);
  const { number } = read.pull_request;
  const { id, body, submitted_at: atMs } = read.review;
  if (read.sender.type === 'Bot') return [];
  const seen = sighting(read, atMs);
  if (body === null || body.trim() === '') return [{ ...seen, type: 'mergeRequestTouched', number, why: 'review' }];
  return [remarkOn(number, seen, { commentId: reviewCommentId(id), body })];
}

function readReviewComment(action: string, { payload }: GitHubDelivery): readonly ForgeEvent[] {
  if (action !== 'created') return [];
  const read = reviewCommentSchema.parse(payload);
  const { id, body, created_at: atMs } = read.comment;
  if (read.sender.type === 'Bot') return [];
  return [remarkOn(read.pull_request.number, sighting(read, atMs), { commentId: inlineCommentId(id), body })];
}

function remarkOn(
  issueNumber: number,
  seen: Sighting,
  comment: { readonly commentId: string; readonly body: string },
): ForgeEvent {
  return { ...seen, type: 'issueCommented', issueNumber, onMergeRequest: true, ...comment };
}

const passing = ['success', 'neutral', 'skipped'];

/** Whoever pushed is the sender, and that is Fleet: only the checks of the app itself are left out. */
function readCheckSuite(action: string, { payload }: GitHubDelivery, { appId }: OwnIds): readonly ForgeEvent[] {
  if (action !== 'completed') return [];
  const read = checkSuiteSchema.parse(payload);
  const { head_branch: branch, head_sha: sha, conclusion, updated_at: atMs, app } = read.check_suite;
  if (branch === null || app?.id === appId || conclusion === null || passing.includes(conclusion)) return [];
  return [{ ...sighting(read, atMs), type: 'ciReported', branch, sha }];
}

function readStatus({ payload }: GitHubDelivery): readonly ForgeEvent[] {
  const read = statusSchema.parse(payload);
  if (read.state !== 'failure' && read.state !== 'error') return [];
  const seen = sighting(read, read.updated_at);
  return read.branches.map(({ name }) => ({ ...seen, type: 'ciReported', branch: name, sha: read.sha }));
}

const fateOfInstallation = new Map<string, 'served' | 'uninstalled' | 'suspended'>([
  ['created', 'served'],
  ['unsuspend', 'served'],
  ['deleted', 'uninstalled'],
  ['suspend', 'suspended'],
]);

function readInstallation(action: string, delivery: GitHubDelivery): readonly ForgeEvent[] {
  const fate = fateOfInstallation.get(action);
  if (fate === undefined) return [];
  const read = installationSchema.parse(delivery.payload);
  const ofInstallation = delivery.known
    .filter(({ installation }) => installation === String(read.installation.id))
    .map(({ id, path }) => ({ id: Number(id), full_name: path }));
  return (read.repositories ?? ofInstallation).map((repository) => {
    const seen = sightingInList(read, repository, delivery);
    return fate === 'served' ? { ...seen, type: 'repositoryServed' } : { ...seen, type: 'repositoryLost', why: fate };
  });
}

function readInstallationRepositories(_action: string, delivery: GitHubDelivery): readonly ForgeEvent[] {
  const read = installationRepositoriesSchema.parse(delivery.payload);
  const seen = (repository: Listed): Sighting => sightingInList(read, repository, delivery);
  return [
    ...read.repositories_added.map((each): ForgeEvent => ({ ...seen(each), type: 'repositoryServed' })),
    ...read.repositories_removed.map((each): ForgeEvent => ({ ...seen(each), type: 'repositoryLost', why: 'removed' })),
  ];
}

/** Renamed, transferred, or with another default branch: the id stays, and the delivery holds the new state. */
function readRepository(action: string, { payload, receivedAtMs }: GitHubDelivery): readonly ForgeEvent[] {
  if (!['renamed', 'transferred', 'edited', 'deleted'].includes(action)) return [];
  const seen = sighting(repositorySchema.parse(payload), receivedAtMs);
  return [
    action === 'deleted' ? { ...seen, type: 'repositoryLost', why: 'deleted' } : { ...seen, type: 'repositoryServed' },
  ];
}

interface Listed {
  readonly id: number;
  readonly full_name: string;
}

interface Seen {
  readonly sender: z.infer<typeof installationSchema>['sender'];
  readonly installation?: { readonly id: number } | undefined;
}

function sighting(
  { sender, installation, repository }: Seen & { readonly repository: Listed & { readonly default_branch: string } },
  atMs: number,
): Sighting {
  const seen: Repository = {
    forge: 'github',
    id: String(repository.id),
    path: repository.full_name,
    defaultBranch: repository.default_branch,
    ...(installation === undefined ? {} : { installation: String(installation.id) }),
  };
  return { repository: seen, by: toPerson(sender), atMs };
}

/** Lists of repositories leave the default branch out: it is the known one, or empty until another delivery names it. */
function sightingInList(seen: Seen, repository: Listed, { known, receivedAtMs }: GitHubDelivery): Sighting {
  const before = known.find(({ forge, id }) => forge === 'github' && id === String(repository.id));
  return sighting(
    { ...seen, repository: { ...repository, default_branch: before?.defaultBranch ?? '' } },
    receivedAtMs,
  );
}
