import type { Evidence } from './check.js';
import type { Plan } from './plan.js';
import type { Run } from './run.js';
import type { Snapshot } from './work.js';

/**
 * What a run still lacks before its work may be committed or pushed: every frozen check and criterion that is due must have passed on exactly
 * this tree, as Fleet itself saw it. The store asks, too, whatever the code above it says.
 */
export function missingReceipts(run: Run, { tree }: Snapshot, criteria: readonly string[]): readonly string[] {
  const checks = run.prepared?.policy.checks.map(({ name }) => name) ?? [];
  const proofs = (run.plan?.criteria ?? []).flatMap(({ id, proof }) =>
    proof.kind === 'command' && criteria.includes(id) ? [id] : [],
  );
  const isReceived = (name: string, kind: Evidence['kind']): boolean =>
    run.evidence.some((one) => one.name === name && one.kind === kind && one.tree === tree && counts(one));
  return [
    ...checks.filter((name) => !isReceived(name, 'check')),
    ...proofs.filter((name) => !isReceived(name, 'criterion')),
  ];
}

/** What the run's own phase demands: of a task before its commit, of the whole before the push. */
export function receiptsMissing(run: Run): readonly string[] {
  const { phase, plan } = run;
  if (phase.name === 'working') {
    const commits = phase.lanes.filter(({ step }) => step === 'commit');
    return commits.flatMap(({ task, assignment }) => missingReceipts(run, assignment.from, criteriaDue(plan, task)));
  }
  return phase.name === 'delivering' && phase.step === 'pushing'
    ? missingReceipts(run, phase.head, allCriteria(plan))
    : [];
}

/** A task's own criteria but those that later tasks serve, too; with the last task all, for the head that is delivered must hold every one. */
export function criteriaDue(plan: Plan | undefined, id: string): readonly string[] {
  if (plan?.tasks.at(-1)?.id === id) return allCriteria(plan);
  const tasks = plan?.tasks ?? [];
  const at = tasks.findIndex((task) => task.id === id);
  const later = tasks.slice(at + 1).flatMap(({ criteria }) => criteria);
  return tasks[at]?.criteria.filter((criterion) => !later.includes(criterion)) ?? [];
}

export function allCriteria(plan: Plan | undefined): readonly string[] {
  return plan?.criteria.map(({ id }) => id) ?? [];
}

/** Red or unclear, and not because of the base. */
export function isRed(evidence: Evidence): boolean {
  return !counts(evidence);
}

function counts({ outcome, wasRed }: Evidence): boolean {
  return outcome === 'pass' || wasRed === true;
}

/** The evidence with what was red on the base already told apart. */
export function besideBaseline(evidence: readonly Evidence[], baseline: readonly Evidence[]): readonly Evidence[] {
  return evidence.map((one): Evidence => {
    const before = baseline.find(({ name, kind }) => one.kind === 'check' && name === one.name && kind === one.kind);
    return one.outcome === 'fail' && before?.outcome === 'fail' && isNothingNew(one, before)
      ? { ...one, wasRed: true }
      : one;
  });
}

/** By the names of failing tests where both sides have them, else by what is printed: no line that the base does not print, too. */
function isNothingNew(now: Evidence, before: Evidence): boolean {
  const [failed, known] = [now.failedTests, before.failedTests];
  if (failed !== undefined && known !== undefined) return failed.every((test) => known.includes(test));
  const lines = new Set(linesOf(before));
  return linesOf(now).every((line) => lines.has(line));
}

/** Without what differs from run to run: numbers of lines, of milliseconds, of tests. */
function linesOf({ outputTail }: Evidence): readonly string[] {
  return outputTail.split('\n').map((line) => line.replace(/\d+/g, '0').trim());
}
