import type { Comment, ReactionTarget, Repository } from '../../domain/forge.js';
import type { Talk } from '../ensure-comment.js';
import type { Client } from './client.js';
import { isOutcomeUnknown, unlessMissing } from './errors.js';
import { ownerAndName, toPerson } from './shapes.js';
import { databaseIdOf } from './threads.js';

/** A longer talk than this is read from its beginning up to here. */
const mostComments = 500;

/** All comments of an issue or merge request, oldest first, at most 500. */
export async function listComments(
  client: Client,
  repository: Repository,
  number: number,
): Promise<readonly Comment[]> {
  return client.call(repository, `the comments on #${number}`, async (octokit) => {
    const found: Comment[] = [];
    const target = { ...ownerAndName(repository), issue_number: number, per_page: 100 };
    for await (const { data } of octokit.paginate.iterator(octokit.rest.issues.listComments, target)) {
      for (const comment of data) {
        found.push({
          id: String(comment.id),
          author: toPerson(comment.user),
          body: comment.body ?? '',
          createdAtMs: Date.parse(comment.created_at),
          byFleet: isOwn(client.appId, comment),
        });
      }
      if (found.length >= mostComments) break;
    }
    return found.slice(0, mostComments);
  });
}

/** True for what this app's own bot wrote: told by the app's id, never by a login. */
export function isOwn(
  appId: number,
  comment: {
    readonly user?: { readonly type?: string | undefined } | null | undefined;
    readonly performed_via_github_app?: { readonly id?: number } | null | undefined;
  },
): boolean {
  return comment.user?.type === 'Bot' && comment.performed_via_github_app?.id === appId;
}

/** The comments of an issue or merge request, to be read and written. */
export function talkOn(client: Client, repository: Repository, number: number): Talk {
  return {
    list: () => listComments(client, repository, number),
    create: (body) => create(client, repository, { number, body }),
    edit: (id, body) => edit(client, repository, id, body),
    remove: (id) => remove(client, repository, id),
    isOutcomeUnknown,
  };
}

async function create(
  client: Client,
  repository: Repository,
  { number, body }: { readonly number: number; readonly body: string },
): Promise<string> {
  const target = { ...ownerAndName(repository), issue_number: number, body };
  const { data } = await client.call(
    repository,
    `a new comment on #${number}`,
    (octokit) => octokit.rest.issues.createComment(target),
    { mayBeNew: true },
  );
  return String(data.id);
}

/** False when the comment is not there any more. */
async function edit(client: Client, repository: Repository, id: string, body: string): Promise<boolean> {
  const answer = await unlessMissing(
    client.call(repository, `comment ${id}`, (octokit) =>
      octokit.rest.issues.updateComment({ ...ownerAndName(repository), comment_id: Number(id), body }),
    ),
  );
  return answer !== undefined;
}

async function remove(client: Client, repository: Repository, id: string): Promise<void> {
  await unlessMissing(
    client.call(repository, `the double comment ${id}`, (octokit) =>
      octokit.rest.issues.deleteComment({ ...ownerAndName(repository), comment_id: Number(id) }),
    ),
  );
}

/** Puts eyes on an issue or a comment; GitHub keeps one of a kind per account, so doing it again is safe. The text of a review takes no reactions. */
export async function react(client: Client, repository: Repository, target: ReactionTarget): Promise<void> {
  const kind = kindOf(target);
  if (kind === 'review') return;
  const shared = { ...ownerAndName(repository), content: 'eyes' as const };
  const number = target.kind === 'issue' ? target.number : Number(databaseIdOf(target.id));
  await client.call(
    repository,
    target.kind === 'issue' ? `a reaction to #${number}` : `a reaction to comment ${target.id}`,
    (octokit) => {
      switch (kind) {
        case 'issue':
          return octokit.rest.reactions.createForIssue({ ...shared, issue_number: number });
        case 'inline':
          return octokit.rest.reactions.createForPullRequestReviewComment({ ...shared, comment_id: number });
        case 'comment':
          return octokit.rest.reactions.createForIssueComment({ ...shared, comment_id: number });
        default:
          return kind satisfies never;
      }
    },
    { mayBeNew: true },
  );
}

function kindOf(target: ReactionTarget): 'issue' | 'comment' | 'inline' | 'review' {
  if (target.kind === 'issue') return 'issue';
  const [, kind = 'comment'] = /^(inline|review)-/.exec(target.id) ?? [];
  return kind as 'comment' | 'inline' | 'review';
}
