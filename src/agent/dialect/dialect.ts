import type { AgentEvent, AgentSpec } from '../../domain/agent.js';

/** What an agent is to do, as its dialect needs it. */
export interface Job {
  readonly spec: AgentSpec;
  readonly prompt: string;
  /** Session of the same agent to go on with. */
  readonly session?: string;
  /** Fleet, and so the agent, runs as root. */
  readonly asRoot: boolean;
}

/** A job as a process. */
export interface AgentCommand {
  readonly argv: readonly string[];
  /** Beside what every agent gets. */
  readonly env: Readonly<Record<string, string>>;
  readonly stdin: string;
}

/** How one agent CLI is spoken to: two pure functions and what is known about it. */
export interface Dialect {
  readonly command: (job: Job) => AgentCommand;
  /** Reads a line of standard output; lines that say nothing give no event. */
  readonly parseLine: (line: string) => readonly AgentEvent[];
  /** Ends every good run with a `finished` event, so that exit code 0 alone is not the end of the work. */
  readonly tellsEnd: boolean;
}
