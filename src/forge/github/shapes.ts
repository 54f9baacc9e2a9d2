import type { Person, Repository } from '../../domain/forge.js';

/** GitHub's user, as far as Fleet looks at one; null where the account was deleted. */
interface User {
  readonly id?: number;
  readonly login?: string;
  readonly type?: string | undefined;
}

/** GitHub shows what deleted accounts did as `ghost`. */
const ghost: Person = { id: '10137', login: 'ghost', kind: 'person' };

export function toPerson(user: User | null | undefined): Person {
  if (user?.id === undefined || user.login === undefined) return ghost;
  return { id: String(user.id), login: user.login, kind: user.type === 'Bot' ? 'bot' : 'person' };
}

/** A repository's path, the way GitHub's addresses want it. */
export function ownerAndName({ path }: Repository): { readonly owner: string; readonly repo: string } {
  const [owner = '', repo = ''] = path.split('/');
  return { owner, repo };
}
