import type { Person, Repository, Sighting } from '../../domain/forge.js';
import type { Deliveries } from './deliveries.js';
import type { LocalForgeOptions } from './options.js';
import type { LocalDatabase } from './tables.js';

/** An issue or merge request that somebody acts on; `by` is a login, by default the owner's. */
export interface Act {
  readonly repository: Repository;
  readonly number: number;
  readonly by?: string;
}

/** What every act of people needs. */
export interface Desk {
  readonly options: LocalForgeOptions;
  readonly database: LocalDatabase;
  readonly deliveries: Deliveries;
  readonly owner: Person;
}

/** The owner, or somebody without write access who is known by a login alone. */
export function personOf({ owner }: Desk, login = owner.login): Person {
  return login === owner.login ? owner : { id: `as:${login}`, login, kind: 'person' };
}

export function sighting(desk: Desk, { repository, by }: Omit<Act, 'number'>): Sighting {
  return { repository, by: personOf(desk, by), atMs: desk.options.clock.nowMs() };
}
