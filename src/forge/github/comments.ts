import type { Comment, ReactionTarget, Repository } from '../../domain/forge.js';
import type { MarkedComment } from '../../ports/forge.js';
import type { Client } from './client.js';
import { isOutcomeUnknown, unlessMissing } from './errors.js';
import { ownerAndName, toPerson } from './shapes.js';

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

/** Puts the comment there once: edits the known or the first found one and removes later doubles, else creates it. */
export async function ensureComment(
  client: Client,
  repository: Repository,
  number: number,
  comment: MarkedComment,
): Promise<{ readonly id: string }> {
  const { knownId, mayExist, find } = comment;
  const body = `${comment.marker}\n${comment.body}`;
  if (knownId !== undefined && (await edit(client, repository, knownId, body))) return { id: knownId };
  const look = async (): Promise<readonly Comment[]> =>
    (await listComments(client, repository, number)).filter((each) => each.byFleet && each.body.includes(find));
  const [first, ...doubles] = knownId !== undefined || mayExist ? await look() : [];
  if (first === undefined) return create(client, repository, { number, body, look });
  for (const double of doubles) await remove(client, repository, double.id);
  if (first.body === body || (await edit(client, repository, first.id, body))) return { id: first.id };
  return create(client, repository, { number, body, look });
}

interface NewComment {
  readonly number: number;
  readonly body: string;
  readonly look: () => Promise<readonly Comment[]>;
}

/** An answer that was lost leaves open whether the comment is there: looked for, never blindly made again. */
async function create(client: Client, repository: Repository, comment: NewComment): Promise<{ readonly id: string }> {
  const { number, body, look } = comment;
  try {
    const target = { ...ownerAndName(repository), issue_number: number, body };
    const { data } = await client.call(
      repository,
      `a new comment on #${number}`,
      (octokit) => octokit.rest.issues.createComment(target),
      { mayBeNew: true },
    );
    return { id: String(data.id) };
  } catch (error) {
    if (!isOutcomeUnknown(error)) throw error;
    const [made] = await look();
    if (made === undefined) throw error;
    return { id: made.id };
  }
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

/** Puts eyes on an issue or a comment; GitHub keeps one of a kind per account, so doing it again is safe. */
export async function react(client: Client, repository: Repository, target: ReactionTarget): Promise<void> {
  const shared = { ...ownerAndName(repository), content: 'eyes' as const };
  await client.call(
    repository,
    target.kind === 'issue' ? `a reaction to #${target.number}` : `a reaction to comment ${target.id}`,
    (octokit) =>
      target.kind === 'issue'
        ? octokit.rest.reactions.createForIssue({ ...shared, issue_number: target.number })
        : octokit.rest.reactions.createForIssueComment({ ...shared, comment_id: Number(target.id) }),
    { mayBeNew: true },
  );
}
