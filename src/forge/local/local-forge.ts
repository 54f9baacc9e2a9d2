import type { Kysely } from 'kysely';
import type { Person } from '../../domain/forge.js';
import type { Clock, Forge, Ids } from '../../ports.js';
import { createDeliveries, type Sink } from './deliveries.js';
import { createForge } from './forge.js';
import type { RunGit } from './git.js';
import { createPeople, type LocalPeople } from './people.js';
import type { LocalTables } from './tables.js';

export interface LocalForgeOptions {
  /** Fleet's database, migrated with `localMigrations`. */
  readonly kysely: Kysely<unknown>;
  readonly clock: Clock;
  readonly ids: Ids;
  /** Absolute path of the folder for bare repositories of URLs. */
  readonly folder: string;
  readonly git: RunGit;
  /** Login of the one person who has write access. */
  readonly owner: string;
  /** Prefix of Fleet's branches. */
  readonly branchPrefix: string;
  readonly sink: Sink;
}

/** A forge in Fleet's own database: `forge` is what Fleet does on it, `people` what people do. */
export function createLocalForge(options: LocalForgeOptions): { readonly forge: Forge; readonly people: LocalPeople } {
  // The tables are this forge's own: nobody else writes or reads them.
  const database = (options.kysely as Kysely<LocalTables>).withSchema('fleet');
  const owner: Person = { id: 'owner', login: options.owner, kind: 'person' };
  const deliveries = createDeliveries(database, options.ids, options.clock, options.sink);
  return {
    forge: createForge(options, { database, owner }),
    people: createPeople({ options, database, deliveries, owner }),
  };
}
