import type { Config } from '../config/config.js';
import type { Control } from '../control/request.js';

/** A Fleet in this process. */
export interface StartedFleet {
  /** The operations that commands have on it; the same as what its socket in the data folder serves. */
  readonly control: Control;
  /** `http://host:port`, where HTTP listens. */
  readonly address?: string;
  /** Ends what runs (its effects are taken up at the next start), closes ports and stores, gives up the data folder. */
  close(): Promise<void>;
}

export interface StartOptions {
  /** `none`: the stores, the local forge and the control only; what is done waits for a Fleet that works. */
  readonly role: 'all' | 'web' | 'worker' | 'none';
  /** False for one-off commands: no HTTP port. The control's socket is served all the same, except for `none`. */
  readonly listen: boolean;
  /** The one agent for every role: of the configuration, or a known CLI on PATH; another name is a `configurationBroken`. */
  readonly agent?: string;
  /** `off`: GitHub's writes are not spaced as probot does by default; for tests and figures only. */
  readonly spacing?: 'probot' | 'off';
}

/**
 * What `main.ts` exports for the commands.
 * `startFleet` throws a `Failure`: `configurationBroken` (exit 2), `retryLater` for stores that do not answer and a data folder that another process holds (exit 3).
 */
export interface FleetMain {
  readonly startFleet: (config: Config, options: StartOptions) => Promise<StartedFleet>;
  /** What doctor looks at; nothing is opened before a probe is called. */
  readonly probesFor: (config: Config) => DoctorProbes;
}

/** A look at one part of the surroundings. A rejected promise means: not well, for the reason in its message. */
export interface DoctorProbes {
  /** How agents are kept together (`src/process`). */
  containment(): Promise<{ readonly kind: 'namespace' } | { readonly kind: 'guard'; readonly because: string }>;
  /** The configured or discovered agents, each with what is wrong with it, if anything (`src/agent`). */
  agents(): Promise<readonly AgentFinding[]>;
  /** Connects to DATABASE_URL; not called for the embedded database. */
  database(): Promise<void>;
  /** Connects to REDIS_URL; not called without it. */
  redis(): Promise<void>;
  /** Asks `GET /app`; not called without APP_ID. */
  github(): Promise<GitHubFinding>;
}

export interface AgentFinding {
  readonly name: string;
  /** What it is: program and version. */
  readonly says: string;
  readonly problem?: { readonly what: string; readonly mend: string };
}

export interface GitHubFinding {
  readonly app: string;
  /** Permissions as granted and as needed, e.g. `contents: write`. */
  readonly missing: readonly string[];
}
