import type { AgentSpec, AttemptRecord, Usage } from '../../src/domain/agent.js';
import type { Check, Evidence } from '../../src/domain/check.js';
import type { RunRequest } from '../../src/domain/event.js';
import type { Comment, Issue, MergeRequest, Person, Repository } from '../../src/domain/forge.js';
import type { JournalEntry } from '../../src/domain/journal.js';
import type { Criterion, Plan, Task } from '../../src/domain/plan.js';
import type {
  Demand,
  DemandComment,
  LedgerRow,
  ReadFeedback,
  RedJob,
  ReviewRecord,
  RoundCause,
} from '../../src/domain/review.js';
import type { RunPolicy } from '../../src/domain/policy.js';
import type { Ladder, Lane, Phase, WorkingPhase } from '../../src/domain/phase.js';
import type { DeliveredRound, FrozenIssue, Prepared, Run, RunId } from '../../src/domain/run.js';
import type { Assignment, Obstacle, Snapshot } from '../../src/domain/work.js';
import type { Settings } from '../../src/domain/settings.js';

type PhaseNamed<N extends Phase['name']> = Extract<Phase, { readonly name: N }>;

/** The moment at which builders begin: 2026-11-21 09:00:00 UTC. */
export const startMs = Date.UTC(2026, 10, 21, 9);

/** The id of `aRun`. */
const runId = 'r1' as RunId;

/** A person; the id follows from the login, so that equal logins are the same person. */
export function aPerson(login = 'mona', change: Partial<Person> = {}): Person {
  const id = Array.from(login).reduce((sum, letter) => sum * 31 + letter.charCodeAt(0), 7) % 100_000;
  return { id: String(id), login, kind: 'person', ...change };
}

export function aRepository(change: Partial<Repository> = {}): Repository {
  return { forge: 'github', id: '9001', path: 'acme/shop', defaultBranch: 'main', installation: '77', ...change };
}

export function anIssue(change: Partial<Issue> = {}): Issue {
  return {
    number: 7,
    title: 'slugify drops digits',
    body: '`slugify("Area 51")` gives `area`, it should give `area-51`.',
    url: 'https://github.com/acme/shop/issues/7',
    author: aPerson('olga'),
    ...change,
  };
}

export function aFrozenIssue(change: Partial<FrozenIssue> = {}): FrozenIssue {
  return { ...anIssue(), comments: [], ...change };
}

export function aComment(change: Partial<Comment> = {}): Comment {
  return {
    id: 'c1',
    author: aPerson(),
    body: 'Please keep the tests small.',
    createdAtMs: startMs - 60_000,
    byFleet: false,
    ...change,
  };
}

/** A snapshot whose commit and tree begin with the given hexadecimal digits. */
export function aSnapshot(digits = 'a1'): Snapshot {
  return { commit: `c${digits}`.padEnd(40, '0'), tree: `e${digits}`.padEnd(40, '0') };
}

export function aCriterion(change: Partial<Criterion> = {}): Criterion {
  return {
    id: 'AC1',
    text: 'slugify keeps digits',
    proof: { kind: 'command', run: 'node --test test/slug.test.js' },
    ...change,
  };
}

export function aTask(change: Partial<Task> = {}): Task {
  return {
    id: 'T1',
    title: 'Keep digits in slugs',
    description: 'The character class in slugify leaves digits out; add them and a test.',
    dependsOn: [],
    files: ['src/slug.js'],
    creates: [],
    criteria: ['AC1'],
    threads: [],
    ...change,
  };
}

export function aPlan(change: Partial<Plan> = {}): Plan {
  return {
    summary: 'slugify removes every character outside a-z. It should also keep 0-9.',
    criteria: [aCriterion(), aCriterion({ id: 'AC2', text: 'the README shows it', proof: { kind: 'inspection' } })],
    tasks: [
      aTask(),
      aTask({
        id: 'T2',
        title: 'Show digits in the README',
        description: 'Add an example with digits.',
        dependsOn: ['T1'],
        files: ['README.md'],
        criteria: ['AC2'],
      }),
    ],
    supersededTests: [],
    risks: [],
    ...change,
  };
}

export function aCheck(change: Partial<Check> = {}): Check {
  return { name: 'test', command: 'npm test', source: 'configured', ...change };
}

export function aPolicy(change: Partial<RunPolicy> = {}): RunPolicy {
  return {
    base: 'main',
    checks: [aCheck()],
    checkTimeoutMs: 600_000,
    protectedPaths: ['.github/**', '.gitlab-ci.yml'],
    review: { settleMs: 60_000, maxRounds: 10, resolveThreads: true, conflicts: 'merge' },
    budgets: { attemptsPerTask: 6, replans: 2, wallTimeMs: 21_600_000, tokens: 5_000_000, costUsd: 20 },
    retryBlocked: { afterMs: 43_200_000, times: 0 },
    failures: 2,
    parallelTasks: 1,
    planApproval: false,
    questionDeadlineMs: 86_400_000,
    agents: { planner: ['opus'], developer: ['opus'] },
    vendors: { opus: 'anthropic' },
    intents: {},
    ...change,
  };
}

export function aPrepared(change: Partial<Prepared> = {}): Prepared {
  const start = aSnapshot('b0');
  return { policy: aPolicy(), baseSha: start.commit, files: 300, start, ...change };
}

export function aUsage(change: Partial<Usage> = {}): Usage {
  return { inputTokens: 1200, outputTokens: 300, cachedTokens: 0, costUsd: 0.04, ...change };
}

export function anAttempt(change: Partial<AttemptRecord> = {}): AttemptRecord {
  return {
    id: 'a1',
    role: 'developer',
    agent: 'opus',
    outcome: { kind: 'finished' },
    usage: aUsage(),
    startedAtMs: startMs,
    endedAtMs: startMs + 60_000,
    ...change,
  };
}

export function anEvidence(change: Partial<Evidence> = {}): Evidence {
  return {
    name: 'test',
    kind: 'check',
    command: 'npm test',
    outcome: 'pass',
    exit: 0,
    durationMs: 1200,
    outputTail: 'ok 3 tests\n',
    tree: aSnapshot().tree,
    ...change,
  };
}

export function anAssignment(change: Partial<Assignment> = {}): Assignment {
  return { role: 'planner', agent: 'opus', feedback: { kind: 'none' }, threads: [], from: aSnapshot('b0'), ...change };
}

export function aPlanningPhase(change: Partial<PhaseNamed<'planning'>> = {}): PhaseNamed<'planning'> {
  return { name: 'planning', failures: 0, assignment: anAssignment(), ...change };
}

/** After so many attempts in one session, each on another tree and none nearer than the one before. */
export function aLadder(attempts = 0, change: Partial<Ladder> = {}): Ladder {
  const trees = Array.from({ length: attempts }, (_, index) => aSnapshot(`f${index}`).tree);
  return { rung: 'fix', onRung: attempts, frontiers: trees.map((tree) => ({ tree, failing: ['test'] })), ...change };
}

export function aLane(change: Partial<Lane> = {}): Lane {
  return {
    ...({ task: 'T1', step: 'agent', failures: 0 } as const),
    ladder: aLadder(),
    assignment: anAssignment({ role: 'developer', task: change.task ?? 'T1' }),
    head: aSnapshot('b0'),
    ...change,
  };
}

/** One task at hand. */
export function aWorkingPhase(change: Partial<Lane> = {}): WorkingPhase {
  const lane = aLane(change);
  return { name: 'working', head: lane.head, lanes: [lane] };
}

export function aDeliveringPhase(change: Partial<PhaseNamed<'delivering'>> = {}): PhaseNamed<'delivering'> {
  return { name: 'delivering', step: 'pushing', head: aSnapshot(), ...change };
}

export function anObstacle(change: Partial<Obstacle> = {}): Obstacle {
  return { kind: 'checksRed', details: ['test: `npm test` ended with exit code 1'], ...change };
}

export function aBlockedPhase(change: Partial<PhaseNamed<'blocked'>> = {}): PhaseNamed<'blocked'> {
  return { name: 'blocked', obstacle: anObstacle(), resume: { to: 'planning' }, ...change };
}

export function aMergeRequest(change: Partial<MergeRequest> = {}): MergeRequest {
  return { number: 8, url: 'https://github.com/acme/shop/pull/8', state: 'open', ...change };
}

export function aDemandComment(change: Partial<DemandComment> = {}): DemandComment {
  return {
    id: 'd1',
    by: aPerson('nils'),
    text: 'Please use the same pattern as in title.js.',
    atMs: startMs + 600_000,
    suggestions: [],
    ...change,
  };
}

/** A thread at a place of the change, as it is read from the forge. */
export function aDemand(change: Partial<Demand> = {}): Demand {
  return {
    thread: 'PRRT_1',
    kind: 'inline',
    place: { path: 'src/slug.js', line: 3, isOutdated: false },
    canResolve: true,
    isThreaded: true,
    comments: [aDemandComment()],
    ...change,
  };
}

/** A thread that round 2 has taken up. */
export function aLedgerRow(change: Partial<LedgerRow> = {}): LedgerRow {
  const comments = change.comments ?? [aDemandComment()];
  return {
    ...aDemand({ comments }),
    seen: comments.map(({ id }) => id),
    round: 2,
    taken: 1,
    state: 'open',
    ...change,
  };
}

export function aRedJob(change: Partial<RedJob> = {}): RedJob {
  return {
    id: 'j1',
    name: 'ci / test',
    url: 'https://github.com/acme/shop/actions/runs/5/job/6',
    step: 'npm test',
    cause: 'code',
    canRerun: true,
    logTail: 'not ok 2 - keeps digits\n  expected: area-51\n  actual: area\n',
    ...change,
  };
}

/** What round 2 answers. */
export function aRoundCause(change: Partial<RoundCause> = {}): RoundCause {
  return { threads: ['PRRT_1'], redJobs: [], sinceSha: aSnapshot('a7').commit, source: 'none', ...change };
}

export function aReviewRecord(change: Partial<ReviewRecord> = {}): ReviewRecord {
  const headSha = aSnapshot('a7').commit;
  return {
    updatedAtMs: startMs + 660_000,
    headSha,
    ci: { sha: headSha, verdict: 'none' },
    verdicts: [],
    ledger: [aLedgerRow()],
    reruns: [],
    redRounds: {},
    told: [],
    moreRounds: 0,
    ...change,
  };
}

/** What was read of a merge request that nobody has said anything about. */
export function aFeedback(change: Partial<ReadFeedback> = {}): ReadFeedback {
  const headSha = aSnapshot('a7').commit;
  return {
    ...{ updatedAtMs: startMs + 660_000, headSha, demands: [], resolved: [], verdicts: [] },
    ci: { sha: headSha, verdict: 'none', red: [] },
    ...change,
  };
}

/** The first round, with both tasks of `aPlan`. */
export function aDeliveredRound(change: Partial<DeliveredRound> = {}): DeliveredRound {
  const tasks = aPlan().tasks.map(({ id, title }) => ({ id, title }));
  return { round: 1, head: aSnapshot('a7'), tasks, ...change };
}

/** A run whose merge request is open and was not read yet. */
export function aRunInReview(change: Partial<Run> = {}): Run {
  return aRun({
    ...{ phase: { name: 'inReview', head: aSnapshot('a7') }, prepared: aPrepared(), plan: aPlan() },
    ...{ mergeRequest: aMergeRequest(), delivered: [aDeliveredRound()] },
    ...change,
  });
}

/** A run that was just admitted; give `phase`, `prepared`, `plan` … for later ones. */
export function aRun(change: Partial<Run> = {}): Run {
  return {
    id: runId,
    revision: 1,
    repository: aRepository(),
    issue: aFrozenIssue(),
    requester: aPerson(),
    label: 'fleet',
    branch: 'fleet/7-slugify-drops-digits',
    round: 1,
    phase: { name: 'queued', step: 'waiting', resume: { to: 'planning' } },
    attempts: [],
    evidence: [],
    delivered: [],
    status: { state: 'shown' },
    createdAtMs: startMs,
    updatedAtMs: startMs,
    ...change,
  };
}

export function aRunRequest(change: Partial<RunRequest> = {}): RunRequest {
  return {
    id: runId,
    repository: aRepository(),
    issue: aFrozenIssue(),
    requester: aPerson(),
    label: 'fleet',
    earlierRuns: 0,
    branchPrefix: 'fleet/',
    seen: 'issue',
    atMs: startMs,
    ...change,
  };
}

export function settingsOf(change: Partial<Settings> = {}): Settings {
  const anyone = ['opus'];
  return {
    labels: { github: 'fleet', gitlab: 'fleet', local: 'fleet' },
    markerPrefix: 'fleet',
    branchPrefix: 'fleet/',
    limits: { runs: 4, runsPerRepository: 2, runsPerDay: 200, runsPerRequesterPerDay: 50 },
    roles: {
      triager: anyone,
      researcher: anyone,
      planner: anyone,
      critic: anyone,
      developer: anyone,
      verifier: anyone,
      auditor: anyone,
    },
    ...change,
  };
}

export function anAgentSpec(change: Partial<AgentSpec> = {}): AgentSpec {
  const name = change.name ?? 'opus';
  return {
    name,
    dialect: 'claude',
    account: name,
    maxConcurrent: 1,
    command: [],
    env: {},
    timeouts: { silenceMs: 300_000, wallMs: 3_600_000 },
    vendor: 'anthropic',
    events: false,
    ...change,
  };
}

export function aJournalEntry(change: Partial<JournalEntry> = {}): JournalEntry {
  return {
    run: runId,
    atMs: startMs,
    kind: 'decided',
    text: 'issue was labelled',
    fields: { phase: 'queued' },
    ...change,
  };
}
