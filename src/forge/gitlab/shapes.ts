import type { Person } from '../../domain/forge.js';

/** GitLab's user, as far as Fleet looks at one. */
interface User {
  readonly id: number;
  readonly username: string;
}

/** GitLab's own automation; these names can be taken by nobody. Payloads and notes do not say who is a bot. */
const botNames = /^(?:(?:project|group)_\d+_bot(?:_|$)|service_account_|(?:alert|support|security|automation)-bot$)/i;

export function toPerson({ id, username }: User): Person {
  return { id: String(id), login: username, kind: botNames.test(username) ? 'bot' : 'person' };
}

/** Whoever did what GitLab does not tell of. */
export const unnamed: Person = { id: '0', login: 'GitLab', kind: 'bot' };

/** What is talked about: GitLab numbers issues and merge requests apart. */
export interface Thread {
  readonly kind: 'issues' | 'merge_requests';
  readonly number: number;
}

/** A note is reached through what it stands on, so its id in Fleet names both. */
export interface NotePlace extends Thread {
  readonly note: number;
}

/** `issues/7/notes/1203`, as in GitLab's addresses. */
export function noteId({ kind, number, note }: NotePlace): string {
  return `${kind}/${number}/notes/${note}`;
}

/** Where a note is; undefined for an id that `noteId` did not make. */
export function placeOf(id: string): NotePlace | undefined {
  const [, kind, number, note] = /^(issues|merge_requests)\/(\d+)\/notes\/(\d+)$/.exec(id) ?? [];
  if (kind !== 'issues' && kind !== 'merge_requests') return undefined;
  return { kind, number: Number(number), note: Number(note) };
}

/** `#7` or `!7`, as GitLab writes it. */
export function nameOf({ kind, number }: Thread): string {
  return `${kind === 'issues' ? '#' : '!'}${number}`;
}
