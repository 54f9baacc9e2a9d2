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
  /** Names of the tests that failed, where the runner names every one of them; at most 100. Of a flaky command: those of the first time. */
  readonly failedTests?: readonly string[];
  /** It is red, and so it was on the base, by nothing else: no fault of the change, and no proof for it. */
  readonly wasRed?: true;
  /** It failed, and passed when it was run once more on the same tree. */
  readonly flaky?: true;
  /** The head changes files that say how checks are run, or programs that they run; it was judged by those of the base. */
  readonly byBase?: true;
  /** Hash of the gate's definition: the command, and the files that say how it is run. */
  readonly gate?: string;
  /** What the command's test runner counted, where one was recognised. */
  readonly tests?: TestCounts;
}

/** How many tests there were, by the runner's own report. */
export interface TestCounts {
  /** E.g. `vitest`, `node:test`, `pytest`, `JUnit XML`, `TAP`. */
  readonly runner: string;
  readonly found: number;
  /** Found and not skipped. */
  readonly run: number;
  readonly skipped: number;
  readonly failed: number;
}

/** What became of one test. */
export interface TestResult {
  /** File where the runner tells it, then suites, then the test: `test/slug.test.js › slug › keeps digits`. */
  readonly name: string;
  readonly outcome: 'passed' | 'failed' | 'skipped';
}

/** A test runner's own report of one command. */
export interface TestReport {
  readonly counts: TestCounts;
  /** Whether `results` holds every test, or only those that the runner names by default: the failed ones. */
  readonly namesAll: boolean;
  readonly results: readonly TestResult[];
}

/** What Fleet saw of a command, with all that its test runner told. Kept only as long as it is compared. */
export interface Sighting {
  readonly evidence: Evidence;
  readonly report?: TestReport;
}

/** A small change of one source file that a test of it should notice. */
export interface Mutation {
  readonly path: string;
  readonly line: number;
  readonly from: string;
  readonly to: string;
}

/** What stands of a command that failed and was run once more on the same tree: a pass with a mark, or else what failed both times. */
export function lookedAtTwice(first: Sighting, second: Sighting): Sighting {
  const [failed, again] = [first.evidence.failedTests, second.evidence.failedTests];
  if (second.evidence.outcome === 'pass') {
    return { ...second, evidence: { ...second.evidence, flaky: true, ...(failed && { failedTests: failed }) } };
  }
  // Alone it may lack what another check has made; then the first time tells more.
  return again?.every((test) => failed?.includes(test)) === true ? second : first;
}
