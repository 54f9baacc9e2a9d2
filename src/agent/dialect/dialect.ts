import type { AgentEvent, AgentSpec } from '../../domain/agent.js';

/** What an agent is to do, as its dialect needs it. */
export interface Job {
  readonly spec: AgentSpec;
  readonly prompt: string;
  /** Session of the same agent to go on with. */
  readonly session?: string;
  /** Fleet, and so the agent, runs as root. */
  readonly asRoot: boolean;
  /** The attempt's own folders, absolute: HOME, and where files for the agent can be put. */
  readonly home: string;
  readonly artifacts: string;
  readonly worktree: string;
}

/** A job as a process. */
export interface AgentCommand {
  readonly argv: readonly string[];
  /** Beside what every agent gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
  /** Files that are written before the start, absolute path → text: settings of the CLI, or the prompt where it reads no stdin. */
  readonly files?: Readonly<Record<string, string>>;
}

/** What is known about a CLI, and differs between them. */
export interface DialectFacts {
  /** Ends every good run with a `finished` event, so that exit code 0 alone is not the end of the work. */
  readonly tellsEnd: boolean;
  /** What the numbers of a `usage` event are: a difference, the total of this process, or of the session over all its processes. */
  readonly tokens: 'step' | 'run' | 'session';
  readonly cost: 'none' | 'step' | 'run' | 'session';
  /** Where a session can be gone on with. */
  readonly resume: 'anywhere' | 'sameFolder' | 'never';
  /** Whether it says that it tries a request again; where it does not, silence decides. */
  readonly retries: 'told' | 'hidden';
  /** Whether it ends by itself after a number of steps. */
  readonly limitsTurns: boolean;
}

/** How a process of the dialect ended. */
export interface Exit {
  readonly code: number;
  /** The end of standard error. */
  readonly stderr: string;
}

/** How one agent CLI is spoken to: pure functions and what is known about it. */
export interface Dialect {
  readonly facts: DialectFacts;
  readonly command: (job: Job) => AgentCommand;
  /** Reads a line of standard output; lines that say nothing give no event, lines of an unknown kind an `unknown` one. */
  readonly parseLine: (line: string) => readonly AgentEvent[];
  /** What exit code and standard error say beyond the stream: only text that the CLI itself writes there. */
  readonly parseExit: (exit: Exit) => readonly AgentEvent[];
  /** Spoken instead when the process ends with `bridgeUnsupported` before anything was done. */
  readonly fallback?: Dialect;
}

/** Of a dialect whose stream says everything. */
export function nothingAtExit(): readonly AgentEvent[] {
  return [];
}

/** Exit code of a bridge whose CLI could not be started. */
const bridgeNotStarted = 127;

/** Of a bridge whose stream says everything, if there is one. */
export function notStartedAtExit({ code, stderr }: Exit): readonly AgentEvent[] {
  if (code !== bridgeNotStarted) return [];
  return [{ type: 'failed', kind: 'other', reason: `could not be started: ${stderr.trim()}` }];
}

/** Exit code of a bridge whose CLI does not speak the protocol: sysexits' EX_CONFIG. */
export const bridgeUnsupported = 78;
