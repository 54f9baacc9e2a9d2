import type { z } from 'zod';
import type { Thread, ThreadComment, ThreadPlace } from '../../domain/review.js';
import type { discussionSchema } from './review-schema.js';
import { noteId, toPerson } from './shapes.js';
import { suggestionsIn } from './suggestions.js';

/** A discussion with its notes, also those of GitLab itself. */
export type Discussion = z.infer<typeof discussionSchema>;

type Note = Discussion['notes'][number];

/** Whose discussions are read, by whom, and at which commit. */
export interface Reading {
  readonly number: number;
  readonly ownId: string;
  readonly headSha: string;
}

/** Comments of one thread that are given at most. */
const mostComments = 100;

/** What people said in it; none where GitLab alone noted something. */
export function toThread({ id, individual_note: isSingle, notes }: Discussion, reading: Reading): readonly Thread[] {
  const said = notes.filter(({ system }) => !system);
  const [first] = said;
  if (first === undefined) return [];
  const place = first.position == null ? undefined : placeOf(first.position, reading.headSha);
  const resolvable = said.filter((note) => note.resolvable);
  return [
    {
      id,
      kind: place === undefined ? 'comment' : 'inline',
      ...(place === undefined ? {} : { place }),
      isResolved: resolvable.length > 0 && resolvable.every(({ resolved }) => resolved === true),
      // Fleet opened the merge request, whose author may resolve. An answer makes a thread of a single comment, which
      // then waits for being resolved as any other does.
      canResolve: resolvable.length > 0 || isSingle,
      isThreaded: true,
      comments: said.slice(-mostComments).map((note) => toComment(note, place, reading)),
    },
  ];
}

/** GitLab moves a position along with each push while its lines stay as they were; else it stays at the older head. */
function placeOf(position: NonNullable<Note['position']>, headSha: string): ThreadPlace {
  const { head_sha: at, old_path: oldPath, new_path: newPath, new_line: line } = position;
  const isOutdated = at !== headSha;
  return { path: newPath ?? oldPath ?? '', ...(isOutdated || line == null ? {} : { line }), isOutdated };
}

function toComment(note: Note, place: ThreadPlace | undefined, { number, ownId }: Reading): ThreadComment {
  const { path, line } = place ?? {};
  return {
    id: noteId({ kind: 'merge_requests', number, note: note.id }),
    author: toPerson(note.author),
    body: note.body,
    createdAtMs: note.created_at,
    byFleet: String(note.author.id) === ownId,
    suggestions: path === undefined || line === undefined ? [] : suggestionsIn(note.body, { path, line }),
  };
}
