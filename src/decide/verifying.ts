import type { WorkEvent } from '../domain/event.js';
import type { VerifyingPhase } from '../domain/phase.js';
import type { Criterion } from '../domain/plan.js';
import { besideBaseline, isRed } from '../domain/receipts.js';
import type { Run } from '../domain/run.js';
import { findingLine, type Verdict } from '../domain/verdict.js';
import type { Feedback, Snapshot } from '../domain/work.js';
import { afterFailure } from './assignment.js';
import { namesOf, newest } from './climb.js';
import { blocked, counted, moved, shownTo, stays, type Decision } from './decision.js';
import {
  deliver,
  onBase,
  startCrossing,
  startGates,
  startInspecting,
  startProving,
  startReplanning,
  startResolving,
} from './start.js';

type VerifyingEvent = Extract<
  WorkEvent,
  { type: 'integrated' | 'checked' | 'crossed' | 'inspected' | 'attemptFailed' }
>;

/** How often what does not hold goes to the developer before the round is planned anew. */
const goesBack = 2;

/**
 * The change as a whole: on the base as it is by now, every gate on exactly its tree, its tests against the base, then the eyes of another
 * agent. What does not hold goes back, the rest is delivered.
 */
export function afterVerifying(run: Run, event: VerifyingEvent): Decision {
  const next = 'attempt' in event ? { ...run, attempts: [...run.attempts, event.attempt] } : run;
  const { phase } = next;
  if (phase.name !== 'verifying') return stays(next, `late: ${event.type} while ${phase.name}`);
  if (phase.step !== stepOf[event.type]) return stays(next, `late: ${event.type} during ${phase.step}`);
  switch (event.type) {
    case 'integrated':
      return integrated(onBase(next, event.onto), event);
    case 'checked':
      return checked(next, phase, event);
    case 'crossed':
      return crossed(next, phase, event);
    case 'inspected':
      return inspected(next, phase, event);
    case 'attemptFailed':
      return failed(next, phase, event);
    default:
      return event satisfies never;
  }
}

/** What each event comes from. */
const stepOf: Readonly<Record<VerifyingEvent['type'], VerifyingPhase['step']>> = {
  integrated: 'integrate',
  checked: 'gates',
  crossed: 'crossing',
  inspected: 'inspecting',
  attemptFailed: 'inspecting',
};

function integrated(run: Run, { head, conflict }: Extract<WorkEvent, { type: 'integrated' }>): Decision {
  return conflict === undefined ? startGates(run, head, 'it stands on the base') : startResolving(run, head, conflict);
}

function checked(run: Run, { head }: VerifyingPhase, event: Extract<WorkEvent, { type: 'checked' }>): Decision {
  const evidence = besideBaseline(event.evidence, run.baseline ?? []);
  const next = { ...run, evidence: newest(run.evidence, evidence) };
  const red = evidence.filter(isRed);
  if (red.length === 0) return startCrossing(next, head, `${counted(evidence.length, 'check')} passed`);
  return notGood(next, head, { kind: 'checksRed', evidence: red }, `red: ${namesOf(red)}`);
}

function crossed(run: Run, { head }: VerifyingPhase, event: Extract<WorkEvent, { type: 'crossed' }>): Decision {
  const { problems, notes } = event;
  const { testNotes: _, ...rest } = run;
  const noted: Run = notes.length === 0 ? rest : { ...rest, testNotes: notes };
  if (problems.length === 0) {
    const because = 'the tests hold against the base';
    // It was looked at already, before the delivery went wrong.
    return isInspected(noted, head) ? deliver(noted, head, because) : startInspecting(noted, head, because);
  }
  const because = `${counted(problems.length, 'thing')} about the tests to be mended`;
  return notGood(noted, head, { kind: 'notProven', problems }, because);
}

/** What the verifier found goes back; it cannot pass what a receipt failed, for nothing failed comes here. */
function inspected(
  run: Run,
  { head }: VerifyingPhase,
  { verdict, attempt }: Extract<WorkEvent, { type: 'inspected' }>,
): Decision {
  const next: Run = { ...run, inspection: { ...verdict, agent: attempt.agent, tree: head.tree } };
  const problems = problemsOf(run.plan?.criteria ?? [], verdict);
  if (problems.length === 0) return deliver(next, head, `${attempt.agent} found nothing that is in the way`);
  const because = `${attempt.agent} found ${counted(problems.length, 'thing')} to be mended`;
  return notGood(next, head, { kind: 'rejected', problems }, because);
}

/** An agent has looked at exactly this tree, and found nothing that is in the way. */
function isInspected({ inspection, plan }: Run, { tree }: Snapshot): boolean {
  return inspection?.tree === tree && problemsOf(plan?.criteria ?? [], inspection).length === 0;
}

/** Blockers, and the criteria that only a look can prove and that the verifier did not see met. What a receipt has proven is proven. */
function problemsOf(criteria: readonly Criterion[], verdict: Verdict): readonly string[] {
  const looks = criteria.filter(({ proof }) => proof.kind === 'inspection');
  const unmet = looks.flatMap(({ id, text }) => {
    const seen = verdict.criteria.find((one) => one.id === id);
    if (seen?.met === true) return [];
    return [`${id} (${text}) is not met: ${seen?.evidence ?? 'the verifier did not see that it is'}`];
  });
  return [...verdict.findings.filter(({ severity }) => severity === 'blocker').map(findingLine), ...unmet];
}

function failed(run: Run, phase: VerifyingPhase, event: Extract<WorkEvent, { type: 'attemptFailed' }>): Decision {
  const { head, assignment, failures = 0 } = phase;
  if (assignment === undefined) return stays(run, 'late: nobody looks at it');
  const answer = afterFailure(run, { failures, assignment }, event);
  if (answer.kind === 'spent') return shownTo(blocked(run, answer.obstacle, { to: 'verifying', head }));
  const again = { ...phase, failures: answer.failures, assignment: answer.assignment };
  return moved(run, again, answer.because, { type: 'runAgent', assignment: answer.assignment });
}

function notGood(
  run: Run,
  head: Snapshot,
  feedback: Extract<Feedback, { kind: 'checksRed' | 'notProven' | 'rejected' }>,
  because: string,
): Decision {
  const proofs = run.proofs ?? 0;
  if (proofs < goesBack) return startProving({ ...run, proofs: proofs + 1 }, head, feedback, because);
  const problems =
    feedback.kind === 'checksRed' ? feedback.evidence.map(({ name }) => `${name} is red`) : feedback.problems;
  if ((run.replans ?? 0) < (run.prepared?.policy.budgets.replans ?? 0)) {
    const at = { task: '', head, problems };
    return startReplanning({ ...run, proofs: 0 }, at, `${because}; the round is planned anew`);
  }
  const said = `${because}; it was sent back ${proofs} times; a person is asked`;
  return shownTo({
    ...blocked(run, { kind: feedback.kind, details: problems }, { to: 'verifying', head }),
    because: said,
  });
}
