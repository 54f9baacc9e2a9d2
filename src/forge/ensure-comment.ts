import type { Comment } from '../domain/forge.js';
import type { MarkedComment } from '../ports/forge.js';

/** What a forge's API can do with the comments of one issue or merge request. */
export interface Talk {
  list(): Promise<readonly Comment[]>;
  create(body: string): Promise<string>;
  /** False when the comment is not there any more. */
  edit(id: string, body: string): Promise<boolean>;
  remove(id: string): Promise<void>;
  /** True for an error that leaves open whether the forge did what it was asked for. */
  isOutcomeUnknown(error: unknown): boolean;
}

/** Puts the comment there once: edits the known or the first found one and removes later doubles, else creates it. */
export async function ensureComment(talk: Talk, comment: MarkedComment): Promise<{ readonly id: string }> {
  const { knownId, mayExist, find } = comment;
  const body = `${comment.marker}\n${comment.body}`;
  if (knownId !== undefined && (await talk.edit(knownId, body))) return { id: knownId };
  const [first, ...doubles] = knownId !== undefined || mayExist ? await look(talk, find) : [];
  for (const double of doubles) await talk.remove(double.id);
  if (first !== undefined && (first.body === body || (await talk.edit(first.id, body)))) return { id: first.id };
  return { id: await create(talk, body, find) };
}

async function look(talk: Talk, find: string): Promise<readonly Comment[]> {
  return (await talk.list()).filter((each) => each.byFleet && each.body.includes(find));
}

/** An answer that was lost leaves open whether the comment is there: looked for, never blindly made again. */
async function create(talk: Talk, body: string, find: string): Promise<string> {
  try {
    return await talk.create(body);
  } catch (error) {
    if (!talk.isOutcomeUnknown(error)) throw error;
    const [made] = await look(talk, find);
    if (made === undefined) throw error;
    return made.id;
  }
}
