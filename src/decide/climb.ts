import type { Evidence } from '../domain/check.js';
import { nextRung, type Frontier, type Rung } from '../domain/frontier.js';
import type { Ladder, Lane, Stuck, WorkingPhase } from '../domain/phase.js';
import { fleetTaskIds, proveTaskId } from '../domain/plan.js';
import type { Run } from '../domain/run.js';
import type { Assignment, Feedback, Snapshot } from '../domain/work.js';
import { agentAfter, agentsOf } from './assignment.js';
import { moved, type Decision } from './decision.js';
import { withLane } from './lanes.js';
import { goOn } from './go-on.js';

type Refusal = Extract<Feedback, { kind: 'checksRed' | 'changeRefused' }>;

/** A task of the phase. */
export interface At {
  readonly phase: WorkingPhase;
  readonly lane: Lane;
}

/** An attempt that is not good enough: what it left goes back, up the ladder until the task is done or a person is asked. */
export function sentBack(run: Run, { phase, lane }: At, snapshot: Snapshot, feedback: Refusal): Decision {
  const frontiers = [...lane.ladder.frontiers, { tree: snapshot.tree, failing: failingOf(feedback) }];
  const ladder: Ladder = { ...lane.ladder, onRung: lane.ladder.onRung + 1, frontiers };
  const { rung, because } = next(run, lane, ladder);
  const said = `${whatFailed(feedback)}; ${because}`;
  if (rung === 'blocked' || rung === 'replan') {
    const problems = [...detailsOf(feedback), ...triedOf(frontiers)];
    const asks = rung === 'replan' ? {} : { obstacle: { kind: feedback.kind, details: problems } };
    return stuck(run, { phase, lane: { ...lane, ladder } }, { problems, because: said, ...asks });
  }
  // A refused change is undone: what a tree may not bring must not be built upon. A merge is only there as far as it was worked on.
  const isKept = lane.merges !== undefined || lane.isConflicted === true;
  const from = feedback.kind === 'changeRefused' && !isKept ? lane.head : snapshot;
  const assignment = assigned(run, { ...lane.assignment, feedback, from }, rung, frontiers);
  const climbed = rung === 'fix' ? ladder : { ...ladder, rung, onRung: 0 };
  const back: Lane = { ...lane, step: 'agent', ladder: climbed, assignment };
  return goOn(moved(run, withLane(phase, back), said, { type: 'runAgent', assignment }));
}

/** The task got nowhere: the others are let come to their end, for what they do is not lost. */
export function stuck(run: Run, { phase, lane }: At, at: Stuck): Decision {
  return goOn(moved(run, withLane(phase, { ...lane, step: 'stuck', stuck: at }), at.because));
}

/** What Fleet itself brings in cannot be planned anew. */
function next(run: Run, { task }: Lane, ladder: Ladder): { readonly rung: Rung; readonly because: string } {
  const { attemptsPerTask = 0, replans = 0 } = run.prepared?.policy.budgets ?? {};
  const agents = agentsOf(run, 'developer').length;
  const isFleets = fleetTaskIds.includes(task) && task !== proveTaskId;
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
