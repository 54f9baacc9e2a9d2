import type { Evidence } from '../domain/check.js';
import { nextRung, type Frontier, type Rung } from '../domain/frontier.js';
import { fleetTaskIds, proveTaskId } from '../domain/plan.js';
import type { Assignment, Feedback, Ladder, Run, Snapshot, WorkingPhase } from '../domain/run.js';
import { agentAfter } from './assignment.js';
import { blocked, moved, shownTo, type Decision } from './decision.js';
import { resumeOf } from './failed-effect.js';
import { startReplanning } from './start.js';

type Refusal = Extract<Feedback, { kind: 'checksRed' | 'changeRefused' }>;

/** An attempt that is not good enough: what it left goes back, up the ladder until the task is done or a person is asked. */
export function sentBack(run: Run, phase: WorkingPhase, snapshot: Snapshot, feedback: Refusal): Decision {
  const frontiers = [...phase.ladder.frontiers, { tree: snapshot.tree, failing: failingOf(feedback) }];
  const ladder: Ladder = { ...phase.ladder, onRung: phase.ladder.onRung + 1, frontiers };
  const { rung, because } = next(run, phase, ladder);
  const said = `${whatFailed(feedback)}; ${because}`;
  if (rung === 'blocked' || rung === 'replan') {
    const problems = [...detailsOf(feedback), ...triedOf(frontiers)];
    const at = { task: phase.task, head: phase.head, problems };
    return rung === 'replan'
      ? startReplanning(run, at, said)
      : shownTo({ ...blocked(run, { kind: feedback.kind, details: problems }, resumeOf(run)), because: said });
  }
  // A refused change is undone: what a tree may not bring must not be built upon. A merge is only there as far as it was worked on.
  const from = feedback.kind === 'changeRefused' && phase.merges === undefined ? phase.head : snapshot;
  const assignment = assigned(run, { ...phase.assignment, feedback, from }, rung, frontiers);
  const climbed = rung === 'fix' ? ladder : { ...ladder, rung, onRung: 0 };
  return moved(run, { ...phase, step: 'agent', ladder: climbed, assignment }, said, { type: 'runAgent', assignment });
}

/** What Fleet itself brings in cannot be planned anew. */
function next(run: Run, phase: WorkingPhase, ladder: Ladder): { readonly rung: Rung; readonly because: string } {
  const { attemptsPerTask = 0, replans = 0 } = run.prepared?.policy.budgets ?? {};
  const agents = run.prepared?.policy.agents.developer.length ?? 0;
  const isFleets = fleetTaskIds.includes(phase.task) && phase.task !== proveTaskId;
  const budget = { attempts: attemptsPerTask, replans: isFleets ? 0 : replans };
  return nextRung({ ...ladder, agents, replans: run.replans ?? 0 }, budget);
}

function assigned(
  run: Run,
  assignment: Assignment,
  rung: 'fix' | 'fresh' | 'other',
  frontiers: readonly Frontier[],
): Assignment {
  if (rung === 'fix') return assignment;
  const { session: _, ...fresh } = assignment;
  const agent = rung === 'other' ? agentAfter(run, 'developer', assignment.agent) : assignment.agent;
  return { ...fresh, agent, tried: triedOf(frontiers) };
}

/** A line for each attempt. */
function triedOf(frontiers: readonly Frontier[]): readonly string[] {
  return frontiers.map(({ failing }, index) => `attempt ${index + 1}: ${failing.slice(0, 5).join(', ')}`);
}

function failingOf(feedback: Refusal): readonly string[] {
  if (feedback.kind === 'changeRefused') return [...feedback.problems].sort();
  return feedback.evidence
    .flatMap(({ name, failedTests = [] }) =>
      failedTests.length === 0 ? [name] : failedTests.map((test) => `${name}: ${test}`),
    )
    .sort();
}

function whatFailed(feedback: Refusal): string {
  return feedback.kind === 'checksRed' ? `red: ${namesOf(feedback.evidence)}` : 'the change is refused';
}

function detailsOf(feedback: Refusal): readonly string[] {
  if (feedback.kind === 'changeRefused') return feedback.problems;
  return feedback.evidence.map(
    (one) => `${one.name} (${one.command}): ${typeof one.exit === 'number' ? `exit ${one.exit}` : one.exit}`,
  );
}

/** `lint, test` */
export function namesOf(evidence: readonly Evidence[]): string {
  return evidence.map((one) => one.name).join(', ');
}

/** What is known of each check and criterion: the newest sight of it. */
export function newest(before: readonly Evidence[], now: readonly Evidence[]): readonly Evidence[] {
  const names = new Set(now.map((one) => one.name));
  return [...before.filter((one) => !names.has(one.name)), ...now];
}
