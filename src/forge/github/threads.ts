import { z } from 'zod';
import type { Suggestion, Thread, ThreadComment, ThreadPlace } from '../../domain/review.js';
import { actor } from './actor.js';
import { instant } from './schema.js';
import { suggestedTexts } from './suggestions.js';

/** Ids of comments have outgrown GraphQL's `databaseId`, which is an Int. */
const databaseId = z.coerce.string();

const said = { fullDatabaseId: databaseId, body: z.string(), author: actor, viewerDidAuthor: z.boolean() };
const saidFields = 'fullDatabaseId body author { ...actor } viewerDidAuthor';
const remark = z.object({ ...said, createdAt: instant });

/** Of a longer thread only the last ones are given. */
export const mostComments = 100;

/** A thread at a place of the change. */
export const threadFragment = `fragment thread on PullRequestReviewThread { id path line startLine diffSide startDiffSide isOutdated isResolved viewerCanResolve comments(last: ${mostComments}) { nodes { ${saidFields} createdAt } } }`;
export const threadNode = z.object({
  id: z.string(),
  path: z.string(),
  line: z.number().nullable(),
  startLine: z.number().nullable(),
  diffSide: z.string(),
  startDiffSide: z.string().nullable(),
  isOutdated: z.boolean(),
  isResolved: z.boolean(),
  viewerCanResolve: z.boolean(),
  comments: z.object({ nodes: z.array(remark) }),
});

/** A comment below the merge request; a hidden one counts as resolved. */
export const commentFragment = `fragment below on IssueComment { ${saidFields} createdAt isMinimized }`;
export const commentNode = z.object({ ...said, createdAt: instant, isMinimized: z.boolean() });

/** A review without its comments, which are threads. */
export const reviewFragment = `fragment review on PullRequestReview { ${saidFields} submittedAt state isMinimized }`;
export const reviewNode = z.object({
  ...said,
  submittedAt: instant.nullable(),
  state: z.string(),
  isMinimized: z.boolean(),
});

type ThreadNode = z.output<typeof threadNode>;
type CommentNode = z.output<typeof commentNode>;

export function inlineThread(node: ThreadNode): Thread {
  const place = placeOf(node);
  return {
    id: node.id,
    kind: 'inline',
    place,
    isResolved: node.isResolved,
    canResolve: node.viewerCanResolve,
    isThreaded: true,
    comments: node.comments.nodes.map((each) => ({
      ...toComment(each, inlineCommentId(each.fullDatabaseId)),
      suggestions: suggestionsOf(node, place, each.body),
    })),
  };
}

export function commentThread(node: CommentNode): Thread {
  const { fullDatabaseId: id, isMinimized } = node;
  return loneThread(`comment-${id}`, 'comment', { isResolved: isMinimized, comment: toComment(node, id) });
}

/** The text of a review as a thread of its own; none where it has no text, or is not submitted. */
export function reviewThreads(node: z.output<typeof reviewNode>): readonly Thread[] {
  const { submittedAt: createdAt, isMinimized } = node;
  if (createdAt === null || node.state === 'PENDING' || node.body.trim() === '') return [];
  const id = reviewCommentId(node.fullDatabaseId);
  return [loneThread(id, 'review', { isResolved: isMinimized, comment: toComment({ ...node, createdAt }, id) })];
}

/** Id of a comment in a thread at a place; those below a merge request go by their number alone. */
export function inlineCommentId(databaseId: string | number): string {
  return `inline-${databaseId}`;
}

/** The number that GitHub itself gives a comment of any kind. */
export function databaseIdOf(commentId: string): string {
  return commentId.replace(/^[a-z]+-/, '');
}

/** Id of a review's text. */
export function reviewCommentId(databaseId: string | number): string {
  return `review-${databaseId}`;
}

function loneThread(
  id: string,
  kind: 'comment' | 'review',
  { isResolved, comment }: { readonly isResolved: boolean; readonly comment: ThreadComment },
): Thread {
  return { id, kind, isResolved, canResolve: false, isThreaded: false, comments: [comment] };
}

function toComment({ author, body, createdAt, viewerDidAuthor }: z.output<typeof remark>, id: string): ThreadComment {
  return { id, author, body, createdAtMs: createdAt, byFleet: viewerDidAuthor, suggestions: [] };
}

/** The left side of a change shows lines that are not there any more. */
function placeOf({ path, line, diffSide, isOutdated }: ThreadNode): ThreadPlace {
  const isThere = line !== null && diffSide === 'RIGHT' && !isOutdated;
  return { path, isOutdated, ...(isThere ? { line } : {}) };
}

/** Several suggestions for the same lines are a choice, which is not Fleet's to make. */
function suggestionsOf(node: ThreadNode, { path, line: toLine }: ThreadPlace, body: string): readonly Suggestion[] {
  const [text, ...others] = suggestedTexts(body);
  if (text === undefined || others.length > 0 || toLine === undefined || node.startDiffSide === 'LEFT') return [];
  return [{ path, fromLine: node.startLine ?? toLine, toLine, text }];
}
