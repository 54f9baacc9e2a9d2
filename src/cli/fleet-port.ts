import type { Config } from '../config/config.js';
import type { GitLabAccess } from '../config/environment.js';
import type { Secret } from '../domain/secret.js';
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
  /** Makes a GitLab project's webhook and label with a Maintainer's token, which is kept nowhere. */
  readonly connectGitLab: (access: GitLabAccess, order: GitLabOrder) => Promise<GitLabConnected>;
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
  /** Asks for the token and for the webhooks of Fleet's projects; not called without GITLAB_TOKEN. */
  gitlab(): Promise<GitLabFinding>;
}

export interface AgentFinding {
  readonly name: string;
  readonly dialect: string;
  readonly model?: string;
  /** What its limits count against. */
  readonly account: string;
  /** What its program says of itself, unless there is a problem. */
  readonly version?: string;
  /** Set where that is newer than the newest one that Fleet was proven on: this. */
  readonly provenOn?: string;
  /** As far as that shows without asking a model. */
  readonly login: 'yes' | 'no' | 'unknown';
  readonly problem?: { readonly what: string; readonly mend: string };
}

export interface GitHubFinding {
  readonly app: string;
  /** Permissions as granted and as needed, e.g. `contents: write`. */
  readonly missing: readonly string[];
}

export interface GitLabFinding {
  readonly account: string;
  /** Scopes that the token lacks. */
  readonly missing: readonly string[];
  /** `YYYY-MM-DD` */
  readonly expiresOn?: string;
  /** `unseen`: only a Maintainer may look. */
  readonly projects: readonly {
    readonly path: string;
    readonly webhook: 'well' | 'switchedOff' | 'missing' | 'unseen';
    /** Events that the webhook does not tell of, e.g. `pipeline_events`. */
    readonly untold?: readonly string[];
  }[];
}

export interface GitLabOrder {
  /** `group/name`, or the numeric id. */
  readonly project: string;
  readonly token: Secret;
  readonly webhookUrl: string;
  readonly webhookSecret: string;
  readonly label: string;
}

export interface GitLabConnected {
  readonly path: string;
  readonly webhook: 'created' | 'renewed';
  readonly label: 'created' | 'there';
  readonly fleetMayWrite: boolean;
}
