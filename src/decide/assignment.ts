import type { WorkEvent } from '../domain/event.js';
import type { Assignment, Obstacle, Run } from '../domain/run.js';

/** The agent that a role tries first; undefined when none is configured. */
export function firstAgent(run: Run, role: 'planner' | 'developer'): string | undefined {
  return run.prepared?.policy.agents[role][0];
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
  if (policy === undefined || at.failures + 1 >= policy.failures) {
    return { kind: 'spent', obstacle: { kind: badArtifact ? 'planMissing' : 'agentFailed', details: problems } };
  }
  const { role, task, from, feedback, threads } = at.assignment;
  const base = { role, from, threads, ...(task === undefined ? {} : { task }) };
  if (badArtifact) {
    const session = attempt.session === undefined ? {} : { session: attempt.session };
    const assignment: Assignment = {
      ...base,
      agent: at.assignment.agent,
      feedback: { kind: 'artifactProblems', problems },
      ...session,
    };
    return { kind: 'again', assignment, because: `the ${role} left no valid artifact; its problems go back` };
  }
  const agent = agentAfter(run, role === 'planner' ? 'planner' : 'developer', at.assignment.agent);
  const because = `the ${role} ${attempt.agent} failed; ${agent} goes on`;
  return { kind: 'again', assignment: { ...base, agent, feedback }, because };
}

/** The next agent of the role, after this one. */
export function agentAfter(run: Run, role: 'planner' | 'developer', agent: string): string {
  const agents = run.prepared?.policy.agents[role] ?? [];
  return agents[(agents.indexOf(agent) + 1) % agents.length] ?? agent;
}
