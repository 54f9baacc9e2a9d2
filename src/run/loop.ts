import type { ForgeName } from '../domain/forge.js';
import type { Settings } from '../domain/settings.js';
import type { Ports } from '../ports.js';
import type { Forge } from '../ports/forge.js';
import type { Reviews } from '../ports/review.js';
import type { AccountHealth } from './account-health.js';
import type { HeldClaims } from './held-claims.js';
import type { Pool } from './pool.js';

/** What every step of the loop works with. */
export interface Loop {
  readonly ports: Ports;
  readonly settings: Settings;
  /** Names this worker in claims; the same after a restart on the same data folder. */
  readonly worker: string;
  readonly held: HeldClaims;
  readonly pool: Pool;
  readonly health: AccountHealth;
  /** Fleet's own login per forge, for mentions, where it is known. */
  readonly logins: ReadonlyMap<ForgeName, string>;
  /** Works one at a time per key, in the order of the calls. */
  readonly inOrder: <T>(key: string, work: () => Promise<T>) => Promise<T>;
}

/** The forge of that name; a run on a forge that is not configured any more is a bug of the caller's wiring. */
export function forgeOf(loop: Loop, name: ForgeName): Forge {
  const forge = loop.ports.forges.get(name);
  if (forge === undefined) throw new Error(`forge ${name} is not configured: set its variables or stop its runs`);
  return forge;
}

/** The reviews of the forge of that name; see `forgeOf`. */
export function reviewsOf(loop: Loop, name: ForgeName): Reviews {
  const reviews = loop.ports.reviews.get(name);
  if (reviews === undefined) throw new Error(`forge ${name} is not configured: set its variables or stop its runs`);
  return reviews;
}
