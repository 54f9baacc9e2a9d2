import type { Kysely } from 'kysely';
import type { Clock, Ids } from '../../ports.js';
import type { Sink } from './deliveries.js';
import type { RunGit } from './git.js';

/** What the local forge works with. */
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
