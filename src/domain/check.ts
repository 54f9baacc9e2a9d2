/** A command of the repository that must pass. */
export interface Check {
  readonly name: string;
  /** A shell line, run at the root of the worktree. */
  readonly command: string;
  readonly source: 'configured' | 'detected';
}

/** What Fleet saw when it ran a command itself. */
export interface Evidence {
  /** A check's name, or a criterion's id. */
  readonly name: string;
  readonly kind: 'setup' | 'check' | 'criterion';
  readonly command: string;
  /** `inconclusive`: not found, timed out or stopped; it never counts as a pass. */
  readonly outcome: 'pass' | 'fail' | 'inconclusive';
  /** The exit code, or why there is none. */
  readonly exit: number | 'timedOut' | 'stopped' | 'notStarted';
  readonly durationMs: number;
  /** The end of stdout and stderr as they came, at most 8,000 characters. */
  readonly outputTail: string;
  /** The git tree that the command ran on. */
  readonly tree: string;
}
