import {
  created,
  missing,
  ok,
  onThread,
  page,
  refused,
  type Answer,
  type Call,
  type Place,
  type Route,
} from './routing.js';
import { discussionJson, noteJson, userJson } from './shapes.js';
import { addNote, discussionsOf, now, type NoteState } from './state.js';

const mergeRequest = '/projects/{id}/merge_requests/{merge_request_iid}';
const discussion = `${mergeRequest}/discussions/{discussion_id}`;

function notesIn({ params }: Call, { thread }: Place): readonly NoteState[] {
  return thread.notes.filter((note) => note.discussion === params['discussion_id']);
}

/** A single note becomes a thread by its first answer, and can be resolved from then on. */
function reply(call: Call, place: Place): Answer {
  const { web, body, token } = call;
  const [first] = notesIn(call, place);
  if (first === undefined) return missing('Discussion');
  if (first.system) return refused(400, 'Discussion can not be replied to.');
  first.type ??= 'DiscussionNote';
  const { discussion: id, type, position } = first;
  const added = addNote(web.state, place.thread, {
    ...{ author: token.user, body: String(body['body']), discussion: id, type },
    ...(position === undefined ? {} : { position }),
  });
  // An answer does not open a resolved thread again.
  if (first.resolvedBy !== undefined) added.resolvedBy = first.resolvedBy;
  return created(noteJson(web, place, added));
}

function listDiscussions(call: Call, place: Place): Answer {
  return page(
    call,
    discussionsOf(place.thread).map(([, notes]) => discussionJson(call.web, place, notes)),
  );
}

function reviewers({ web }: Call, { thread }: Place): Answer {
  const { reviewers: asked = [], reviews } = thread.merge ?? {};
  return ok(
    asked.map((user) => ({
      ...{ user: userJson(web, user), state: reviews?.get(user.id) ?? 'unreviewed', created_at: thread.createdAt },
    })),
  );
}

const request = /^\/request_review((?: @[\w.-]+)+)$/;

/** The one quick action that Fleet means: asks for review, anew of who gave one. Nobody whom GitLab knows: refused. */
export function requestReview({ web, body }: Call, { project, thread }: Place): Answer | undefined {
  const [, logins] = request.exec(String(body['body'])) ?? [];
  const { merge } = thread;
  if (logins === undefined || merge === undefined) return undefined;
  const names = logins
    .trim()
    .split(' @')
    .map((login) => login.replace('@', ''));
  const asked = [...web.state.accounts.values()].filter(
    ({ username }) => names.includes(username) && project.members.has(username),
  );
  if (asked.length === 0) return refused(400, 'Failed to request a review because no user was specified.');
  for (const user of asked) {
    if (!merge.reviewers.some(({ id }) => id === user.id)) merge.reviewers.push(user);
    merge.reviews.set(user.id, 'unreviewed');
  }
  thread.updatedAt = now();
  return { status: 202, body: { commands_changes: {}, summary: ['Requested a review.'] } };
}

/** True for a text that only asks for review. */
export function isRequest(text: unknown): boolean {
  return typeof text === 'string' && request.test(text);
}

export const reviewRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${mergeRequest}/discussions`,
    fields: ['per_page', 'page'],
    answer: onThread('merge_requests', listDiscussions),
  },
  {
    method: 'GET',
    path: discussion,
    fields: [],
    answer: onThread('merge_requests', (call, place) => {
      const notes = notesIn(call, place);
      return notes.length === 0 ? missing('Discussion') : ok(discussionJson(call.web, place, notes));
    }),
  },
  { method: 'POST', path: `${discussion}/notes`, fields: ['body'], answer: onThread('merge_requests', reply) },
  { method: 'GET', path: `${mergeRequest}/reviewers`, answer: onThread('merge_requests', reviewers) },
];
