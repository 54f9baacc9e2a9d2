import { requestReview } from './review-routes.js';
import { created, forbidden, ok, onNote, onThread, page, refused } from './routing.js';
import type { Answer, Call, Kind, Place, Route } from './routing.js';
import { emojiJson, noteJson } from './shapes.js';
import { addNote, nextId, now, type Emoji, type NoteState } from './state.js';

/** Only its author may change a note. */
function onOwnNote(
  kind: Kind,
  work: (call: Call, place: Place & { readonly note: NoteState }) => Answer,
): Route['answer'] {
  return onNote(kind, (call, place) => (place.note.author.id === call.token.user.id ? work(call, place) : forbidden));
}

/** GitLab says of an emoji that is there already that it is not there. */
function award({ web, body, token }: Call, emojis: Emoji[]): Answer {
  const name = String(body['name']);
  if (emojis.some((each) => each.name === name && each.user.id === token.user.id)) {
    return refused(404, '404 Award Emoji Name has already been taken Not Found');
  }
  const emoji = { id: nextId(web.state), name, user: token.user };
  emojis.push(emoji);
  return created(emojiJson(web, emoji));
}

function notes(call: Call, place: Place): Answer {
  const found = place.thread.notes.map((note) => noteJson(call.web, place, note));
  return page(call, call.query.get('sort') === 'asc' ? found : found.toReversed());
}

/** The same of issues and merge requests. */
export function threadRoutes(kind: Kind): readonly Route[] {
  const thread =
    kind === 'issues' ? '/projects/{id}/issues/{issue_iid}' : '/projects/{id}/merge_requests/{merge_request_iid}';
  const note = `${thread}/notes/{note_id}`;
  const listed = (emojis: readonly Emoji[], call: Call): Answer =>
    page(
      call,
      emojis.map((emoji) => emojiJson(call.web, emoji)),
    );
  return [
    {
      method: 'GET',
      path: `${thread}/notes`,
      fields: ['sort', 'order_by', 'per_page', 'page'],
      answer: onThread(kind, notes),
    },
    {
      method: 'POST',
      path: `${thread}/notes`,
      fields: ['body'],
      answer: onThread(kind, (call, place) => {
        const { web, body, token } = call;
        const action = requestReview(call, place);
        if (action !== undefined) return action;
        const added = addNote(web.state, place.thread, { author: token.user, body: String(body['body']) });
        return created(noteJson(web, place, added));
      }),
    },
    {
      method: 'PUT',
      path: note,
      fields: ['body'],
      answer: onOwnNote(kind, ({ web, body }, place) => {
        place.note.body = String(body['body']);
        place.note.updatedAt = now();
        return ok(noteJson(web, place, place.note));
      }),
    },
    {
      method: 'DELETE',
      path: note,
      answer: onOwnNote(kind, (_call, { thread: of, note: found }) => {
        of.notes.splice(of.notes.indexOf(found), 1);
        return { status: 204 };
      }),
    },
    {
      method: 'GET',
      path: `${thread}/award_emoji`,
      answer: onThread(kind, (call, place) => listed(place.thread.emojis, call)),
    },
    {
      method: 'POST',
      path: `${thread}/award_emoji`,
      answer: onThread(kind, (call, place) => award(call, place.thread.emojis)),
    },
    {
      method: 'GET',
      path: `${note}/award_emoji`,
      answer: onNote(kind, (call, place) => listed(place.note.emojis, call)),
    },
    {
      method: 'POST',
      path: `${note}/award_emoji`,
      answer: onNote(kind, (call, place) => award(call, place.note.emojis)),
    },
  ];
}
