import type { AttemptRecord } from '../domain/agent.js';
import type { WorkEvent } from '../domain/event.js';
import type { StageRole } from '../domain/policy.js';
import type { Run } from '../domain/run.js';
import type { Assignment, Obstacle } from '../domain/work.js';

/** The agents of a role in order of preference: whom somebody has picked, then those that what the issue is about calls for, else the usual ones. */
export function agentsOf({ prepared, triage, agent: picked }: Run, role: StageRole): readonly string[] {
  const { intents = {}, agents } = prepared?.policy ?? {};
  const called = (triage?.intents ?? [])
    .filter((name) => Object.hasOwn(intents, name))
    .map((name) => intents[name]?.roles[role] ?? []);
  const names = called.find((some) => some.length > 0) ?? agents?.[role] ?? [];
  return picked === undefined || names.length === 0 ? names : [picked, ...names.filter((name) => name !== picked)];
}

/** The agent that a role tries first; undefined when none is configured. */
export function firstAgent(run: Run, role: StageRole): string | undefined {
  return agentsOf(run, role)[0];
}

/** Who looks at the work of others first; see `inspectorsOf`. */
export function inspectorOf(run: Run, role: 'critic' | 'verifier'): string | undefined {
  return inspectorsOf(run, role)[0];
}

/** Those of another vendor than who did the work, then other agents, then the rest; each in order of preference. */
function inspectorsOf(run: Run, role: 'critic' | 'verifier'): readonly string[] {
  const author = role === 'critic' ? 'planner' : 'developer';
  const authors = run.attempts.filter((attempt) => attempt.role === author).map(({ agent }) => agent);
  const vendorOf = (agent: string): string => run.prepared?.policy.vendors[agent] ?? agent;
  const vendors = new Set(authors.map(vendorOf));
  const nearness = (agent: string): number => (!vendors.has(vendorOf(agent)) ? 0 : !authors.includes(agent) ? 1 : 2);
  return [...agentsOf(run, role)].sort((one, other) => nearness(one) - nearness(other));
}

/**
 * Who may take an attempt, in order of preference: the one that it was given to, then those after it in its role; whom somebody has picked has
 * one go before all. Who looks at the work of others is by preference of another vendor than those who did it.
 */
export function candidatesOf(
  run: Run,
  { role, agent, task }: Pick<Assignment, 'role' | 'agent' | 'task'>,
): readonly string[] {
  if (role === 'auditor') return [agent];
  const agents = role === 'critic' || role === 'verifier' ? inspectorsOf(run, role) : agentsOf(run, role);
  const picked = run.agent;
  const had = run.attempts.some((one) => one.agent === picked && one.role === role && one.task === task);
  const at = agents.indexOf(picked === undefined || had ? agent : picked);
  if (at === -1) return agents;
  return [...agents.slice(at), ...agents.slice(0, at)];
}

/** The agent whose last attempt at the same work failed by itself: another one is better, where there is one. */
export function failedLast({ attempts }: Run, { role, task }: Pick<Assignment, 'role' | 'task'>): string | undefined {
  const last = attempts.findLast((attempt) => attempt.role === role && attempt.task === task);
  const { outcome } = last ?? {};
  return outcome?.kind === 'failed' && outcome.limit === undefined && outcome.isSessionLost !== true
    ? last?.agent
    : undefined;
}

/** What follows a failed attempt: another one, or a person. */
export type AfterFailure =
  | { readonly kind: 'again'; readonly assignment: Assignment; readonly failures: number; readonly because: string }
  | { readonly kind: 'spent'; readonly obstacle: Obstacle };

/** Where an attempt failed. */
interface FailedAt {
  readonly failures: number;
  readonly assignment: Assignment;
}

/**
 * A limit costs the task nothing: whoever is free goes on, with what was done. An agent that failed is followed by the next one of its role.
 * One that ended well and left a bad artifact gets its own session back with the problems.
 */
export function afterFailure(
  run: Run,
  at: FailedAt,
  event: Extract<WorkEvent, { type: 'attemptFailed' }>,
): AfterFailure {
  const { attempt, problems, left } = event;
  const policy = run.prepared?.policy;
  const badArtifact = attempt.outcome.kind === 'finished';
  const from = left === undefined || isHalf(attempt) ? at.assignment.from : left;
  const free = atNoCost({ ...at, assignment: { ...at.assignment, from } }, attempt);
  if (free !== undefined) return free;
  const { session: _, ...assignment } = at.assignment;
  const { role, feedback } = assignment;
  if (policy === undefined || at.failures + 1 >= policy.failures) {
    const missing = role === 'verifier' ? 'verdictMissing' : 'planMissing';
    return { kind: 'spent', obstacle: { kind: badArtifact ? missing : 'agentFailed', details: problems } };
  }
  const failures = at.failures + 1;
  const { agent } = attempt;
  if (badArtifact) {
    const session = attempt.session === undefined ? {} : { session: attempt.session };
    return {
      ...{ kind: 'again', failures },
      assignment: { ...assignment, agent, feedback: { kind: 'artifactProblems', problems }, ...session },
      because: `the ${role} left no valid artifact; its problems go back`,
    };
  }
  const next = role === 'auditor' ? agent : agentAfter(run, role, agent);
  const because = `the ${role} ${agent} failed; ${next} goes on`;
  return { kind: 'again', failures, assignment: { ...assignment, agent: next, feedback, from }, because };
}

/** What died by itself may have left half a file, which no check finds: that is archived, and not built upon. */
function isHalf({ outcome }: AttemptRecord): boolean {
  return outcome.kind === 'failed' && (outcome.failure === 'crash' || outcome.failure === 'flood');
}

/** What is not the task's fault is not counted against it: an account's limit, a session that is gone, one that has grown too long. */
function atNoCost({ assignment, failures }: FailedAt, attempt: AttemptRecord): AfterFailure | undefined {
  const { outcome, agent } = attempt;
  if (outcome.kind !== 'failed') return undefined;
  const { session, ...fresh } = assignment;
  const isTooLong = outcome.limit?.kind === 'context';
  if (session !== undefined && (isTooLong || outcome.isSessionLost === true)) {
    const because = `the session of ${agent} ${isTooLong ? 'is too long' : 'is gone'}; a fresh one goes on`;
    return { kind: 'again', failures, assignment: { ...fresh, agent }, because };
  }
  if (outcome.limit === undefined || isTooLong) return undefined;
  // Once its account is back it can go on where it was.
  const own = attempt.session === undefined ? {} : { session: attempt.session };
  const because = `${agent} has hit a limit (${outcome.limit.kind}); whoever is free goes on`;
  return { kind: 'again', failures, assignment: { ...fresh, agent, ...own }, because };
}

/** The next agent of the role, after this one. */
export function agentAfter(run: Run, role: StageRole, agent: string): string {
  const agents = agentsOf(run, role);
  return agents[(agents.indexOf(agent) + 1) % agents.length] ?? agent;
}
