import type { ResourceNotes } from '@gitbeaker/rest';
import type { Comment, ReactionTarget, Repository } from '../../domain/forge.js';
import type { Talk } from '../ensure-comment.js';
import type { Api, CallOptions, Client } from './client.js';
import { isOutcomeUnknown, statusOf, unlessMissing } from './errors.js';
import { nameOf, noteId, placeOf, toPerson, type NotePlace, type Thread } from './shapes.js';

/** A longer talk than this many pages of 100 notes is read from its beginning up to here. */
const mostPages = 5;

/** The comments of an issue or merge request, oldest first; what GitLab itself notes there is left out. */
export async function listComments(
  client: Client,
  repository: Repository,
  thread: Thread,
): Promise<readonly Comment[]> {
  const self = await client.self();
  const notes = await client.call(repository, `the comments on ${nameOf(thread)}`, (api, projectId) =>
    notesOf(api, thread).all(projectId, thread.number, {
      ...{ sort: 'asc', orderBy: 'created_at', perPage: 100, maxPages: mostPages },
    }),
  );
  return notes
    .filter(({ system }) => !system)
    .map((note) => ({
      id: noteId({ ...thread, note: note.id }),
      author: toPerson(note.author),
      body: note.body,
      createdAtMs: Date.parse(note.created_at),
      byFleet: String(note.author.id) === self.id,
    }));
}

/** The comments of an issue or merge request, to be read and written. */
export function talkOn(client: Client, repository: Repository, thread: Thread): Talk {
  return {
    list: () => listComments(client, repository, thread),
    create: (body) => create(client, repository, { thread, body }),
    edit: (id, body) => edit(client, repository, id, body),
    remove: (id) => remove(client, repository, id),
    isOutcomeUnknown,
  };
}

async function create(
  client: Client,
  repository: Repository,
  { thread, body }: { readonly thread: Thread; readonly body: string },
): Promise<string> {
  const note = await client.call(
    repository,
    `a new comment on ${nameOf(thread)}`,
    (api, projectId) => notesOf(api, thread).create(projectId, thread.number, body),
    { mayBeNew: true },
  );
  return noteId({ ...thread, note: note.id });
}

/** False when the comment is not there any more. */
async function edit(client: Client, repository: Repository, id: string, body: string): Promise<boolean> {
  const answer = await onNote(client, repository, id, (api, projectId, { note, ...thread }) =>
    notesOf(api, thread).edit(projectId, thread.number, note, { body }),
  );
  return answer !== undefined;
}

async function remove(client: Client, repository: Repository, id: string): Promise<void> {
  await onNote(client, repository, id, (api, projectId, { note, ...thread }) =>
    notesOf(api, thread).remove(projectId, thread.number, note),
  );
}

async function onNote<T>(
  client: Client,
  repository: Repository,
  id: string,
  request: (api: Api, projectId: number, place: NotePlace) => Promise<T>,
): Promise<T | undefined> {
  const place = placeOf(id);
  if (place === undefined) return undefined;
  const what = `the comment ${place.note} on ${nameOf(place)}`;
  return unlessMissing(client.call(repository, what, (api, projectId) => request(api, projectId, place)));
}

/** Puts eyes on an issue, a merge request or a comment. GitLab keeps one of a kind per account. */
export async function react(client: Client, repository: Repository, target: ReactionTarget): Promise<void> {
  const place = target.kind === 'comment' ? placeOf(target.id) : threadOf(target);
  if (place === undefined) return;
  const call = <T>(request: (emojis: Emojis) => Promise<T>, options?: CallOptions): Promise<T> =>
    client.call(
      repository,
      `a reaction on ${nameOf(place)}`,
      (api, projectId) => request(emojisOf(api, projectId, place)),
      options,
    );
  try {
    await call(({ award }) => award('eyes'));
  } catch (error) {
    if (statusOf(error) !== 404) throw error;
    // GitLab answers 404 to an emoji that is there already, just as to a thing that it does not find.
    const self = await client.self();
    const there = await call(({ all }) => all(), { mayBeNew: true });
    if (there.some(({ name, user }) => name === 'eyes' && String(user.id) === self.id)) return;
    await call(({ award }) => award('eyes'));
  }
}

/** Where an issue, or what stands in the place of one, is talked about. */
export function threadOf({ number, isMergeRequest }: { number: number; isMergeRequest?: true | undefined }): Thread {
  return { kind: isMergeRequest === true ? 'merge_requests' : 'issues', number };
}

interface Emojis {
  readonly award: (name: string) => Promise<unknown>;
  readonly all: () => Promise<readonly { readonly name: string; readonly user: { readonly id: number } }[]>;
}

function notesOf(api: Api, { kind }: Thread): ResourceNotes {
  return kind === 'issues' ? api.IssueNotes : api.MergeRequestNotes;
}

function emojisOf(api: Api, projectId: number, place: Thread | NotePlace): Emojis {
  const { kind, number } = place;
  if ('note' in place) {
    const notes = kind === 'issues' ? api.IssueNoteAwardEmojis : api.MergeRequestNoteAwardEmojis;
    return {
      award: (name) => notes.award(projectId, number, place.note, name),
      all: () => notes.all(projectId, number, place.note, { perPage: 100 }),
    };
  }
  const things = kind === 'issues' ? api.IssueAwardEmojis : api.MergeRequestAwardEmojis;
  return {
    award: (name) => things.award(projectId, number, name),
    all: () => things.all(projectId, number, { perPage: 100 }),
  };
}
