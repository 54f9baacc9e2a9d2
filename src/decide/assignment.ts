import type { WorkEvent } from '../domain/event.js';
import type { StageRole } from '../domain/policy.js';
import type { Run } from '../domain/run.js';
import type { Assignment, Obstacle } from '../domain/work.js';

/** The agents of a role in order of preference: those that what the issue is about calls for, else the usual ones. */
export function agentsOf({ prepared, triage }: Run, role: StageRole): readonly string[] {
  const { intents = {}, agents } = prepared?.policy ?? {};
  const called = (triage?.intents ?? [])
    .filter((name) => Object.hasOwn(intents, name))
    .map((name) => intents[name]?.roles[role] ?? []);
  return called.find((names) => names.length > 0) ?? agents?.[role] ?? [];
}

/** The agent that a role tries first; undefined when none is configured. */
export function firstAgent(run: Run, role: StageRole): string | undefined {
  return agentsOf(run, role)[0];
}

/** Who looks at the work of others: by preference of another vendor than those who did it, else another agent, else the first. */
export function inspectorOf(run: Run, role: 'critic' | 'verifier'): string | undefined {
  const author = role === 'critic' ? 'planner' : 'developer';
  const authors = run.attempts.filter((attempt) => attempt.role === author).map(({ agent }) => agent);
  const vendorOf = (agent: string): string => run.prepared?.policy.vendors[agent] ?? agent;
  const vendors = new Set(authors.map(vendorOf));
  const agents = agentsOf(run, role);
  return (
    agents.find((agent) => !vendors.has(vendorOf(agent))) ??
    agents.find((agent) => !authors.includes(agent)) ??
    agents[0]
  );
}

/** What follows a failed attempt: another one, or a person. */
export type AfterFailure =
  | { readonly kind: 'again'; readonly assignment: Assignment; readonly because: string }
  | { readonly kind: 'spent'; readonly obstacle: Obstacle };

/**
 * An agent that failed is followed by the next one of its role, from the same snapshot. One that ended well and left a bad artifact gets
 * its own session back with the problems.
 */
export function afterFailure(
  run: Run,
  at: { readonly failures: number; readonly assignment: Assignment },
  event: Extract<WorkEvent, { type: 'attemptFailed' }>,
): AfterFailure {
  const { attempt, problems } = event;
  const policy = run.prepared?.policy;
  const badArtifact = attempt.outcome.kind === 'finished';
  const { session: _, ...assignment } = at.assignment;
  const { role, agent, feedback } = assignment;
  if (policy === undefined || at.failures + 1 >= policy.failures) {
    const missing = role === 'verifier' ? 'verdictMissing' : 'planMissing';
    return { kind: 'spent', obstacle: { kind: badArtifact ? missing : 'agentFailed', details: problems } };
  }
  if (badArtifact) {
    const session = attempt.session === undefined ? {} : { session: attempt.session };
    return {
      kind: 'again',
      assignment: { ...assignment, feedback: { kind: 'artifactProblems', problems }, ...session },
      because: `the ${role} left no valid artifact; its problems go back`,
    };
  }
  const next = role === 'auditor' ? agent : agentAfter(run, role, agent);
  const because = `the ${role} ${attempt.agent} failed; ${next} goes on`;
  return { kind: 'again', assignment: { ...assignment, agent: next, feedback }, because };
}

/** The next agent of the role, after this one. */
export function agentAfter(run: Run, role: StageRole, agent: string): string {
  const agents = agentsOf(run, role);
  return agents[(agents.indexOf(agent) + 1) % agents.length] ?? agent;
}
