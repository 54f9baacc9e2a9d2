import type { Kysely } from 'kysely';
import type { Person } from '../../domain/forge.js';
import type { Forge } from '../../ports/forge.js';
import type { Lookout } from '../../ports/lookout.js';
import type { Reviews } from '../../ports/review.js';
import { createDeliveries } from './deliveries.js';
import { createForge } from './forge.js';
import { createLookout } from './lookout.js';
import type { LocalForgeOptions } from './options.js';
import { createPeople, type LocalPeople } from './people.js';
import { createReviews } from './reviews.js';
import type { LocalTables } from './tables.js';

/** A forge in Fleet's own database: `forge` is what Fleet does on it, `people` what people do. */
export function createLocalForge(options: LocalForgeOptions): {
  readonly forge: Forge;
  readonly lookout: Lookout;
  readonly reviews: Reviews;
  readonly people: LocalPeople;
} {
  // The tables are this forge's own: nobody else writes or reads them.
  const database = (options.kysely as Kysely<LocalTables>).withSchema('fleet');
  const owner: Person = { id: 'owner', login: options.owner, kind: 'person' };
  const deliveries = createDeliveries(database, options.ids, options.clock, options.sink);
  const desk = { options, database, deliveries, owner };
  return {
    forge: createForge(options, { database, owner }),
    lookout: createLookout(desk),
    reviews: createReviews(desk),
    people: createPeople(desk),
  };
}
