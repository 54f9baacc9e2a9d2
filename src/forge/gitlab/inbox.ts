import { besideLabel, type ForgeEvent, type Person, type Sighting } from '../../domain/forge.js';
import type { Repository } from '../../domain/forge.js';
import type { z } from 'zod';
import {
  issueSchema,
  kindSchema,
  mergeRequestSchema,
  noteSchema,
  pipelineHookSchema,
  projectSchema,
} from './schema.js';
import { noteId, toPerson, unnamed } from './shapes.js';

/** An authentic delivery. */
export interface GitLabDelivery {
  readonly payload: unknown;
  readonly receivedAtMs: number;
  /** What Fleet knows of already: deliveries about projects leave the default branch out. */
  readonly known: readonly Repository[];
}

type Reader = (delivery: GitLabDelivery) => readonly ForgeEvent[];

/**
 * Fleet's words for a delivery: none for what means nothing to it, and for what Fleet's own account (`ownId`) did.
 * Throws a `ZodError` when a known delivery does not have GitLab's shape.
 */
export function parseGitLab(delivery: GitLabDelivery, ownId: string | undefined): readonly ForgeEvent[] {
  const { object_kind: kind, event_name: name } = kindSchema.parse(delivery.payload);
  const read = readers.get(kind ?? name ?? '');
  return read === undefined ? [] : read(delivery).filter(({ by }) => by.id !== ownId);
}

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['issue', readIssue],
  ['note', readNote],
  ['merge_request', readMergeRequest],
  ['pipeline', readPipeline],
  ['project_rename', readProject],
  ['project_transfer', readProject],
  ['project_destroy', readProject],
]);

function readIssue({ payload }: GitLabDelivery): readonly ForgeEvent[] {
  const read = issueSchema.parse(payload);
  const {
    iid: number,
    title,
    description,
    url,
    action,
    author_id: authorId,
    updated_at: atMs,
  } = read.object_attributes;
  const seen = sighting(read, atMs);
  if (action === 'close') return [{ ...seen, type: 'issueClosed', issueNumber: number }];
  const author = authorOf(read, authorId);
  const issue = { number, title, body: description ?? '', url, author };
  const { added, removed } = labelChanges(read, action);
  return [
    ...removed.map((label): ForgeEvent => ({ ...seen, type: 'issueUnlabelled', issueNumber: number, label })),
    ...added.map((label): ForgeEvent => {
      const others = besideLabel(titlesOf(read.labels), label);
      return { ...seen, type: 'issueLabelled', issue: { ...issue, ...others }, label };
    }),
  ];
}

/** The author comes by id alone; the login is empty when nobody else in the delivery is the same person. */
function authorOf({ user, assignees }: z.infer<typeof issueSchema>, id: number): Person {
  const login = [user, ...assignees].find((each) => each.id === id)?.username ?? '';
  return toPerson({ id, username: login });
}

/** A comment that becomes a command by an edit starts nothing: only new ones count. */
function readNote({ payload }: GitLabDelivery): readonly ForgeEvent[] {
  const read = noteSchema.parse(payload);
  const { id, note: body, system, action, created_at: atMs, updated_at: editedAtMs } = read.object_attributes;
  const isNew = action === undefined ? atMs === editedAtMs : action === 'create';
  const seen = sighting(read, atMs);
  const onMergeRequest = read.merge_request !== undefined;
  const number = (read.merge_request ?? read.issue)?.iid;
  if (!isNew || system === true || seen.by.kind === 'bot' || number === undefined) return [];
  const commentId = noteId({ kind: onMergeRequest ? 'merge_requests' : 'issues', number, note: id });
  return [{ ...seen, type: 'issueCommented', issueNumber: number, onMergeRequest, commentId, body }];
}

function readMergeRequest({ payload }: GitLabDelivery): readonly ForgeEvent[] {
  const read = mergeRequestSchema.parse(payload);
  const { iid: number, action, updated_at: atMs } = read.object_attributes;
  const seen = sighting(read, atMs);
  if (action === 'merge' || action === 'close') {
    return [{ ...seen, type: 'mergeRequestClosed', number, merged: action === 'merge' }];
  }
  if (action === 'reopen') return [{ ...seen, type: 'mergeRequestReopened', number }];
  if (isReview(read, action)) return [{ ...seen, type: 'mergeRequestTouched', number, why: 'review' }];
  const { added } = labelChanges(read, action);
  return added.map((label) => ({ ...seen, type: 'mergeRequestLabelled', number, label }));
}

/** An approval or its end; where GitLab tells of other reviews, a reviewer has got another state by it. */
function isReview({ changes }: z.infer<typeof mergeRequestSchema>, action: string | undefined): boolean {
  const { previous, current } = changes?.reviewers ?? {};
  const stateOf = (id: number): string | undefined => previous?.find((each) => each.id === id)?.state;
  return (
    /^(?:un)?approv(?:ed|al)$/.test(action ?? '') ||
    (current ?? []).some(({ id, state = 'unreviewed' }) => state !== 'unreviewed' && state !== stateOf(id))
  );
}

/** GitLab names who pushed, which is Fleet more often than not; what is told is GitLab’s all the same. */
function readPipeline({ payload, receivedAtMs }: GitLabDelivery): readonly ForgeEvent[] {
  const { project, object_attributes: pipeline, merge_request: mergeRequest } = pipelineHookSchema.parse(payload);
  const { ref, tag, sha, status } = pipeline;
  if (tag || !['failed', 'canceled'].includes(status)) return [];
  const seen = { repository: repositoryOf(project), by: unnamed, atMs: receivedAtMs };
  return [{ ...seen, type: 'ciReported', branch: mergeRequest?.source_branch ?? ref, sha }];
}

/** Renamed, moved or deleted; what Fleet does not know is none of its business, since such hooks tell of every project. */
function readProject({ payload, known, receivedAtMs: atMs }: GitLabDelivery): readonly ForgeEvent[] {
  const { project_id: id, path_with_namespace: path } = projectSchema.parse(payload);
  const before = known.find((each) => each.forge === 'gitlab' && each.id === String(id));
  if (before === undefined) return [];
  const seen: Sighting = { repository: { ...before, path }, by: unnamed, atMs };
  const isGone = kindSchema.parse(payload).event_name === 'project_destroy';
  return [isGone ? { ...seen, type: 'repositoryLost', why: 'deleted' } : { ...seen, type: 'repositoryServed' }];
}

type Labelled = Pick<z.infer<typeof issueSchema>, 'labels' | 'changes'>;

/** A label that is there is not one that was just put on: what changed counts, and on something new everything did. */
function labelChanges(
  { labels, changes }: Labelled,
  action: string | undefined,
): { readonly added: readonly string[]; readonly removed: readonly string[] } {
  const changed = changes?.labels ?? (action === 'open' ? { previous: [], current: labels } : {});
  const [previous, current] = [titlesOf(changed.previous), titlesOf(changed.current)];
  return {
    added: current.filter((title) => !previous.includes(title)),
    removed: previous.filter((title) => !current.includes(title)),
  };
}

function titlesOf(labels: readonly { readonly title: string }[] | null | undefined): readonly string[] {
  return (labels ?? []).map(({ title }) => title);
}

function sighting({ user, project }: Pick<z.infer<typeof issueSchema>, 'user' | 'project'>, atMs: number): Sighting {
  return { repository: repositoryOf(project), by: toPerson(user), atMs };
}

function repositoryOf(project: z.infer<typeof issueSchema>['project']): Repository {
  const { id, path_with_namespace: path, default_branch: branch } = project;
  return { forge: 'gitlab', id: String(id), path, defaultBranch: branch ?? '' };
}
