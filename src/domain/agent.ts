import type { Secret } from './secret.js';

/** What an agent is asked to be. */
export type Role = 'triager' | 'researcher' | 'planner' | 'critic' | 'developer' | 'verifier' | 'auditor';

/** Why an attempt failed (contract: normalised events). */
export type AgentFailureKind = 'crash' | 'stalled' | 'loop' | 'flood' | 'wall' | 'limit' | 'auth' | 'refused' | 'other';

/** What limit was hit (contract: normalised events). */
export type LimitKind = 'rate' | 'plan' | 'quota' | 'overload' | 'auth' | 'context';

/** A limit that was hit, and where that is known from: text that a model may print is never a source. */
export interface LimitHit {
  readonly kind: LimitKind;
  /** When work may go on, where the agent tells. */
  readonly resetsAtMs?: number;
  /** `event`: a typed event or header; `status`: an exit code or HTTP status; `rollout`: a file of the CLI; `text`: the CLI's own words. */
  readonly source: 'event' | 'status' | 'rollout' | 'text';
}

/** A line of an agent's stream in the words that all dialects share (contract: normalised events). */
export type AgentEvent =
  | { readonly type: 'started'; readonly session: string }
  | { readonly type: 'said'; readonly text: string }
  /** `id`: of the call, where the dialect tells when it came back. */
  | { readonly type: 'used'; readonly tool: string; readonly input: unknown; readonly id?: string }
  | { readonly type: 'returned'; readonly id: string }
  /** As the dialect counts; see `DialectFacts.tokens` and `.cost`. */
  | ({ readonly type: 'usage' } & Usage)
  | ({ readonly type: 'limited' } & LimitHit)
  /** `source`: of the kind; by default `event`. */
  | {
      readonly type: 'retrying';
      readonly kind: LimitKind;
      readonly delayMs: number;
      readonly source?: LimitHit['source'];
    }
  | { readonly type: 'finished' }
  | { readonly type: 'failed'; readonly kind: AgentFailureKind; readonly reason: string }
  /** The session that was to be gone on with is not there. */
  | { readonly type: 'sessionLost' }
  /** A line of a kind that the dialect does not know, by the name that it gives itself: counted and shown, never fatal. */
  | { readonly type: 'unknown'; readonly name: string };

/** Tokens and money, as differences, never as running totals. */
export interface Usage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cachedTokens: number;
  readonly costUsd: number;
}

/** How an attempt ended: exit code and last event together. `stopped`: Fleet ended it because the run was stopped. */
export type AttemptOutcome =
  | { readonly kind: 'finished' }
  | { readonly kind: 'stopped' }
  | {
      readonly kind: 'failed';
      readonly failure: AgentFailureKind;
      readonly reason: string;
      /** What the account ran into; set where `failure` is `limit` or `auth` because of it. */
      readonly limit?: LimitHit;
      /** The session was gone; a fresh one can do the same work. */
      readonly isSessionLost?: true;
    };

/** One agent invocation, as it is kept with the run. */
export interface AttemptRecord {
  readonly id: string;
  readonly role: Role;
  readonly agent: string;
  /** What its limits count against; unset in records of before accounts were kept. */
  readonly account?: string;
  readonly task?: string;
  readonly outcome: AttemptOutcome;
  readonly usage: Usage;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
  /** The dialect's own session id, for a resume. */
  readonly session?: string;
}

/** A coding agent as the operator configured it. */
export interface AgentSpec {
  /** Unique, `[a-z0-9-]`. */
  readonly name: string;
  readonly dialect:
    'claude' | 'codex' | 'gemini' | 'opencode' | 'amp' | 'cursor' | 'kiro' | 'acp' | 'openrouter' | 'command';
  readonly model?: string;
  /** What limits are counted against. */
  readonly account: string;
  readonly maxConcurrent: number;
  /** argv of `command` and `acp` agents; relative paths are resolved already. */
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string | Secret>>;
  readonly timeouts: { readonly silenceMs: number; readonly wallMs: number };
  readonly vendor: string;
  /** Believe event lines on the stdout of a `command` agent. */
  readonly events: boolean;
  /** US dollars per million tokens. */
  readonly price?: { readonly inputPerMillion: number; readonly outputPerMillion: number };
}
