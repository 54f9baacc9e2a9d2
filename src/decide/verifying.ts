import type { WorkEvent } from '../domain/event.js';
import { besideBaseline, isRed } from '../domain/receipts.js';
import type { Feedback, Run, Snapshot, VerifyingPhase } from '../domain/run.js';
import { namesOf, newest } from './climb.js';
import { blocked, counted, shownTo, stays, type Decision } from './decision.js';
import { deliver, startCrossing, startProving, startReplanning } from './start.js';

type VerifyingEvent = Extract<WorkEvent, { type: 'checked' | 'crossed' }>;

/** How often what does not hold goes to the developer before the round is planned anew. */
const goesBack = 2;

/** The change as a whole: every gate on exactly its tree, then its tests against the base. What does not hold goes back, the rest is delivered. */
export function afterVerifying(run: Run, event: VerifyingEvent): Decision {
  const { phase } = run;
  if (phase.name !== 'verifying') return stays(run, `late: ${event.type} while ${phase.name}`);
  const step = event.type === 'checked' ? 'gates' : 'crossing';
  if (phase.step !== step) return stays(run, `late: ${event.type} during ${phase.step}`);
  return event.type === 'checked' ? checked(run, phase, event) : crossed(run, phase, event);
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
  if (problems.length === 0) return deliver(noted, head, 'the tests hold against the base');
  const because = `${counted(problems.length, 'thing')} about the tests to be mended`;
  return notGood(noted, head, { kind: 'notProven', problems }, because);
}

function notGood(
  run: Run,
  head: Snapshot,
  feedback: Extract<Feedback, { kind: 'checksRed' | 'notProven' }>,
  because: string,
): Decision {
  const proofs = run.proofs ?? 0;
  if (proofs < goesBack) return startProving({ ...run, proofs: proofs + 1 }, head, feedback, because);
  const problems =
    feedback.kind === 'notProven' ? feedback.problems : feedback.evidence.map(({ name }) => `${name} is red`);
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
